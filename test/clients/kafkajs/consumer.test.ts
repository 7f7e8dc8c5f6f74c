import { type EachBatchPayload } from 'kafkajs';
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
  type Received,
  received,
  topicOf,
  unique,
  useBroker,
} from './support.ts';

const broker = useBroker();

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
      eachMessage: async (payload) => {
        got.push(payload.message.offset);
        if (payload.message.offset === '1' && resume === undefined) resume = payload.pause();
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
      const eachBatch = async (payload: EachBatchPayload) => {
        const { batch } = payload;
        const { topic, partition, highWatermark, messages } = batch;
        const offsets = [batch.firstOffset(), batch.lastOffset(), batch.offsetLag(), batch.offsetLagLow()];
        const flags = [batch.isEmpty(), payload.isRunning(), payload.isStale()];
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
      eachBatch: async (payload) => {
        const { batch } = payload;
        stale.push(payload.isStale());
        if (stale.length > 1) return;
        resume = payload.pause();
        reader.seek({ topic: batch.topic, partition: batch.partition, offset: '2' });
        stale.push(payload.isStale());
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
    const { promise: all, resolve: open } = Promise.withResolvers<void>();
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
