/**
 * Exactly once, as Kafka's own system tests ask for it: its TransactionalMessageCopier copies a partition, batch and
 * offset in one transaction, while broker and copier are killed at random. A consumer of committed records must then
 * find each record once, in order; it reads on to a last record, which an open transaction would keep from it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchReferenceKafka } from '../../scripts/reference-kafka.ts';
import { kafkaOf } from './clients.ts';
import { type BrokerProcess, ownPort, startBroker, type Target } from './process.ts';

export interface CopyOptions {
  readonly target: Target;
  readonly messages: number;
  /** Every other round some transactions are aborted. */
  readonly round: number;
  readonly say: (line: string) => void;
}

export interface CopyTotals {
  readonly brokerKills: number;
  readonly copierKills: number;
  readonly failures: readonly string[];
}

const input = 'copy-from';
const output = 'copy-to';
const last = 'the last';
const perSend = 1000;
const perTransaction = 200;
/** Until the next kill. */
const untilKillMs = [1500, 6000] as const;
const downMsMax = 1000;
const copyMsMax = 600_000;
const readMsMax = 120_000;

export async function copyOnce({ target, messages, round, say }: CopyOptions): Promise<CopyTotals> {
  const jars = await fetchReferenceKafka();
  const port = await ownPort();
  const data = mkdtempSync(join(tmpdir(), 'skerry-copies-'));
  const start = (): Promise<BrokerProcess> => startBroker({ target, port, data });
  let broker = await start();
  try {
    await fill(port, messages);
    const kills = { broker: 0, copier: 0 };
    const deadline = performance.now() + copyMsMax;
    const began = performance.now();
    for (let isDone = false; !isDone; ) {
      const copier = runCopier(jars, port, messages, round % 2 === 1);
      while (!isDone) {
        const ended = await Promise.race([copier.ended, delay(between(...untilKillMs), 'time')]);
        if (ended === 0) isDone = true;
        else if (ended !== 'time') {
          say(`  the copier gave up (${ended}): ${copier.told().trim().split('\n').at(-1)}`);
          break;
        } else if (performance.now() > deadline) {
          copier.kill();
          return totals(kills, [`not copied after ${copyMsMax / 1000} s: ${copier.told()}`]);
        } else if (Math.random() < 0.5) {
          kills.broker++;
          broker.kill();
          await broker.ended;
          await delay(Math.random() * downMsMax);
          broker = await start();
        } else {
          kills.copier++;
          copier.kill();
          await copier.ended;
          break;
        }
      }
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const fault = faultOf(await readOutput(port), messages);
    say(
      `  ${kills.broker} kills of the broker, ${kills.copier} of the copier, ${seconds} s: ${fault ?? 'exactly once'}`,
    );
    return totals(kills, fault === undefined ? [] : [fault]);
  } finally {
    broker.kill();
    await broker.ended;
    rmSync(data, { recursive: true, force: true });
  }
}

const totals = (kills: { readonly broker: number; readonly copier: number }, failures: readonly string[]) => ({
  brokerKills: kills.broker,
  copierKills: kills.copier,
  failures,
});

const between = (least: number, most: number): number => least + Math.random() * (most - least);

async function fill(port: number, messages: number): Promise<void> {
  const kafka = kafkaOf(port);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [input, output].map((topic) => ({ topic, numPartitions: 1 })) });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  for (let from = 0; from < messages; from += perSend) {
    const count = Math.min(perSend, messages - from);
    await producer.send({
      topic: input,
      messages: Array.from({ length: count }, (_, i) => ({ value: String(from + i) })),
    });
  }
  await producer.disconnect();
}

function runCopier(jars: string, port: number, messages: number, aborts: boolean) {
  const about =
    `--broker-list 127.0.0.1:${port} --input-topic ${input} --input-partition 0 --output-topic ${output} ` +
    `--transactional-id copier --consumer-group copiers --use-group-metadata ` +
    `--transaction-size ${perTransaction} --max-messages ${messages}${aborts ? ' --enable-random-aborts' : ''}`;
  const quick = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  const log = `-Dlog4j2.configurationFile=${join(jars, '..', 'log4j2-tools.xml')}`;
  const main = 'org.apache.kafka.tools.TransactionalMessageCopier';
  const child = spawn('java', [...quick, log, '-cp', join(jars, '*'), main, ...about.split(' ')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.on('exit', endWithUs);
  let told = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (told = (told + text).slice(-2000)));
  }
  const ended = new Promise<number | string>((done) => {
    child.on('error', (error) => done(error.message));
    child.on('close', (code, signal) => {
      process.off('exit', endWithUs);
      done(code ?? signal ?? 'nothing');
    });
  });
  return { ended, kill: endWithUs, told: () => told };
}

/** What a consumer of committed records finds, up to a record written after all. */
async function readOutput(port: number): Promise<readonly string[]> {
  const kafka = kafkaOf(port);
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: output, messages: [{ value: last }] });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: `readers-${process.pid}` });
  await consumer.connect();
  await consumer.subscribe({ topic: output, fromBeginning: true });
  const found: string[] = [];
  const read = new Promise<void>((done) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        const value = message.value?.toString() ?? '';
        if (value === last) done();
        else found.push(value);
      },
    });
  });
  const overdue = new AbortController();
  const isRead = await Promise.race([read.then(() => true), delay(readMsMax, false, { signal: overdue.signal })]);
  overdue.abort();
  await consumer.disconnect();
  if (!isRead)
    throw new Error(`the record after all was not readable within ${readMsMax / 1000} s: a hanging transaction`);
  return found;
}

function faultOf(found: readonly string[], messages: number): string | undefined {
  const wrong = found.findIndex((value, place) => value !== String(place));
  if (wrong >= 0) return `record ${wrong} is ${found[wrong]}, of ${found.length} found and ${messages} copied`;
  return found.length === messages ? undefined : `${found.length} of ${messages} records are there`;
}
