/**
 * The same random workload, through a stock client, into a compacted topic of Skerry and of the reference Kafka: the
 * same records are left, at the same offsets, and they are what a map of the keys says.
 */
/* oxlint-disable vitest/no-conditional-tests, vitest/valid-title -- whether there is a Kafka is found out here. */
import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '@skerry/testkit';
import { CompressionTypes, Kafka, logLevel, type Message } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, type BrokerKind, startBroker } from '../clients/broker.ts';
import { refuse } from '../clients/foreign.ts';
import { kafkaTools } from '../clients/toolchains/java.ts';

process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';

const overrides = { 'log.cleaner.backoff.ms': 100, 'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024 };
const configs = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0', 'segment.ms': '50' };
const withinMs = 40_000;

interface Put {
  readonly key: string;
  readonly value: string | null;
}

const told = (offset: number | string, { key, value }: Put): string => `${offset} ${key}=${value ?? '-'}`;

/** Batches of some records; every few, a segment is full. */
function workload(seed: number): readonly (readonly Put[])[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: 40 }, (_, batch) =>
    Array.from({ length: 1 + random.below(8) }, (_each, i) => ({
      key: `k${random.below(12)}`,
      value: random.below(6) === 0 ? null : `v${batch}.${i}`,
    })),
  );
}

/** The newest of each key below the last record, which is in the active segment, and that. */
function newest(puts: readonly Put[], tombstones: boolean): string[] {
  const last = new Map(puts.map(({ key }, offset) => [key, offset]));
  return puts.flatMap((put, offset) =>
    last.get(put.key) === offset && (tombstones || put.value !== null) ? [told(offset, put)] : [],
  );
}

class Side {
  readonly #client: Kafka;
  #reads = 0;

  constructor({ bootstrap }: Broker) {
    this.#client = new Kafka({ clientId: 'compaction', brokers: [bootstrap], logLevel: logLevel.NOTHING });
  }

  async create(topic: string, more: Record<string, string>): Promise<void> {
    const admin = this.#client.admin();
    await admin.connect();
    const entries = Object.entries({ ...configs, ...more }).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, configEntries: entries }] });
    await admin.disconnect();
  }

  async send(topic: string, batches: readonly (readonly Put[])[]): Promise<void> {
    const plain = this.#client.producer();
    const idempotent = this.#client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await Promise.all([plain.connect(), idempotent.connect()]);
    for (const [i, batch] of batches.entries()) {
      const compression = i % 3 === 0 ? CompressionTypes.GZIP : CompressionTypes.None;
      const sender = i % 4 === 0 ? idempotent : plain;
      await sender.send({ topic, acks: -1, compression, messages: batch as Message[] });
      if (i % 5 === 0) await delay(70);
    }
    await Promise.all([plain.disconnect(), idempotent.disconnect()]);
  }

  /** What a consumer sees from the beginning up to offset `last`. */
  async read(topic: string, last: number): Promise<string[]> {
    const consumer = this.#client.consumer({ groupId: `${topic}-${this.#reads++}`, maxWaitTimeInMs: 50 });
    const found: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((done) => {
      void consumer.run({
        eachMessage: async ({ message: { offset, key, value } }) => {
          found.push(told(offset, { key: String(key), value: value === null ? null : String(value) }));
          if (Number(offset) === last) done();
        },
      });
    });
    await consumer.disconnect();
    return found;
  }

  /** The same, as soon as it is `expected`, or when it takes too long. */
  async readUntil(topic: string, expected: readonly string[], last: number): Promise<string[]> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const found = await this.read(topic, last);
      if (found.join() === expected.join() || performance.now() > deadline) return found;
      await delay(200);
    }
  }
}

const toolchain = await kafkaTools();

if ('missing' in toolchain) refuse('compat: a compacted topic of Skerry and of Kafka', toolchain.missing);
else {
  describe.each(['skerry', 'kafka'] as const)('a compacted topic of %s', (kind: BrokerKind) => {
    let broker: Broker;
    beforeAll(async () => {
      broker = await startBroker(kind, { overrides });
    });
    afterAll(() => broker.stop());

    test.each([1, 2])('keeps the newest record of each key, tombstones too (seed %i)', async (seed) => {
      const side = new Side(broker);
      const topic = `kept-${seed}`;
      await side.create(topic, {});
      const batches = workload(seed);
      await side.send(topic, batches);
      await delay(100);
      await side.send(topic, [[{ key: 'end', value: 'end' }]]);
      const puts = [...batches.flat(), { key: 'end', value: 'end' }];
      const expected = newest(puts, true);
      expect(await side.readUntil(topic, expected, puts.length - 1)).toEqual(expected);
    });

    test('keeps no tombstone beyond delete.retention.ms', async () => {
      const side = new Side(broker);
      await side.create('gone', { 'delete.retention.ms': '1' });
      const batches = workload(3);
      await side.send('gone', batches);
      const puts = batches.flat();
      // A tombstone goes with the second pass that meets it, and a pass needs something new.
      let found: readonly string[] = [];
      for (let pass = 0; pass < 8 && found.join() !== newest(puts, false).join(); pass++) {
        const put = { key: `end${pass}`, value: 'end' };
        puts.push(put);
        await side.send('gone', [[put]]);
        await delay(1000);
        found = await side.read('gone', puts.length - 1);
      }
      expect(found).toEqual(newest(puts, false));
    });
  });
}
