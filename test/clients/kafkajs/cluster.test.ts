import { type Cluster, CompressionTypes, type Kafka } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import {
  admin,
  consumer,
  covers,
  eventually,
  idleAssigner,
  kafka,
  member,
  numbered,
  producer,
  topicOf,
  unique,
  useBroker,
} from './support.ts';

const broker = useBroker();

/** The cluster and broker objects reach users through assigners alone. */
async function clusterOf(of: Kafka, topic: string, groupId = unique('handed')): Promise<Cluster> {
  let cluster: Cluster | undefined;
  const reader = await consumer(of, {
    groupId,
    partitionAssigners: [
      idleAssigner('Handed', (given) => {
        cluster = given;
      }),
    ],
  });
  await reader.subscribe({ topics: [topic], fromBeginning: true });
  if (cluster === undefined) throw new Error('no cluster was handed over');
  return cluster;
}

describe('kafkajs: what an assigner is handed', () => {
  test('the cluster tells nodes, metadata, leaders and coordinators', async () => {
    covers('Cluster.getNodeIds', 'Cluster.metadata', 'Cluster.isConnected', 'Cluster.refreshMetadata');
    covers('Cluster.refreshMetadataIfNecessary', 'Cluster.addTargetTopic', 'Cluster.addMultipleTargetTopics');
    covers('Cluster.findTopicPartitionMetadata', 'Cluster.findLeaderForPartitions', 'Cluster.defaultOffset');
    covers(
      'Cluster.defaultOffset.fromBeginning',
      'Cluster.findGroupCoordinatorMetadata',
      'CoordinatorMetadata.errorCode',
    );
    covers('Cluster.findGroupCoordinatorMetadata.groupId', 'CoordinatorMetadata.coordinator');
    covers('CoordinatorMetadata.coordinator.nodeId', 'CoordinatorMetadata.coordinator.host');
    covers('CoordinatorMetadata.coordinator.port', 'BrokerMetadata.brokers', 'BrokerMetadata.topicMetadata');
    covers('BrokerMetadata.brokers.nodeId', 'BrokerMetadata.brokers.host', 'BrokerMetadata.brokers.port');
    covers('BrokerMetadata.topicMetadata.topic', 'BrokerMetadata.topicMetadata.topicErrorCode');
    covers('BrokerMetadata.topicMetadata.partitionMetadata');
    const of = kafka(broker());
    const topic = await topicOf(of, 2);
    const cluster = await clusterOf(of, topic);
    expect(cluster.isConnected()).toBe(true);
    await cluster.addTargetTopic(topic);
    await cluster.addMultipleTargetTopics([topic]);
    await cluster.refreshMetadata();
    await cluster.refreshMetadataIfNecessary();
    const nodeId = Number(cluster.getNodeIds()[0]);
    const { brokers, topicMetadata } = await cluster.metadata();
    const node = { nodeId, host: '127.0.0.1', port: broker().port };
    expect(brokers).toMatchObject([node]);
    const described = topicMetadata.find((metadata) => metadata.topic === topic);
    expect(described?.topicErrorCode).toBe(0);
    expect(described?.partitionMetadata).toHaveLength(2);
    expect(cluster.findTopicPartitionMetadata(topic)).toHaveLength(2);
    expect(cluster.findLeaderForPartitions(topic, [0, 1])).toEqual({ [String(nodeId)]: [0, 1] });
    expect([true, false].map((fromBeginning) => cluster.defaultOffset({ fromBeginning }))).toEqual([-2, -1]);
    const { errorCode, coordinator } = await cluster.findGroupCoordinatorMetadata({ groupId: 'any' });
    expect({ errorCode, coordinator }).toMatchObject({ errorCode: 0, coordinator: node });
  });

  test('the cluster finds offsets by name and by time', async () => {
    covers('Cluster.fetchTopicsOffset', 'Cluster.fetchTopicsOffset.topic', 'Cluster.fetchTopicsOffset.partitions');
    covers('Cluster.fetchTopicsOffset.partitions.partition', 'Cluster.fetchTopicsOffset.fromBeginning');
    covers('Cluster.fetchTopicsOffset.fromTimestamp');
    const of = kafka(broker());
    const topic = await topicOf(of);
    await (await producer(of)).send({
      topic,
      messages: numbered(0, 3).map((m, at) => ({ ...m, timestamp: `${1000 + at}` })),
    });
    const cluster = await clusterOf(of, topic);
    const partitions = [{ partition: 0 }];
    const offset = async (asked: Parameters<Cluster['fetchTopicsOffset']>[0][number]) =>
      (await cluster.fetchTopicsOffset([asked]))[0]?.partitions[0]?.offset;
    expect(await offset({ topic, partitions, fromBeginning: true })).toBe('0');
    expect(await offset({ topic, partitions, fromBeginning: false })).toBe('3');
    expect(await offset({ topic, partitions, fromTimestamp: 1001 })).toBe('1');
  });

  test('a broker can be asked directly: versions, metadata, produce, fetch', async () => {
    covers('Cluster.findBroker', 'Cluster.findBroker.nodeId', 'Cluster.findControllerBroker', 'Broker.isConnected');
    covers(
      'Broker.apiVersions',
      'Broker.metadata',
      'ApiVersions.minVersion',
      'ApiVersions.maxVersion',
      'Broker.produce',
    );
    covers('Broker.produce.topicData', 'Broker.produce.topicData.topic', 'Broker.produce.topicData.partitions');
    covers('Broker.produce.topicData.partitions.partition', 'Broker.produce.topicData.partitions.messages');
    covers('Broker.produce.topicData.partitions.firstSequence', 'Broker.produce.producerId');
    covers(
      'Broker.produce.producerEpoch',
      'Broker.produce.acks',
      'Broker.produce.timeout',
      'Broker.produce.compression',
    );
    covers('Broker.fetch', 'Broker.fetch.replicaId', 'Broker.fetch.isolationLevel', 'Broker.fetch.maxWaitTime');
    covers('Broker.fetch.minBytes', 'Broker.fetch.maxBytes', 'Broker.fetch.rackId', 'Broker.fetch.topics');
    covers('Broker.fetch.topics.topic', 'Broker.fetch.topics.partitions', 'Broker.fetch.topics.partitions.partition');
    covers('Broker.fetch.topics.partitions.fetchOffset', 'Broker.fetch.topics.partitions.maxBytes');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const cluster = await clusterOf(of, topic);
    const node = await cluster.findBroker({ nodeId: String(cluster.getNodeIds()[0]) });
    expect(node.isConnected()).toBe(true);
    expect((await cluster.findControllerBroker()).isConnected()).toBe(true);
    const versions = await node.apiVersions();
    const produceVersions = versions[0] ?? { minVersion: 99, maxVersion: -1 };
    expect(produceVersions.minVersion).toBeLessThanOrEqual(3);
    expect(produceVersions.maxVersion).toBeGreaterThanOrEqual(7);
    expect((await node.metadata([topic])).topicMetadata[0]?.topicErrorCode).toBe(0);
    const messages = [{ key: Buffer.from('k'), value: Buffer.from('direct'), timestamp: '5', headers: {} }];
    const topicData = [{ topic, partitions: [{ partition: 0, firstSequence: 0, messages }] }];
    await node.produce({
      topicData,
      acks: -1,
      timeout: 1000,
      compression: CompressionTypes.None,
      producerId: -1,
      producerEpoch: -1,
    });
    const { responses } = await node.fetch({
      replicaId: -1,
      isolationLevel: 0,
      maxWaitTime: 100,
      minBytes: 1,
      maxBytes: 1_000_000,
      rackId: '',
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: '0', maxBytes: 1_000_000 }] }],
    });
    const [read] = responses[0].partitions[0].messages;
    expect({ key: String(read.key), value: String(read.value), offset: read.offset }).toEqual({
      key: 'k',
      value: 'direct',
      offset: '0',
    });
  });

  test('a coordinator can be asked directly: commit, fetch, describe', async () => {
    covers('Cluster.findGroupCoordinator', 'Cluster.findGroupCoordinator.groupId', 'Broker.offsetCommit');
    covers('Broker.offsetCommit.groupId', 'Broker.offsetCommit.groupGenerationId', 'Broker.offsetCommit.memberId');
    covers('Broker.offsetCommit.retentionTime', 'Broker.offsetCommit.topics', 'Broker.offsetFetch');
    covers('Broker.offsetFetch.groupId', 'Broker.offsetFetch.topics', 'Broker.offsetFetch.responses');
    covers('Broker.describeGroups', 'Broker.describeGroups.groupIds');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const groupId = unique('direct');
    const cluster = await clusterOf(of, topic);
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    const topics = [{ topic, partitions: [{ partition: 0, offset: '7' }] }];
    const outside = { groupGenerationId: -1, memberId: '', retentionTime: -1 };
    await coordinator.offsetCommit({ groupId, ...outside, topics });
    const { responses } = await coordinator.offsetFetch({ groupId, topics });
    expect(responses[0]?.partitions[0]).toMatchObject({ partition: 0, offset: '7' });
    const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
    expect(groups[0]).toMatchObject({ groupId, state: 'Empty' });
  });

  test('a commit from a member or generation that is not of the group is refused', async () => {
    covers('Broker.offsetCommit');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const groupId = unique('fenced');
    const one = await member(of, groupId, [topic]);
    const joined = await eventually('it to join', () => one.joins.at(-1));
    const cluster = await clusterOf(of, topic);
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    const topics = [{ topic, partitions: [{ partition: 0, offset: '1' }] }];
    const stranger = coordinator.offsetCommit({ groupId, groupGenerationId: 1, memberId: 'stranger', topics });
    await expect(stranger).rejects.toMatchObject({ type: 'UNKNOWN_MEMBER_ID' });
    const { memberId } = joined;
    const stale = coordinator.offsetCommit({ groupId, groupGenerationId: 99, memberId, topics });
    await expect(stale).rejects.toMatchObject({ type: 'ILLEGAL_GENERATION' });
  });

  test('cluster and broker connect again after they were cut off', async () => {
    covers('Cluster.connect', 'Cluster.disconnect', 'Cluster.removeBroker', 'Cluster.removeBroker.host');
    covers('Cluster.removeBroker.port', 'Broker.connect', 'Broker.disconnect');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const cluster = await clusterOf(of, topic);
    const nodeId = String(cluster.getNodeIds()[0]);
    const node = await cluster.findBroker({ nodeId });
    await node.disconnect();
    expect(node.isConnected()).toBe(false);
    // The end of the old socket may still take the new one with it: a race within kafkajs.
    const { topicMetadata } = await eventually('an answer', async () => {
      await node.connect();
      return await node.metadata([topic]).catch(() => undefined);
    });
    expect(topicMetadata).toHaveLength(1);
    cluster.removeBroker({ host: '127.0.0.1', port: broker().port });
    await cluster.refreshMetadata();
    expect((await cluster.metadata()).brokers).toHaveLength(1);
    await cluster.disconnect();
    await cluster.connect();
    expect(cluster.isConnected()).toBe(true);
    await (await admin(of)).listTopics();
  });
});
