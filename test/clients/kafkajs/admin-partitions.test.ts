import {
  type Cluster,
  KafkaJSAggregateError,
  KafkaJSAlterPartitionReassignmentsError,
  KafkaJSDeleteTopicRecordsError,
} from 'kafkajs';
import { describe, expect, test } from 'vitest';
import {
  admin,
  consumer,
  covers,
  eventually,
  idleAssigner,
  kafka,
  numbered,
  producer,
  readAll,
  topicOf,
  unique,
  useBroker,
} from './support.ts';

const broker = useBroker();

describe('kafkajs admin: partitions', () => {
  test('createPartitions grows a topic, and a producer writes to the new ones', async () => {
    covers('Admin.createPartitions', 'Admin.createPartitions.topicPartitions', 'Admin.createPartitions.timeout');
    covers('ITopicPartitionConfig.topic', 'ITopicPartitionConfig.count', 'ITopicPartitionConfig.assignments');
    const of = kafka(broker());
    const client = await admin(of);
    const [plain, assigned] = [await topicOf(of), await topicOf(of)];
    const nodeId = (await client.describeCluster()).controller ?? -1;
    const topicPartitions = [
      { topic: plain, count: 3 },
      { topic: assigned, count: 2, assignments: [[nodeId]] },
    ];
    await client.createPartitions({ topicPartitions, timeout: 10_000 });
    await eventually('three partitions to be led', async () => {
      const offsets = await client.fetchTopicOffsets(plain).catch(() => []);
      return offsets.length === 3;
    });
    const { topics } = await client.fetchTopicMetadata({ topics: [assigned] });
    expect(topics[0]?.partitions).toHaveLength(2);
    await (await producer(of)).send({ topic: plain, messages: [{ partition: 2, value: 'new' }] });
    expect((await readAll(of, plain, 1)).map(({ partition, value }) => [partition, value])).toEqual([[2, 'new']]);
  });

  test('createPartitions with validateOnly grows nothing, and refuses what would not grow', async () => {
    covers('Admin.createPartitions.validateOnly');
    const of = kafka(broker());
    const client = await admin(of);
    const topic = await topicOf(of, 2);
    await client.createPartitions({ validateOnly: true, topicPartitions: [{ topic, count: 3 }] });
    const fewer = client.createPartitions({ validateOnly: true, topicPartitions: [{ topic, count: 1 }] });
    await expect(fewer).rejects.toMatchObject({ type: 'INVALID_PARTITIONS' });
    expect(await client.fetchTopicOffsets(topic)).toHaveLength(2);
  });

  test('a consumer finds the partitions of a topic that grew, and misses none of their records', async () => {
    const of = kafka(broker());
    const client = await admin(of);
    const topic = await topicOf(of);
    const reader = await consumer(of, { metadataMaxAge: 200 });
    const seen: string[] = [];
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    await reader.run({
      eachMessage: async ({ message }) => {
        seen.push(String(message.value));
      },
    });
    const writer = await producer(of);
    await writer.send({ topic, messages: [{ value: 'before' }] });
    await eventually('the first record', () => seen.includes('before'));
    await client.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    const other = await producer(of, { metadataMaxAge: 100 });
    await eventually('the new partition to take a record', async () => {
      const sent = other.send({ topic, messages: [{ partition: 1, value: 'after' }] });
      return sent.then(
        () => true,
        () => false,
      );
    });
    await eventually('the record in the new partition', () => seen.includes('after'));
  });
});

