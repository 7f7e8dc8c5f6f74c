/**
 * Stock kafkajs clients that live through all crashes of a run: writers with acks=all, one of them idempotent, and a
 * group that commits. What they do and are told is recorded.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Consumer, type EachBatchPayload, Kafka, logLevel, type Producer } from 'kafkajs';
import { nameOf, type Place, type Recorder, type Sending } from './recorder.ts';

process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';

interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** Written by the idempotent writer only. */
const exactTopic: Topic = { name: 'exact', partitions: 2 };
const topics: readonly Topic[] = [
  { name: 'one', partitions: 1 },
  { name: 'many', partitions: 40 },
  // A segment for every few appends.
  { name: 'rolling', partitions: 2, configs: { 'segment.ms': '150' } },
  exactTopic,
];
/** The topic whose partitions begin segments all the time. */
export const rollingTopic = 'rolling';
export const groupId = 'crash-group';

/** Of one request: what is read back after each crash must not grow beyond what a test has time for. */
const partitionsMax = 8;
const messagesMax = 4;
const pauseMsMax = 40;
/** Longer than any restart that passes: what is judged is the broker, not when a client gives up. */
const patient = { initialRetryTime: 40, maxRetryTime: 200, retries: 1000 };
/**
 * The least that brokers allow. A fetch that meets no broker makes kafkajs begin anew as another member, and the one it
 * was holds up the group until its session is over, which each start of the broker begins anew: with 30 s a group would
 * stand still for as long as crashes come.
 */
const sessionMs = 6000;
const settleMsMax = 240_000;

export function kafkaOf(port: number): Kafka {
  return new Kafka({
    clientId: 'crash',
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5000,
    requestTimeout: 30_000,
    retry: patient,
  });
}

export class Clients {
  readonly #recorder: Recorder;
  readonly #kafka: Kafka;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #loops: Promise<void>[] = [];
  #stopping = false;
  #paused = false;
  #sending = 0;
  #joins = 0;

  constructor(port: number, recorder: Recorder) {
    this.#recorder = recorder;
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
      if (topic === exactTopic) this.#loops.push(this.#write(exact, 'exact', topic));
      else for (const letter of 'ab') this.#loops.push(this.#write(shared, `${topic.name}-${letter}`, topic));
    }
    await this.#consume();
  }

  /** Resolves once all that was sent is answered, and nothing more is sent until `resume`. */
  async pause(): Promise<void> {
    this.#paused = true;
    const deadline = performance.now() + settleMsMax;
    while (this.#sending > 0 && performance.now() < deadline) await delay(5);
    if (this.#sending > 0) this.#recorder.fail(`${this.#sending} writers got no answer within ${settleMsMax} ms`);
  }

  resume(): void {
    this.#paused = false;
  }

  /** Ends all; requests under way have their time to end if the broker is there. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const within = (what: Promise<unknown>) => Promise.race([what, delay(3000, undefined, { ref: false })]);
    await within(Promise.all(this.#loops));
    await within(Promise.allSettled(this.#ends.map((end) => end())));
  }

  async #producer(idempotent: boolean): Promise<Producer> {
    const config = idempotent ? { idempotent, maxInFlightRequests: 1, retry: patient } : { retry: patient };
    const producer = this.#kafka.producer(config);
    await producer.connect();
    this.#ends.push(() => producer.disconnect());
    return producer;
  }

  /** One request after the other, to a few partitions at once. */
  async #write(producer: Producer, writer: string, topic: Topic): Promise<void> {
    while (!this.#stopping) {
      if (!this.#paused) {
        this.#sending++;
        await this.#sendOnce(producer, writer, topic);
        this.#sending--;
      }
      await delay(below(pauseMsMax));
    }
  }

  async #sendOnce(producer: Producer, writer: string, { name, partitions }: Topic): Promise<void> {
    const chosen = new Set(Array.from({ length: 1 + below(partitionsMax) }, () => below(partitions)));
    const sendings = new Map<number, Sending>();
    for (const partition of chosen) {
      const place: Place = { topic: name, partition };
      sendings.set(partition, this.#recorder.send(writer, place, 1 + below(messagesMax), writer === 'exact'));
    }
    const messages = [...sendings].flatMap(([partition, { values }]) => values.map((value) => ({ partition, value })));
    try {
      for (const { partition, errorCode, baseOffset } of await producer.send({ topic: name, acks: -1, messages })) {
        const sending = sendings.get(partition);
        if (errorCode !== 0 || sending === undefined) continue;
        const offset = Number(baseOffset ?? -1);
        this.#recorder.sent(sending, offset < 0 ? undefined : offset);
      }
    } catch (error) {
      if (!this.#stopping) this.#recorder.fail(`${writer} gave up on a request: ${String(error)}`);
    }
  }

  async #consume(): Promise<void> {
    const consumer = this.#kafka.consumer({
      groupId,
      maxWaitTimeInMs: 50,
      heartbeatInterval: 500,
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs,
      retry: patient,
    });
    await consumer.connect();
    this.#ends.push(() => consumer.disconnect());
    // With each join it begins anew where the group has committed: to the checker a consumer of its own.
    consumer.on(consumer.events.GROUP_JOIN, () => void this.#joins++);
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.#recorder.fail(`the consumer gave up: ${String(payload.error)}`);
    });
    await consumer.subscribe({ topics: topics.map(({ name }) => name), fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: (payload) => this.#take(consumer, payload) });
  }

  async #take(consumer: Consumer, { batch }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const place: Place = { topic, partition };
    const taken = messages.map(({ offset, value }) => ({ offset: Number(offset), text: String(value) }));
    this.#recorder.polled(`${nameOf(place)} of member ${this.#joins}`, groupId, place, taken);
    const next = (taken.at(-1)?.offset ?? -1) + 1;
    const committed = this.#recorder.commit(groupId, place, next);
    try {
      await consumer.commitOffsets([{ topic, partition, offset: String(next) }]);
      committed();
    } catch {
      // Not acknowledged. The batch was taken all the same: it must not come again.
    }
  }
}

const below = (bound: number): number => Math.floor(Math.random() * bound);
