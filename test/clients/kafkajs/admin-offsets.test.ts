/** In a file of their own: kafkajs's setOffsets sleeps five seconds by itself, which others need not wait for. */
import { KafkaJSDeleteGroupsError } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import {
  admin,
  commitAt,
  consumer,
  covers,
  eventually,
  kafka,
  numbered,
  producer,
  topicOf,
  unique,
  useBroker,
} from './support.ts';

const broker = useBroker();

describe('kafkajs admin: offsets', () => {
  test('fetchTopicOffsets tells where each partition starts and ends', async () => {
    covers('Admin.fetchTopicOffsets', 'Admin.fetchTopicOffsets.high', 'Admin.fetchTopicOffsets.low');
    covers('PartitionOffset.partition', 'PartitionOffset.offset');
    const of = kafka(broker());
    const topic = await topicOf(of, 2);
    await (await producer(of)).send({
      topic,
      messages: numbered(0, 4).map((message) => ({ ...message, partition: 1 })),
    });
    const offsets = await (await admin(of)).fetchTopicOffsets(topic);
    expect(offsets.sort((a, b) => a.partition - b.partition)).toEqual([
      { partition: 0, offset: '0', high: '0', low: '0' },
      { partition: 1, offset: '4', high: '4', low: '0' },
    ]);
  });

  test('fetchTopicOffsetsByTimestamp finds the first message at or after a time, or the end', async () => {
    covers('Admin.fetchTopicOffsetsByTimestamp');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const start = Date.now() - 60_000;
    const writer = await producer(of);
    for (const at of [0, 10, 20])
      await writer.send({ topic, messages: [{ value: 'x', timestamp: String(start + at) }] });
    const client = await admin(of);
    const find = async (at?: number) => (await client.fetchTopicOffsetsByTimestamp(topic, at))[0]?.offset;
    expect([await find(start - 5), await find(start + 10), await find(start + 11), await find(start + 21)]).toEqual([
      '0',
      '1',
      '2',
      '3',
    ]);
  });

  test('setOffsets moves a stopped group; fetchOffsets tells where it is', async () => {
    covers('Admin.setOffsets', 'Admin.setOffsets.groupId', 'Admin.setOffsets.topic', 'Admin.setOffsets.partitions');
    covers(
      'Admin.fetchOffsets',
      'Admin.fetchOffsets.groupId',
      'Admin.fetchOffsets.topics',
      'FetchOffsetsPartition.metadata',
    );
    covers('Admin.fetchOffsets.topic', 'Admin.fetchOffsets.partitions');
    const of = kafka(broker());
    const topic = await topicOf(of, 2);
    await (await producer(of)).send({ topic, messages: numbered(0, 10).map((m, at) => ({ ...m, partition: at % 2 })) });
    const client = await admin(of);
    const groupId = unique('moved');
    await client.setOffsets({
      groupId,
      topic,
      partitions: [
        { partition: 0, offset: '3' },
        { partition: 1, offset: '4' },
      ],
    });
    const offsets = await client.fetchOffsets({ groupId, topics: [topic] });
    const partitions = offsets[0]?.partitions.map(({ partition, offset, metadata }) => [partition, offset, metadata]);
    expect(offsets[0]?.topic).toBe(topic);
    expect(partitions?.sort()).toEqual([
      [0, '3', null],
      [1, '4', null],
    ]);
  });

  test('fetchOffsets without topics tells all that the group has committed', async () => {
    const of = kafka(broker());
    const [one, two] = [await topicOf(of), await topicOf(of)];
    // A commit beyond the end would be reset by kafkajs, to -1.
    const topicMessages = [one, two].map((topic) => ({ topic, messages: numbered(0, 2) }));
    await (await producer(of)).sendBatch({ topicMessages });
    const client = await admin(of);
    const groupId = unique('everywhere');
    await commitAt(of, groupId, [
      { topic: one, partition: 0, offset: '1' },
      { topic: two, partition: 0, offset: '2' },
    ]);
    const offsets = await client.fetchOffsets({ groupId });
    expect(Object.fromEntries(offsets.map(({ topic, partitions }) => [topic, partitions[0]?.offset]))).toEqual({
      [one]: '1',
      [two]: '2',
    });
  });

  test('fetchOffsets of a group that never committed says -1, and resolves it when asked', async () => {
    covers('Admin.fetchOffsets.resolveOffsets');
    const of = kafka(broker());
    const topic = await topicOf(of);
    await (await producer(of)).send({ topic, messages: numbered(0, 2) });
    const client = await admin(of);
    const groupId = unique('unresolved');
    const at = async (resolveOffsets: boolean) => {
      const offsets = await client.fetchOffsets({ groupId, topics: [topic], resolveOffsets });
      return offsets[0]?.partitions[0]?.offset;
    };
    expect(await at(false)).toBe('-1');
    expect(await at(true)).toBe('2');
    expect(await at(false)).toBe('2');
  });

  test.each([
    [true, 'v0'],
    [false, 'v5'],
  ])('resetOffsets with earliest=%s lets the group go on with %s', async (earliest, expected) => {
    covers('Admin.resetOffsets', 'Admin.resetOffsets.groupId', 'Admin.resetOffsets.topic');
    covers('Admin.resetOffsets.earliest');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const writer = await producer(of);
    await writer.send({ topic, messages: numbered(0, 5) });
    const groupId = unique('reset');
    await commitAt(of, groupId, [{ topic, partition: 0, offset: '3' }]);
    const client = await admin(of);
    await client.resetOffsets({ groupId, topic, earliest });
    const reader = await consumer(of, { groupId });
    await reader.subscribe({ topics: [topic], fromBeginning: earliest });
    const got: string[] = [];
    const fetching = new Promise((done) => reader.on(reader.events.FETCH, done));
    await reader.run({ eachMessage: async ({ message }) => void got.push(String(message.value)) });
    // From the latest, what is written before the first fetch would be skipped.
    await fetching;
    await writer.send({ topic, messages: numbered(5, 6) });
    await eventually('the end', () => got.at(-1) === 'v5');
    expect(got[0]).toBe(expected);
  });

  test('offsets of a running group cannot be set', async () => {
    const of = kafka(broker());
    const topic = await topicOf(of);
    const groupId = unique('running');
    const member = await consumer(of, { groupId });
    await member.subscribe({ topics: [topic] });
    const joined = new Promise((done) => member.on(member.events.GROUP_JOIN, done));
    await member.run({ eachMessage: async () => {} });
    await joined;
    const setting = (await admin(of)).setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] });
    await expect(setting).rejects.toThrow(/must have no running instances/);
  });

  test('deleteGroups removes stopped groups, and tells which it could not', async () => {
    covers('Admin.deleteGroups', 'DeleteGroupsResult.groupId', 'DeleteGroupsResult.errorCode');
    covers('DeleteGroupsResult.error', 'KafkaJSDeleteGroupsError.groups', 'KafkaJSDeleteGroupsErrorGroups.groupId');
    covers('KafkaJSDeleteGroupsErrorGroups.errorCode', 'KafkaJSDeleteGroupsErrorGroups.error');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const [gone, none] = [unique('gone'), unique('none')];
    await commitAt(of, gone, [{ topic, partition: 0, offset: '3' }]);
    const client = await admin(of);
    expect(await client.deleteGroups([gone])).toMatchObject([{ groupId: gone, errorCode: 0 }]);
    expect((await client.listGroups()).groups.map(({ groupId }) => groupId)).not.toContain(gone);
    const failed = await client.deleteGroups([none]).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(KafkaJSDeleteGroupsError);
    const { groups } = failed as KafkaJSDeleteGroupsError;
    expect(groups).toMatchObject([{ groupId: none, errorCode: 69, error: { type: 'GROUP_ID_NOT_FOUND' } }]);
  });
});
