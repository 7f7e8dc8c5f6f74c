import { type EachBatchPayload, type Kafka, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import {
  admin,
  consumer,
  covers,
  eventually,
  kafka,
  numbered,
  producer,
  type Received,
  readAll,
  received,
  topicOf,
  unique,
  useBroker,
  values,
} from './support.ts';

const broker = useBroker();

/** A topic of one partition that holds `v0`, `v1`, … `v(count-1)`, each in a batch of its own. */
async function filled(of: Kafka, count: number): Promise<string> {
  const topic = await topicOf(of);
  const writer = await producer(of);
  for (let at = 0; at < count; at++) await writer.send({ topic, messages: numbered(at, at + 1) });
  return topic;
}

async function committed(of: Kafka, groupId: string, topic: string): Promise<string | undefined> {
  const offsets = await (await admin(of)).fetchOffsets({ groupId, topics: [topic] });
  return offsets[0]?.partitions[0]?.offset;
}

describe('kafkajs consumer: where it starts', () => {
  test('fromBeginning reads what was there before', async () => {
    covers('ConsumerSubscribeTopics.topics', 'ConsumerSubscribeTopics.fromBeginning');
    const of = kafka(broker());
    const [one, two] = [await filled(of, 2), await filled(of, 3)];
    const reader = await consumer(of);
    await reader.subscribe({ topics: [one, two], fromBeginning: true });
    const got: string[] = [];
    await reader.run({ eachMessage: async ({ topic, message }) => void got.push(`${topic} ${message.offset}`) });
    await eventually('all five', () => got.length === 5);
    expect(got.sort()).toEqual([`${one} 0`, `${one} 1`, `${two} 0`, `${two} 1`, `${two} 2`].sort());
  });

  test('without fromBeginning only what comes later is read', async () => {
    covers('ConsumerSubscribeTopic.topic', 'ConsumerSubscribeTopic.fromBeginning');
    const of = kafka(broker());
    const topic = await filled(of, 3);
    const reader = await consumer(of);
    await reader.subscribe({ topic, fromBeginning: false });
    const got: Received[] = [];
    const fetching = new Promise((done) => reader.on(reader.events.FETCH, done));
    await reader.run({ eachMessage: async (payload) => void got.push(received(payload)) });
    await fetching;
    await (await producer(of)).send({ topic, messages: [{ value: 'later' }] });
    await eventually('the later one', () => got.length > 0);
    expect(got).toMatchObject([{ value: 'later', offset: '3' }]);
  });

  test('a pattern subscribes to the topics it matches', async () => {
    covers('ConsumerSubscribeTopics.topics', 'Consumer.subscribe');
    const of = kafka(broker());
    const prefix = unique('pattern');
    const names = [`${prefix}-a`, `${prefix}-b`];
    const client = await admin(of);
    await client.createTopics({ topics: names.map((topic) => ({ topic })) });
    await (await producer(of)).sendBatch({
      topicMessages: names.map((topic) => ({ topic, messages: [{ value: 'v' }] })),
    });
    const reader = await consumer(of);
    await reader.subscribe({ topics: [new RegExp(`^${prefix}-`)], fromBeginning: true });
    const got: string[] = [];
    await reader.run({ eachMessage: async ({ topic }) => void got.push(topic) });
    await eventually('both topics', () => got.length === 2);
    expect(got.sort()).toEqual(names);
  });

  test('seek goes back and forth', async () => {
    covers('Consumer.seek', 'TopicPartition.topic', 'TopicPartition.partition', 'TopicPartitionOffset.offset');
    const of = kafka(broker());
    const topic = await filled(of, 5);
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got: string[] = [];
    await reader.run({ eachMessage: async ({ message }) => void got.push(message.offset) });
    await eventually('all five', () => got.length === 5);
    reader.seek({ topic, partition: 0, offset: '3' });
    await eventually('two more', () => got.length === 7);
    expect(got).toEqual(['0', '1', '2', '3', '4', '3', '4']);
  });

  test('seek beyond the end lands at the default offset (OFFSET_OUT_OF_RANGE)', async () => {
    const of = kafka(broker());
    const topic = await filled(of, 3);
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got: string[] = [];
    await reader.run({ eachMessage: async ({ message }) => void got.push(message.offset) });
    await eventually('all three', () => got.length === 3);
    reader.seek({ topic, partition: 0, offset: '1000' });
    await eventually('all three again', () => got.length === 6);
    expect(got).toEqual(['0', '1', '2', '0', '1', '2']);
  });

  test('seek to -2 and -1 means the earliest and the latest', async () => {
    covers('Consumer.seek');
    const of = kafka(broker());
    const topic = await filled(of, 2);
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got: string[] = [];
    await reader.run({ eachMessage: async ({ message }) => void got.push(message.offset) });
    await eventually('both', () => got.length === 2);
    reader.seek({ topic, partition: 0, offset: '-2' });
    await eventually('both again', () => got.length === 4);
    expect(got).toEqual(['0', '1', '0', '1']);
  });
});

describe('kafkajs consumer: eachMessage and eachBatch', () => {
  test('eachMessage is told topic, partition and message, and can beat its heart', async () => {
    covers('ConsumerRunConfig.eachMessage', 'EachMessagePayload.topic', 'EachMessagePayload.partition');
    covers('EachMessagePayload.message', 'EachMessagePayload.heartbeat');
    const of = kafka(broker());
    const topic = await filled(of, 1);
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got = new Promise<object>((done) => {
      const eachMessage = async (payload: Parameters<typeof received>[0]) => {
        await payload.heartbeat();
        const { topic, partition, message } = payload;
        done({ topic, partition, value: String(message.value) });
      };
      void reader.run({ eachMessage });
    });
    expect(await got).toEqual({ topic, partition: 0, value: 'v0' });
  });

  test('eachMessage can pause its partition and resume it later', async () => {
    covers('EachMessagePayload.pause');
    const of = kafka(broker());
    const topic = await filled(of, 3);
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got: string[] = [];
    let resume: (() => void) | undefined;
    await reader.run({
      eachMessage: async ({ message, pause }) => {
        got.push(message.offset);
        if (message.offset === '1' && resume === undefined) resume = pause();
      },
    });
    await eventually('the pause', () => resume);
    expect([...got]).toEqual(['0', '1']);
    expect(reader.paused()).toEqual([{ topic, partitions: [0] }]);
    resume?.();
    await eventually('the third', () => got.length === 3);
  });

  test('an error in eachMessage brings the message again', async () => {
    covers('ConsumerConfig.retry');
    const of = kafka(broker());
    const topic = await filled(of, 2);
    const reader = await consumer(of, { retry: { initialRetryTime: 10 } });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got: string[] = [];
    await reader.run({
      eachMessage: async ({ message }) => {
        got.push(message.offset);
        if (got.length === 2) throw new Error('not this time');
      },
    });
    await eventually('both, one of them twice', () => got.length === 3);
    expect(got).toEqual(['0', '1', '1']);
  });

  test('eachBatch is told what the batch holds and how far behind it is', async () => {
    covers('ConsumerRunConfig.eachBatch', 'EachBatchPayload.batch', 'Batch.topic', 'Batch.partition', 'Batch.messages');
    covers('Batch.highWatermark', 'Batch.isEmpty', 'Batch.firstOffset', 'Batch.lastOffset', 'Batch.offsetLag');
    covers('Batch.offsetLagLow', 'EachBatchPayload.isRunning', 'EachBatchPayload.isStale');
    const of = kafka(broker());
    const topic = await topicOf(of);
    await (await producer(of)).send({ topic, messages: numbered(0, 10) });
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got = new Promise<object>((done) => {
      const eachBatch = async ({ batch, isRunning, isStale }: EachBatchPayload) => {
        const { topic, partition, highWatermark, messages } = batch;
        const offsets = [batch.firstOffset(), batch.lastOffset(), batch.offsetLag(), batch.offsetLagLow()];
        const flags = [batch.isEmpty(), isRunning(), isStale()];
        done({ topic, partition, highWatermark, count: messages.length, offsets, flags });
      };
      void reader.run({ eachBatch });
    });
    expect(await got).toEqual({
      topic,
      partition: 0,
      highWatermark: '10',
      count: 10,
      offsets: ['0', '9', '0', '9'],
      flags: [false, true, false],
    });
  });

  test('with eachBatchAutoResolve off, only what was resolved is committed', async () => {
    covers('ConsumerRunConfig.eachBatchAutoResolve', 'EachBatchPayload.resolveOffset', 'EachBatchPayload.heartbeat');
    covers('EachBatchPayload.commitOffsetsIfNecessary', 'EachBatchPayload.uncommittedOffsets');
    covers('OffsetsByTopicPartition.topics', 'Offsets.topics', 'TopicOffsets.topic', 'TopicOffsets.partitions');
    const of = kafka(broker());
    const topic = await topicOf(of);
    await (await producer(of)).send({ topic, messages: numbered(0, 10) });
    const groupId = unique('resolved');
    const reader = await consumer(of, { groupId });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const uncommitted = new Promise<object>((done) => {
      const eachBatch = async (payload: EachBatchPayload) => {
        payload.resolveOffset('3');
        await payload.heartbeat();
        const { topics } = payload.uncommittedOffsets();
        await payload.commitOffsetsIfNecessary({ topics });
        done(topics);
        payload.pause();
      };
      void reader.run({ eachBatchAutoResolve: false, eachBatch });
    });
    // Its declaration says number: kafkajs 2.2.4 gives the partition as a string here.
    expect(await uncommitted).toEqual([{ topic, partitions: [{ partition: '0', offset: '4' }] }]);
    expect(await committed(of, groupId, topic)).toBe('4');
  });

  test('eachBatch can pause its partition; seek makes the batch stale', async () => {
    covers('EachBatchPayload.pause', 'EachBatchPayload.isStale');
    const of = kafka(broker());
    const topic = await topicOf(of);
    await (await producer(of)).send({ topic, messages: numbered(0, 4) });
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const stale: boolean[] = [];
    let resume: (() => void) | undefined;
    await reader.run({
      eachBatch: async ({ batch, isStale, pause }) => {
        stale.push(isStale());
        if (stale.length > 1) return;
        resume = pause();
        reader.seek({ topic: batch.topic, partition: batch.partition, offset: '2' });
        stale.push(isStale());
      },
    });
    await eventually('the first batch', () => resume);
    resume?.();
    await eventually('the batch after the seek', () => stale.length === 3);
    expect(stale).toEqual([false, true, false]);
  });

  test('partitions are consumed side by side, as many as asked for', async () => {
    covers('ConsumerRunConfig.partitionsConsumedConcurrently');
    const of = kafka(broker());
    const topic = await topicOf(of, 3);
    const messages = [0, 1, 2].map((partition) => ({ value: 'v', partition }));
    await (await producer(of)).send({ topic, messages });
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    let inside = 0;
    let open: () => void = () => {};
    const all = new Promise<void>((done) => {
      open = done;
    });
    await reader.run({
      partitionsConsumedConcurrently: 3,
      eachMessage: async () => {
        inside++;
        // Each waits for the other two: consumed one after another, this never ends.
        if (inside === 3) open();
        await all;
      },
    });
    await all;
    expect(inside).toBe(3);
  });
});

describe('kafkajs consumer: commits', () => {
  test('autoCommitThreshold commits after so many messages', async () => {
    covers('ConsumerRunConfig.autoCommit', 'ConsumerRunConfig.autoCommitThreshold');
    const of = kafka(broker());
    const topic = await topicOf(of);
    await (await producer(of)).send({ topic, messages: numbered(0, 10) });
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const commits: string[] = [];
    reader.on(reader.events.COMMIT_OFFSETS, ({ payload }) =>
      commits.push(payload.topics[0]?.partitions[0]?.offset ?? ''),
    );
    await reader.run({ autoCommit: true, autoCommitThreshold: 4, eachMessage: async () => {} });
    await eventually('the end', () => commits.at(-1) === '10');
    expect(commits).toEqual(['4', '8', '10']);
  });

  test('autoCommitInterval commits by the clock', async () => {
    covers('ConsumerRunConfig.autoCommitInterval');
    const of = kafka(broker());
    const topic = await topicOf(of);
    await (await producer(of)).send({ topic, messages: numbered(0, 4) });
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const commits: string[] = [];
    reader.on(reader.events.COMMIT_OFFSETS, ({ payload }) =>
      commits.push(payload.topics[0]?.partitions[0]?.offset ?? ''),
    );
    const eachMessage = () => new Promise<void>((next) => setTimeout(next, 30));
    await reader.run({ autoCommitInterval: 20, eachMessage });
    await eventually('a commit within the batch', () => commits.length > 1 && commits.at(-1) === '4');
    expect(Number(commits[0])).toBeLessThan(4);
  });

  test('with autoCommit off nothing is committed unless told', async () => {
    covers('ConsumerRunConfig.autoCommit', 'Consumer.commitOffsets', 'TopicPartitionOffsetAndMetadata.metadata');
    const of = kafka(broker());
    const topic = await filled(of, 3);
    const groupId = unique('manual');
    const reader = await consumer(of, { groupId });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got: string[] = [];
    await reader.run({ autoCommit: false, eachMessage: async ({ message }) => void got.push(message.offset) });
    await eventually('all three', () => got.length === 3);
    expect(await committed(of, groupId, topic)).toBe('-1');
    await reader.commitOffsets([{ topic, partition: 0, offset: '2', metadata: 'by hand' }]);
    const offsets = await (await admin(of)).fetchOffsets({ groupId, topics: [topic] });
    expect(offsets).toEqual([{ topic, partitions: [{ partition: 0, offset: '2', metadata: 'by hand' }] }]);
  });

  test('stop commits what was resolved, and run goes on from there', async () => {
    covers('Consumer.stop', 'Consumer.run');
    const of = kafka(broker());
    const topic = await filled(of, 2);
    const groupId = unique('stopped');
    const reader = await consumer(of, { groupId });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got: string[] = [];
    const eachMessage = async ({ message }: { message: { offset: string } }) => void got.push(message.offset);
    await reader.run({ eachMessage });
    await eventually('both', () => got.length === 2);
    await reader.stop();
    await (await producer(of)).send({ topic, messages: [{ value: 'v2' }] });
    await reader.run({ eachMessage });
    await eventually('the third', () => got.length === 3);
    expect(got).toEqual(['0', '1', '2']);
  });

  test('a group of one reader commits across many partitions', async () => {
    const of = kafka(broker());
    const topic = await topicOf(of, 8);
    const messages = numbered(0, 80).map((message, at) => ({ ...message, partition: at % 8 }));
    await (await producer(of)).send({ topic, messages });
    const groupId = unique('many');
    const reader = await consumer(of, { groupId });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    let count = 0;
    await reader.run({ eachMessage: async () => void count++ });
    await eventually('all', () => count === 80);
    await reader.stop();
    const offsets = await (await admin(of)).fetchOffsets({ groupId, topics: [topic] });
    expect(offsets[0]?.partitions.map(({ offset }) => offset)).toEqual(Array(8).fill('10'));
  });
});

describe('kafkajs consumer: flow', () => {
  test('pause holds a topic back, paused tells it, resume lets it go', async () => {
    covers('Consumer.pause', 'Consumer.pause.topic', 'Consumer.paused', 'Consumer.resume', 'Consumer.resume.topic');
    covers('TopicPartitions.topic', 'TopicPartitions.partitions');
    const of = kafka(broker());
    const [held, free] = [await filled(of, 1), await filled(of, 1)];
    const reader = await consumer(of);
    await reader.subscribe({ topics: [held, free], fromBeginning: true });
    const got: string[] = [];
    await reader.run({ eachMessage: async ({ topic }) => void got.push(topic) });
    await eventually('one of each', () => got.length === 2);
    reader.pause([{ topic: held }]);
    expect(reader.paused()).toEqual([{ topic: held, partitions: [0] }]);
    const writer = await producer(of);
    await writer.sendBatch({ topicMessages: [held, free].map((topic) => ({ topic, messages: [{ value: 'more' }] })) });
    await eventually('the free one', () => got.filter((topic) => topic === free).length === 2);
    expect(got.filter((topic) => topic === held)).toHaveLength(1);
    reader.resume([{ topic: held }]);
    await eventually('the held one', () => got.filter((topic) => topic === held).length === 2);
    expect(reader.paused()).toEqual([]);
  });

  test('single partitions can be paused and resumed', async () => {
    covers('Consumer.pause.partitions', 'Consumer.resume.partitions');
    const of = kafka(broker());
    const topic = await topicOf(of, 2);
    const writer = await producer(of);
    const both = [0, 1].map((partition) => ({ value: 'v', partition }));
    await writer.send({ topic, messages: both });
    const reader = await consumer(of);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const got: number[] = [];
    await reader.run({ eachMessage: async ({ partition }) => void got.push(partition) });
    await eventually('one of each', () => got.length === 2);
    reader.pause([{ topic, partitions: [1] }]);
    await writer.send({ topic, messages: both });
    await eventually('the free partition', () => got.length === 3);
    reader.resume([{ topic, partitions: [1] }]);
    await eventually('the held partition', () => got.length === 4);
    expect(got.slice(2)).toEqual([0, 1]);
  });

  test('maxBytesPerPartition and maxBytes bound an answer, but a first batch always comes whole (KIP-74)', async () => {
    covers('ConsumerConfig.maxBytesPerPartition', 'ConsumerConfig.maxBytes');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const writer = await producer(of);
    for (let at = 0; at < 4; at++) await writer.send({ topic, messages: [{ value: Buffer.alloc(20_000, at) }] });
    const reader = await consumer(of, { maxBytesPerPartition: 1000, maxBytes: 1000 });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const sizes: number[] = [];
    await reader.run({ eachBatch: async ({ batch }) => void sizes.push(batch.messages.length) });
    await eventually('all four', () => sizes.reduce((a, b) => a + b, 0) === 4);
    expect(sizes).toEqual([1, 1, 1, 1]);
  });

  test('maxBytes lets several partitions share an answer fairly enough that all are read', async () => {
    covers('ConsumerConfig.maxBytes');
    const of = kafka(broker());
    const topic = await topicOf(of, 4);
    const messages = Array.from({ length: 40 }, (_, at) => ({ value: Buffer.alloc(10_000), partition: at % 4 }));
    await (await producer(of)).send({ topic, messages });
    expect(await readAll(of, topic, 40, { maxBytes: 50_000 })).toHaveLength(40);
  });

  test('minBytes makes the broker gather, maxWaitTimeInMs ends the wait', async () => {
    covers('ConsumerConfig.minBytes', 'ConsumerConfig.maxWaitTimeInMs');
    const of = kafka(broker());
    const topic = await filled(of, 1);
    const reader = await consumer(of, { minBytes: 100_000, maxWaitTimeInMs: 400 });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const waited = new Promise<number>((done) => {
      reader.on(reader.events.FETCH, ({ payload }) => done(payload.duration));
    });
    const got = new Promise<string>((done) => {
      void reader.run({ eachMessage: async ({ message }) => done(String(message.value)) });
    });
    expect(await got).toBe('v0');
    expect(await waited).toBeGreaterThan(350);
  });

  test('a waiting fetch is answered as soon as something is written', async () => {
    covers('ConsumerConfig.maxWaitTimeInMs');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const reader = await consumer(of, { maxWaitTimeInMs: 20_000 });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const started = new Promise((done) => reader.on(reader.events.FETCH_START, done));
    const got = new Promise((done) => {
      void reader.run({ eachMessage: async () => done(undefined) });
    });
    await started;
    const writer = await producer(of);
    const before = performance.now();
    await writer.send({ topic, messages: [{ value: 'v' }] });
    await got;
    expect(performance.now() - before).toBeLessThan(5000);
  }, 40_000);

  test('a reader of uncommitted messages sees what a plain producer wrote, and so does one of committed ones', async () => {
    covers('ConsumerConfig.readUncommitted');
    const of = kafka(broker());
    const topic = await filled(of, 2);
    for (const readUncommitted of [true, false]) {
      expect(values(await readAll(of, topic, 2, { readUncommitted }))).toEqual(['v0', 'v1']);
    }
  });

  test('rackId, maxInFlightRequests and metadataMaxAge change nothing that is read', async () => {
    covers('ConsumerConfig.rackId', 'ConsumerConfig.maxInFlightRequests', 'ConsumerConfig.metadataMaxAge');
    const of = kafka(broker());
    const topic = await filled(of, 2);
    const config = { rackId: 'shed', maxInFlightRequests: 1, metadataMaxAge: 50 };
    expect(values(await readAll(of, topic, 2, config))).toEqual(['v0', 'v1']);
  });

  test('a consumer creates the topic it asks for, unless told not to', async () => {
    covers('ConsumerConfig.allowAutoTopicCreation');
    const of = kafka(broker(), { retry: { retries: 2, initialRetryTime: 20 } });
    const client = await admin(of);
    const [wanted, unwanted] = [unique('wanted'), unique('unwanted')];
    const asking = await consumer(of, { allowAutoTopicCreation: true });
    await asking.subscribe({ topics: [wanted] });
    await eventually('the topic', async () => (await client.listTopics()).includes(wanted));
    const shy = await consumer(of, { allowAutoTopicCreation: false });
    const subscribing = shy.subscribe({ topics: [unwanted] });
    await expect(subscribing).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    expect(await client.listTopics()).not.toContain(unwanted);
  });

  test('restartOnFailure decides whether a crashed consumer comes back', async () => {
    covers('ConsumerConfig.retry.restartOnFailure', 'RetryOptions.restartOnFailure', 'ConsumerConfig.retry');
    covers('ConsumerCrashEvent.error', 'ConsumerCrashEvent.groupId', 'ConsumerCrashEvent.restart');
    covers('KafkaJSNumberOfRetriesExceeded.retryCount', 'KafkaJSNumberOfRetriesExceeded.retryTime');
    const of = kafka(broker(), { logLevel: logLevel.NOTHING });
    const topic = await filled(of, 1);
    const asked: Error[] = [];
    const restartOnFailure = async (error: Error) => {
      asked.push(error);
      return false;
    };
    const groupId = unique('crashing');
    const reader = await consumer(of, { groupId, retry: { retries: 1, initialRetryTime: 10, restartOnFailure } });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const crash = new Promise<object>((done) => reader.on(reader.events.CRASH, ({ payload }) => done(payload)));
    await reader.run({
      eachMessage: async () => {
        throw new Error('never');
      },
    });
    const error = { name: 'KafkaJSNumberOfRetriesExceeded', retryCount: 1, retryTime: expect.any(Number) };
    expect(await crash).toMatchObject({ error, groupId, restart: false });
    expect(asked).toHaveLength(1);
  });
});
