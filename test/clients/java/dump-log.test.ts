/**
 * Kafka's DumpLogSegments reads what Skerry leaves on disk: records, indexes, and the broker's own logs with Kafka's
 * decoders.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchReferenceKafka, toolCommand } from '../../../scripts/reference-kafka.ts';
import { type Broker, startBroker, target } from '../broker.ts';
import { refuse } from '../foreign.ts';
import { kafkaTools } from '../toolchains/java.ts';

const run = promisify(execFile);
const toolchain = await kafkaTools();
if ('missing' in toolchain) refuse('DumpLogSegments', toolchain.missing);
else if (target === 'skerry') suite();

function suite(): void {
  let broker: Broker;
  let jars: string;

  beforeAll(async () => {
    jars = await fetchReferenceKafka();
    broker = await startBroker('skerry', { overrides: { 'offsets.topic.num.partitions': 1 } });
    const kafka = new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING });
    const [admin, producer, consumer] = [kafka.admin(), kafka.producer(), kafka.consumer({ groupId: 'dumped-group' })];
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: 'dumped', numPartitions: 1, configEntries: [{ name: 'segment.bytes', value: '1048576' }] }],
    });
    await producer.connect();
    for (let i = 0; i < 40; i++) {
      await producer.send({
        topic: 'dumped',
        messages: [{ key: `key-${i}`, value: 'v'.repeat(60_000), headers: { h: 'x' } }],
      });
    }
    await consumer.connect();
    await consumer.subscribe({ topic: 'dumped', fromBeginning: true });
    await new Promise<void>((done) => {
      void consumer.run({
        autoCommitThreshold: 1,
        eachMessage: async ({ message }) => void (message.offset === '39' && done()),
      });
    });
    await consumer.stop();
    await Promise.all([consumer.disconnect(), producer.disconnect(), admin.disconnect()]);
    await broker.kill9();
  });
  afterAll(async () => broker?.stop());

  /** The tool's words on all files of one kind of a partition. */
  async function dump(partition: string, suffix: string, ...options: string[]): Promise<string> {
    const folder = join(
      broker.data,
      'data',
      'topics',
      readdirSync(join(broker.data, 'data', 'topics')).find((name) => name.startsWith(partition)) ?? partition,
    );
    const files = readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .map((name) => join(folder, name));
    expect(files.length).toBeGreaterThan(0);
    const { stdout, stderr } = await run(
      'java',
      [...toolCommand(jars, 'dump-log'), '--files', files.join(','), ...options],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    // Said of every segment but a partition's first, Kafka's own too: the tool begins to count at -1 in each file.
    expect(stderr.replaceAll(/Non-consecutive offsets in .*\n {2}-1 is followed by \d+\n/g, '')).toBe('');
    expect(stdout).not.toMatch(/mismatch|corrupt|Misplaced|Non-?consecutive|Found timestamp|isvalid: false|Exception/i);
    return stdout;
  }

  describe('DumpLogSegments', () => {
    test('reads every batch and record of several segments', async () => {
      const text = await dump('dumped-0', '.log', '--deep-iteration', '--print-data-log');
      expect(text.match(/Dumping /g)?.length).toBeGreaterThan(1);
      expect(text.match(/isvalid: true/g)?.length).toBe(40);
      expect(text).toContain('key: key-39');
      expect(text).toContain('headerKeys: [h]');
    });

    test('finds the offset index sane', async () => {
      expect(await dump('dumped-0', '.index', '--index-sanity-check')).toContain('passed sanity check');
      await dump('dumped-0', '.index', '--verify-index-only');
    });

    test('finds the time index in step with the log', async () => {
      await dump('dumped-0', '.timeindex');
    });

    test('reads the groups’ log with its decoder', async () => {
      const text = await dump('__consumer_offsets-0', '.log', '--offsets-decoder');
      expect(text).toMatch(/dumped-group/);
      expect(text).toMatch(/"topic":"dumped"/);
      expect(text).not.toMatch(/Skipping|could not be decoded|failed to decode/i);
    });

    test('reads the metadata log with its decoder', async () => {
      const text = await dump('__cluster_metadata-0', '.log', '--cluster-metadata-decoder');
      expect(text).toMatch(/"type":"TOPIC_RECORD","version":0,"data":\{"name":"dumped"/);
      expect(text).toMatch(/PARTITION_RECORD/);
      expect(text).toMatch(/REGISTER_BROKER_RECORD/);
      expect(text).not.toMatch(/Could not read|error/i);
    });
  });
}
