/** What the kafkajs cases share: a broker per file, names nobody else uses, waiting on conditions, quiet clients. */
import {
  type Admin,
  AssignerProtocol,
  type Cluster,
  type Consumer,
  type ConsumerConfig,
  type ConsumerGroupJoinEvent,
  type EachMessagePayload,
  Kafka,
  type KafkaConfig,
  logLevel,
  type Message,
  type PartitionAssigner,
  type Producer,
  type ProducerConfig,
  type TopicPartitionOffset,
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

/** A topic whose partitions are all seen to be led: Kafka's metadata may run ahead of its partitions for a moment. */
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

type Join = ConsumerGroupJoinEvent['payload'];

/** A running member of a group: how it joined, what it consumed. */
export interface Member {
  readonly reader: Consumer;
  readonly joins: Join[];
  readonly got: string[];
}

export async function member(of: Kafka, groupId: string, topics: string[], config: object = {}): Promise<Member> {
  const reader = await consumer(of, { groupId, ...config });
  const joins: Join[] = [];
  const got: string[] = [];
  reader.on(reader.events.GROUP_JOIN, ({ payload }) => joins.push(payload));
  await reader.subscribe({ topics, fromBeginning: true });
  await reader.run({ eachMessage: async ({ message }) => void got.push(String(message.value)) });
  return { reader, joins, got };
}

/** The partitions of a topic that a member holds by its last join. */
export const held = ({ joins }: Member, topic: string) => joins.at(-1)?.memberAssignment[topic] ?? [];

/** An assigner that gives nobody anything; `take` gets the cluster object that only assigners are handed. */
export function idleAssigner(name: string, take: (cluster: Cluster) => void): PartitionAssigner {
  return ({ cluster }) => {
    take(cluster);
    return {
      name,
      version: 0,
      assign: async ({ members }) =>
        members.map(({ memberId }) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 0,
            assignment: {},
            userData: Buffer.alloc(0),
          }),
        })),
      protocol: ({ topics }) => ({
        name,
        metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
      }),
    };
  };
}

/** A topic of one partition that holds `v0`, `v1`, … `v(count-1)`, each in a batch of its own. */
export async function filled(of: Kafka, count: number): Promise<string> {
  const topic = await topicOf(of);
  const writer = await producer(of);
  for (let at = 0; at < count; at++) await writer.send({ topic, messages: numbered(at, at + 1) });
  return topic;
}

/** Where a group stands on partition 0. */
export async function committed(of: Kafka, groupId: string, topic: string): Promise<string | undefined> {
  const offsets = await (await admin(of)).fetchOffsets({ groupId, topics: [topic] });
  return offsets[0]?.partitions[0]?.offset;
}

/** A copy in ascending order, numbers by size. */
export const ascending = <T extends number | string>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (a < b ? -1 : Number(a > b)));

/** Commits for a group that then is empty again. kafkajs's own setOffsets does it too, but sleeps five seconds. */
export async function commitAt(of: Kafka, groupId: string, offsets: readonly TopicPartitionOffset[]): Promise<void> {
  const committer = of.consumer({ groupId, maxWaitTimeInMs: 50 });
  await committer.connect();
  await committer.subscribe({ topics: [...new Set(offsets.map(({ topic }) => topic))] });
  const joined = new Promise((done) => committer.on(committer.events.GROUP_JOIN, done));
  await committer.run({ autoCommit: false, eachMessage: async () => {} });
  await joined;
  await committer.commitOffsets([...offsets]);
  await committer.disconnect();
}
