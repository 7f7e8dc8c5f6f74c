import { setTimeout as delay } from 'node:timers/promises';
import { logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import {
  admin,
  committed,
  consumer,
  covers,
  eventually,
  filled,
  kafka,
  numbered,
  producer,
  readAll,
  topicOf,
  unique,
  useBroker,
  values,
} from './support.ts';

const broker = useBroker();

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
    // Slow enough that the interval passes within the batch.
    await reader.run({ autoCommitInterval: 20, eachMessage: () => delay(30) });
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

  test('what a plain producer wrote is seen by readers of uncommitted and of committed messages', async () => {
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
