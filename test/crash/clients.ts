/**
 * Stock kafkajs clients that live through all crashes of a run: writers with acks=all, one of them idempotent, and a
 * group that commits. What they are told goes into the ledger.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { type Ledger, type Place, requestMessagesMax } from './ledger.ts';

process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';

export interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** Written by the idempotent writer only. */
export const exactTopic: Topic = { name: 'exact', partitions: 2 };
export const topics: readonly Topic[] = [
  { name: 'one', partitions: 1 },
  { name: 'many', partitions: 40 },
  // A segment for every few appends.
  { name: 'rolling', partitions: 2, configs: { 'segment.ms': '150' } },
  exactTopic,
];
export const groupId = 'crash-group';
export const isExact = (writer: string): boolean => writer === 'exact';

/** Long enough for any restart that passes; the check of what was told is ours, not the client's. */
const patient = { initialRetryTime: 40, maxRetryTime: 200, retries: 1000 };

export function kafkaOf(port: number): Kafka {
  return new Kafka({
    clientId: 'crash',
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    requestTimeout: 10_000,
    retry: patient,
  });
}

export class Clients {
  readonly #ledger: Ledger;
  readonly #kafka: Kafka;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #loops: Promise<void>[] = [];
  #stopping = false;

  constructor(port: number, ledger: Ledger) {
    this.#ledger = ledger;
    this.#kafka = kafkaOf(port);
  }

  /** Creates the topics, and starts all that writes and reads. */
  async start(): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.map(({ name, partitions, configs = {} }) => ({
        topic: name,
        numPartitions: partitions,
        configEntries: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      })),
    });
    await admin.disconnect();
    const shared = await this.#producer(false);
    const exact = await this.#producer(true);
    for (const topic of topics) {
      const names = topic === exactTopic ? ['exact'] : [`${topic.name}-a`, `${topic.name}-b`];
      for (const name of names) this.#loops.push(this.#write(isExact(name) ? exact : shared, name, topic));
    }
    await this.#consume();
  }

  /** Ends all; requests under way have their time to end if the broker is there. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const overdue = delay(5000, undefined, { ref: false });
    await Promise.race([Promise.all(this.#loops), overdue]);
    await Promise.race([Promise.allSettled(this.#ends.map((end) => end())), delay(5000, undefined, { ref: false })]);
  }

  async #producer(idempotent: boolean): Promise<Producer> {
    const config = idempotent ? { idempotent, maxInFlightRequests: 1, retry: patient } : { retry: patient };
    const producer = this.#kafka.producer(config);
    await producer.connect();
    this.#ends.push(() => producer.disconnect());
    return producer;
  }

  /** One request after the other, to a few partitions at once. */
  async #write(producer: Producer, writer: string, { name, partitions }: Topic): Promise<void> {
    while (!this.#stopping) {
      const batches = new Map<number, string[]>();
      for (let i = below(Math.min(partitions, 12)); i >= 0; i--) {
        const partition = below(partitions);
        if (batches.has(partition)) continue;
        batches.set(partition, this.#ledger.take({ topic: name, partition }, writer, 1 + below(requestMessagesMax)));
      }
      const messages = [...batches].flatMap(([partition, values]) => values.map((value) => ({ partition, value })));
      try {
        const answers = await producer.send({ topic: name, acks: -1, messages });
        for (const { partition, errorCode, baseOffset } of answers) {
          if (errorCode !== 0 || baseOffset === undefined) continue;
          this.#ledger.acknowledge({ topic: name, partition }, batches.get(partition) ?? [], Number(baseOffset));
        }
      } catch (error) {
        if (this.#stopping) return;
        // An idempotent writer that gives up would have to begin anew; the others go on with their next message.
        if (isExact(writer)) this.#ledger.fail(`the idempotent writer gave up: ${String(error)}`);
        await delay(50);
      }
      await delay(below(8));
    }
  }

  async #consume(): Promise<void> {
    const consumer = this.#kafka.consumer({ groupId, maxWaitTimeInMs: 50, heartbeatInterval: 500, retry: patient });
    await consumer.connect();
    this.#ends.push(() => consumer.disconnect());
    await consumer.subscribe({ topics: topics.map(({ name }) => name), fromBeginning: true });
    let turn = 0;
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        const place: Place = { topic, partition };
        this.#ledger.polled(place, Number(message.offset), String(message.value));
        if (turn++ % 10 !== 0) return;
        const next = Number(message.offset) + 1;
        this.#ledger.commitAsked(place, next);
        await consumer.commitOffsets([{ topic, partition, offset: String(next) }]);
        this.#ledger.commitAcknowledged(place, next);
      },
    });
  }
}

const below = (bound: number): number => Math.floor(Math.random() * bound);
