/** The broker goes and comes back under clients that keep running: what was acknowledged is there, and they go on. */
import { describe, expect, test } from 'vitest';
import {
  admin,
  commitAt,
  consumer,
  eventually,
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
const patient = { initialRetryTime: 100, maxRetryTime: 500, retries: 60 };

const spread = (from: number, to: number) =>
  numbered(from, to).map((message, at) => ({ ...message, partition: at % 2 }));

describe('kafkajs over a restart of the broker', () => {
  test.each([
    ['a clean stop', () => Promise.resolve()],
    ['kill -9', () => broker().kill9()],
  ])('after %s acknowledged messages are there, and the producer goes on', async (_how, end) => {
    const client = kafka(broker(), { retry: patient });
    const topic = await topicOf(client, 2);
    const writer = await producer(client);
    for (let at = 0; at < 50; at += 10) await writer.send({ topic, messages: spread(at, at + 10) });
    await end();
    await broker().restart();
    const [answer] = await writer.send({ topic, messages: spread(50, 60) });
    expect(answer?.errorCode).toBe(0);
    const got = values(await readAll(client, topic, 60));
    expect(got).toHaveLength(60);
    expect(new Set(got)).toEqual(new Set(numbered(0, 60).map(({ value }) => value)));
  });

  test.each([
    ['a clean stop', () => Promise.resolve()],
    ['kill -9', () => broker().kill9()],
  ])('after %s a running group goes on, and nothing committed comes twice', async (_how, end) => {
    const client = kafka(broker(), { retry: patient });
    const topic = await topicOf(client);
    const writer = await producer(client);
    const groupId = unique('survivor');
    const reader = await consumer(client, { groupId, retry: patient });
    const got: string[] = [];
    let commits = 0;
    reader.on(reader.events.COMMIT_OFFSETS, () => void commits++);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    await reader.run({ eachMessage: async ({ message }) => void got.push(String(message.value)) });
    await writer.send({ topic, messages: numbered(0, 5) });
    await eventually('the first five, committed', () => got.length === 5 && commits > 0);
    await end();
    await broker().restart();
    await writer.send({ topic, messages: numbered(5, 10) });
    await eventually('the rest', () => got.length >= 10, 60_000);
    expect(got).toEqual(numbered(0, 10).map(({ value }) => value));
  });

  test('after kill -9 an idempotent producer writes each message once', async () => {
    const client = kafka(broker(), { retry: patient });
    const topic = await topicOf(client);
    const writer = await producer(client, { idempotent: true, retry: patient });
    await writer.send({ topic, messages: numbered(0, 5) });
    await broker().kill9();
    const sending = writer.send({ topic, messages: numbered(5, 10) });
    await broker().restart();
    await sending;
    await writer.send({ topic, messages: numbered(10, 15) });
    expect(values(await readAll(client, topic, 15))).toEqual(numbered(0, 15).map(({ value }) => value));
  });

  test('topics, their settings and committed offsets are there after a restart', async () => {
    const client = kafka(broker(), { retry: patient });
    const topic = unique('kept');
    const before = await admin(client);
    const configEntries = [{ name: 'max.message.bytes', value: '1000' }];
    await before.createTopics({ topics: [{ topic, numPartitions: 3, configEntries }] });
    const groupId = unique('kept');
    await (await producer(client)).send({ topic, messages: [{ value: 'v', partition: 2 }] });
    await commitAt(client, groupId, [{ topic, partition: 2, offset: '1' }]);
    const { clusterId } = await before.describeCluster();
    await broker().restart();
    const after = await admin(client);
    expect((await after.describeCluster()).clusterId).toBe(clusterId);
    expect((await after.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions).toHaveLength(3);
    const offsets = await eventually('the coordinator', () =>
      after.fetchOffsets({ groupId, topics: [topic] }).catch(() => undefined),
    );
    expect(offsets[0]?.partitions.find(({ partition }) => partition === 2)?.offset).toBe('1');
    const writer = await producer(client, { retry: { retries: 0 } });
    const tooLarge = writer.send({ topic, messages: [{ value: 'x'.repeat(2000) }] });
    await expect(tooLarge).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
  });
});