describe('kafkajs admin: records', () => {
  test('deleteTopicRecords forgets records below an offset, or all with −1', async () => {
    covers('Admin.deleteTopicRecords', 'Admin.deleteTopicRecords.topic', 'Admin.deleteTopicRecords.partitions');
    const of = kafka(broker());
    const client = await admin(of);
    const topic = await topicOf(of, 2);
    const writer = await producer(of);
    for (const partition of [0, 1]) {
      await writer.send({ topic, messages: numbered(0, 5).map((message) => ({ ...message, partition })) });
    }
    const partitions = [
      { partition: 0, offset: '3' },
      { partition: 1, offset: '-1' },
    ];
    // kafkajs looks for the leader in what it has asked for before.
    await client.fetchTopicOffsets(topic);
    await client.deleteTopicRecords({ topic, partitions });
    const offsets = (await client.fetchTopicOffsets(topic)).toSorted((a, b) => a.partition - b.partition);
    expect(offsets.map(({ low, high }) => [low, high])).toEqual([
      ['3', '5'],
      ['5', '5'],
    ]);
    expect((await readAll(of, topic, 2)).map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, '3'],
      [0, '4'],
    ]);
  });

  test('deleteTopicRecords beyond the end fails, and says where', async () => {
    covers('KafkaJSDeleteTopicRecordsErrorTopic.topic', 'KafkaJSDeleteTopicRecordsErrorTopic.partitions');
    covers('KafkaJSDeleteTopicRecordsErrorPartition.partition', 'KafkaJSDeleteTopicRecordsErrorPartition.offset');
    covers('KafkaJSDeleteTopicRecordsErrorPartition.error');
    const of = kafka(broker());
    const client = await admin(of);
    const topic = await topicOf(of);
    await client.fetchTopicOffsets(topic);
    const failure: unknown = await client
      .deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '7' }] })
      .catch((error: unknown) => error);
    // The retrier wraps it.
    const cause = failure instanceof Error ? failure.cause : undefined;
    expect(cause).toBeInstanceOf(KafkaJSDeleteTopicRecordsError);
    expect(cause).toMatchObject({
      partitions: [{ partition: 0, offset: '7', error: { type: 'OFFSET_OUT_OF_RANGE' } }],
    });
  });
});

describe('kafkajs admin: reassignments', () => {
  test('a partition stays on the only node, and cannot go elsewhere', async () => {
    covers('Admin.alterPartitionReassignments', 'Admin.alterPartitionReassignments.topics');
    covers('Admin.alterPartitionReassignments.timeout', 'PartitionReassignment.topic');
    covers('PartitionReassignment.partitionAssignment', 'KafkaJSAlterPartitionReassignmentsError.topic');
    covers('KafkaJSAlterPartitionReassignmentsError.partition');
    const of = kafka(broker());
    const client = await admin(of);
    const topic = await topicOf(of);
    const nodeId = (await client.describeCluster()).controller ?? -1;
    const to = (replicas: number[]) => ({
      timeout: 5000,
      topics: [{ topic, partitionAssignment: [{ partition: 0, replicas }] }],
    });
    await client.alterPartitionReassignments(to([nodeId]));
    const failure: unknown = await client
      .alterPartitionReassignments(to([nodeId + 1]))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KafkaJSAggregateError);
    const [first] = failure instanceof KafkaJSAggregateError ? failure.errors : [];
    expect(first).toBeInstanceOf(KafkaJSAlterPartitionReassignmentsError);
    expect(first).toMatchObject({ topic, partition: 0 });
  });

  test('none is ever under way', async () => {
    covers('Admin.listPartitionReassignments', 'Admin.listPartitionReassignments.topics');
    covers('Admin.listPartitionReassignments.timeout', 'ListPartitionReassignmentsResponse.topics');
    const of = kafka(broker());
    const client = await admin(of);
    const topic = await topicOf(of);
    expect(await client.listPartitionReassignments({ timeout: 5000 })).toMatchObject({ topics: [] });
    const asked = { topics: [{ topic, partitions: [0] }] };
    expect(await client.listPartitionReassignments(asked)).toMatchObject({ topics: [] });
  });

  test('the broker that an assigner is handed asks the same', async () => {
    covers('Broker.alterPartitionReassignments', 'Broker.alterPartitionReassignments.topics');
    covers('Broker.alterPartitionReassignments.timeout', 'Broker.listPartitionReassignments');
    covers('Broker.listPartitionReassignments.topics', 'Broker.listPartitionReassignments.timeout');
    const of = kafka(broker());
    const topic = await topicOf(of);
    let handed: Cluster | undefined;
    const assigner = idleAssigner('Asking', (cluster) => {
      handed = cluster;
    });
    const reader = await consumer(of, { groupId: unique('asking'), partitionAssigners: [assigner] });
    await reader.subscribe({ topics: [topic] });
    if (handed === undefined) throw new Error('no cluster was handed over');
    const node = await handed.findControllerBroker();
    const replicas = [Number(handed.getNodeIds()[0])];
    await node.alterPartitionReassignments({
      topics: [{ topic, partitionAssignment: [{ partition: 0, replicas }] }],
      timeout: 5000,
    });
    const listed = await node.listPartitionReassignments({ topics: [{ topic, partitions: [0] }], timeout: 5000 });
    expect(listed.topics).toEqual([]);
  });
});
