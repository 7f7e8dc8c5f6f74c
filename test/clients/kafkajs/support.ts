/** What the kafkajs cases share: a broker per file, names nobody else uses, waiting on conditions, quiet clients. */
import {
  type Admin,
  type Consumer,
  type ConsumerConfig,
  type EachMessagePayload,
  Kafka,
  type KafkaConfig,
  logLevel,
  type Message,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type Broker, type BrokerOptions, startBroker, target } from '../broker.ts';

process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';

/** Ties a case to the members of kafkajs it proves; coverage.test.ts reads it from the sources. */
export function covers(..._members: string[]): void {}

/** The file's broker; usable inside cases. */
export function useBroker(options: BrokerOptions = {}): () => Broker {
  let broker: Broker | undefined;
  beforeAll(async () => {
    broker = await startBroker(target, options);
  });
  afterAll(async () => {
    await broker?.stop();
  });
  return () => {
    if (broker === undefined) throw new Error('the broker did not start');
    return broker;
  };
}

let count = 0;
/** A name that no other case of any run uses: suites may share a broker. */
export const unique = (what: string) => `${what}-${process.pid.toString(36)}-${Date.now().toString(36)}-${count++}`;

/** Retries a failed request soon: the default waits 300 ms and doubles, which is for networks. */
export const soon = { initialRetryTime: 50, retries: 8 };

export function kafka(broker: Broker, config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    clientId: 'skerry-tests',
    brokers: [broker.bootstrap],
    logLevel: logLevel.NOTHING,
    retry: soon,
    ...config,
  });
}

export async function producer(of: Kafka, config: ProducerConfig = {}): Promise<Producer> {
  const made = of.producer(config);
  await made.connect();
  onTestFinished(() => made.disconnect());
  return made;
}

export async function admin(of: Kafka): Promise<Admin> {
  const made = of.admin();
  await made.connect();
  onTestFinished(() => made.disconnect());
  return made;
}

/** A consumer that finds its group at once and is disconnected with the case. */
export async function consumer(of: Kafka, config: Partial<ConsumerConfig> = {}): Promise<Consumer> {
  const made = of.consumer({ groupId: unique('group'), maxWaitTimeInMs: 100, heartbeatInterval: 300, ...config });
  await made.connect();
  onTestFinished(() => made.disconnect());
  return made;
}

/** Polls until `check` gives something that is neither undefined nor false; fails loudly at the deadline. */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = 20_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((next) => setTimeout(next, 10));
  }
}

/** A topic whose partitions all have been seen to be led: Kafka's metadata may run ahead of its partitions for a moment. */
export async function topicOf(of: Kafka, partitions = 1): Promise<string> {
  const topic = unique('topic');
  const made = of.admin();
  await made.connect();
  await made.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
  await eventually(`${topic} to be led`, async () => {
    const offsets = await made.fetchTopicOffsets(topic).catch(() => []);
    return offsets.length === partitions;
  });
  await made.disconnect();
  return topic;
}

export interface Received {
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export function received({ partition, message }: EachMessagePayload): Received {
  return {
    partition,
    offset: message.offset,
    key: message.key === null ? null : message.key.toString(),
    value: message.value === null ? null : message.value.toString(),
    timestamp: message.timestamp,
    headers: message.headers ?? {},
  };
}

/** Reads a topic from its beginning until `wanted` messages have come. */
export async function readAll(
  of: Kafka,
  topic: string,
  wanted: number,
  config: Partial<ConsumerConfig> = {},
): Promise<Received[]> {
  const reader = of.consumer({ groupId: unique('reader'), maxWaitTimeInMs: 100, ...config });
  const messages: Received[] = [];
  await reader.connect();
  try {
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    await reader.run({ autoCommit: false, eachMessage: async (payload) => void messages.push(received(payload)) });
    await eventually(`${wanted} messages of ${topic}`, () => messages.length >= wanted);
  } finally {
    await reader.disconnect();
  }
  return messages;
}

export const values = (messages: readonly Received[]) => messages.map(({ value }) => value);

export const numbered = (from: number, to: number): Message[] =>
  Array.from({ length: to - from }, (_, at) => ({ key: `k${from + at}`, value: `v${from + at}` }));
