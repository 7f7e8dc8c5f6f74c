import { describe, expect, test } from 'vitest';
import {
  admin,
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

describe('kafkajs admin: topics', () => {
  test('describeCluster names nodes, controller and cluster', async () => {
    covers(
      'Admin.describeCluster.brokers',
      'Admin.describeCluster.brokers.nodeId',
      'Admin.describeCluster.brokers.host',
    );
    covers('Admin.describeCluster.brokers.port', 'Admin.describeCluster.controller', 'Admin.describeCluster.clusterId');
    const { brokers, controller, clusterId } = await (await admin(kafka(broker()))).describeCluster();
    expect(brokers).toHaveLength(1);
    const [{ nodeId, host, port } = { nodeId: -1, host: '', port: 0 }] = brokers;
    expect({ nodeId, host, port }).toEqual({ nodeId: controller, host: '127.0.0.1', port: broker().port });
    expect(clusterId.length).toBeGreaterThan(0);
  });

  test('createTopics makes topics with the partitions and replicas asked for', async () => {
    covers(
      'Admin.createTopics.topics',
      'ITopicConfig.topic',
      'ITopicConfig.numPartitions',
      'ITopicConfig.replicationFactor',
    );
    const client = await admin(kafka(broker()));
    const [one, two] = [unique('one'), unique('two')];
    const topics = [
      { topic: one, numPartitions: 1, replicationFactor: 1 },
      { topic: two, numPartitions: 3, replicationFactor: 1 },
    ];
    expect(await client.createTopics({ topics })).toBe(true);
    const described = await client.fetchTopicMetadata({ topics: [one, two] });
    const counts = described.topics.map(({ name, partitions }) => [name, partitions.length]);
    expect(Object.fromEntries(counts)).toEqual({ [one]: 1, [two]: 3 });
  });

  test('createTopics without counts takes the broker defaults (KIP-464)', async () => {
    const client = await admin(kafka(broker()));
    const topic = unique('plain');
    expect(await client.createTopics({ topics: [{ topic }] })).toBe(true);
    const { topics } = await client.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions).toHaveLength(1);
  });

  test('createTopics of what exists answers false', async () => {
    const client = await admin(kafka(broker()));
    const topic = unique('twice');
    await client.createTopics({ topics: [{ topic }] });
    expect(await client.createTopics({ topics: [{ topic }] })).toBe(false);
  });

  test('createTopics with validateOnly creates nothing', async () => {
    covers('Admin.createTopics.validateOnly', 'Admin.createTopics.waitForLeaders');
    const client = await admin(kafka(broker()));
    const topic = unique('only-checked');
    await client.createTopics({ validateOnly: true, waitForLeaders: false, topics: [{ topic }] });
    expect(await client.listTopics()).not.toContain(topic);
  });

  test('createTopics waits for leaders, so that the first metadata has one for each partition', async () => {
    covers('Admin.createTopics.waitForLeaders', 'Admin.createTopics.timeout', 'PartitionMetadata.leader');
    const client = await admin(kafka(broker()));
    const topic = unique('led');
    await client.createTopics({ waitForLeaders: true, timeout: 10_000, topics: [{ topic, numPartitions: 4 }] });
    const { topics } = await client.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions.map(({ leader }) => leader >= 0)).toEqual([true, true, true, true]);
  });

  test('createTopics places replicas where it is told to', async () => {
    covers('ITopicConfig.replicaAssignment', 'ReplicaAssignment.partition', 'ReplicaAssignment.replicas');
    const client = await admin(kafka(broker()));
    const topic = unique('placed');
    const { controller } = await client.describeCluster();
    const node = controller ?? -1;
    const replicaAssignment = [
      { partition: 0, replicas: [node] },
      { partition: 1, replicas: [node] },
    ];
    // Beside an assignment Kafka wants both counts to be -1; kafkajs would send its defaults.
    await client.createTopics({ topics: [{ topic, numPartitions: -1, replicationFactor: -1, replicaAssignment }] });
    const { topics } = await client.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions.map(({ replicas }) => replicas)).toEqual([[node], [node]]);
  });

  test('createTopics refuses a replica on a node that is not there', async () => {
    const client = await admin(kafka(broker()));
    const topic = unique('misplaced');
    const replicaAssignment = [{ partition: 0, replicas: [4711] }];
    const creating = client.createTopics({
      topics: [{ topic, numPartitions: -1, replicationFactor: -1, replicaAssignment }],
    });
    await expect(creating).rejects.toMatchObject({ errors: [{ type: 'INVALID_REPLICA_ASSIGNMENT' }] });
  });

  test('createTopics takes settings of the topic', async () => {
    covers('ITopicConfig.configEntries', 'IResourceConfigEntry.name', 'IResourceConfigEntry.value');
    const of = kafka(broker());
    const client = await admin(of);
    const topic = unique('small-messages');
    await client.createTopics({ topics: [{ topic, configEntries: [{ name: 'max.message.bytes', value: '1000' }] }] });
    const writer = await producer(of, { retry: { retries: 0 } });
    await writer.send({ topic, messages: [{ value: 'x'.repeat(500) }] });
    const tooLarge = writer.send({ topic, messages: [{ value: 'x'.repeat(2000) }] });
    await expect(tooLarge).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
  });

  test.each([
    ['a name with a slash', { topic: 'no/slash' }, 'INVALID_TOPIC_EXCEPTION'],
    ['no partition at all', { topic: 'none', numPartitions: 0 }, 'INVALID_PARTITIONS'],
    ['more replicas than nodes', { topic: 'wide', replicationFactor: 3 }, 'INVALID_REPLICATION_FACTOR'],
    [
      'a setting that does not exist',
      { topic: 'odd', configEntries: [{ name: 'no.such.setting', value: '1' }] },
      'INVALID_CONFIG',
    ],
    [
      'a value that does not fit',
      { topic: 'odd', configEntries: [{ name: 'retention.ms', value: 'soon' }] },
      'INVALID_CONFIG',
    ],
  ])('createTopics refuses %s', async (_what, topic, type) => {
    covers('KafkaJSAggregateError.errors');
    const client = await admin(kafka(broker()));
    const errors = { errors: [expect.objectContaining({ type })] };
    await expect(client.createTopics({ topics: [topic] })).rejects.toMatchObject(errors);
  });

  test('listTopics lists what exists and hides nothing of ours', async () => {
    covers('Admin.listTopics');
    const of = kafka(broker());
    const topics = [await topicOf(of), await topicOf(of)];
    expect(await (await admin(of)).listTopics()).toEqual(expect.arrayContaining(topics));
  });

  test('fetchTopicMetadata describes each partition', async () => {
    covers('Admin.fetchTopicMetadata.topics', 'ITopicMetadata.name', 'ITopicMetadata.partitions');
    covers('PartitionMetadata.partitionErrorCode', 'PartitionMetadata.partitionId', 'PartitionMetadata.replicas');
    covers('PartitionMetadata.isr', 'PartitionMetadata.offlineReplicas');
    const of = kafka(broker());
    const topic = await topicOf(of, 2);
    const client = await admin(of);
    const node = (await client.describeCluster()).controller;
    const { topics } = await client.fetchTopicMetadata({ topics: [topic] });
    const same = { partitionErrorCode: 0, leader: node, replicas: [node], isr: [node], offlineReplicas: [] };
    expect(topics.map(({ name }) => name)).toEqual([topic]);
    const partitions = [...(topics[0]?.partitions ?? [])].sort((a, b) => a.partitionId - b.partitionId);
    expect(partitions).toMatchObject([
      { ...same, partitionId: 0 },
      { ...same, partitionId: 1 },
    ]);
  });

  test('fetchTopicMetadata without names describes all topics', async () => {
    const of = kafka(broker());
    const topic = await topicOf(of);
    const { topics } = await (await admin(of)).fetchTopicMetadata();
    expect(topics.map(({ name }) => name)).toContain(topic);
  });

  test('fetchTopicMetadata of a topic that is not there fails, and does not create it', async () => {
    const client = await admin(kafka(broker(), { retry: { retries: 1, initialRetryTime: 10 } }));
    const topic = unique('absent');
    await expect(client.fetchTopicMetadata({ topics: [topic] })).rejects.toMatchObject({
      type: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
    expect(await client.listTopics()).not.toContain(topic);
  });

  test('deleteTopics removes topics; the name can be used again, from offset 0', async () => {
    covers('Admin.deleteTopics', 'Admin.deleteTopics.topics', 'Admin.deleteTopics.timeout');
    const of = kafka(broker());
    const client = await admin(of);
    const topic = await topicOf(of);
    await (await producer(of)).send({ topic, messages: numbered(0, 3) });
    await client.deleteTopics({ topics: [topic], timeout: 5000 });
    await eventually('the topic to be gone', async () => !(await client.listTopics()).includes(topic));
    await eventually('the name to be free', async () => await client.createTopics({ topics: [{ topic }] }));
    expect(await client.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '0', high: '0', low: '0' }]);
  });

  test('deleteTopics of a topic that is not there fails', async () => {
    const client = await admin(kafka(broker(), { retry: { retries: 1, initialRetryTime: 10 } }));
    await expect(client.deleteTopics({ topics: [unique('absent')] })).rejects.toMatchObject({
      cause: { type: 'UNKNOWN_TOPIC_OR_PARTITION' },
    });
  });
});

describe('kafkajs admin: groups', () => {
  test('listGroups lists a group with its protocol type', async () => {
    covers('Admin.listGroups', 'Admin.listGroups.groups', 'GroupOverview.groupId', 'GroupOverview.protocolType');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const groupId = unique('listed');
    const member = await consumer(of, { groupId });
    await member.subscribe({ topics: [topic] });
    const joined = new Promise((done) => member.on(member.events.GROUP_JOIN, done));
    await member.run({ eachMessage: async () => {} });
    await joined;
    const { groups } = await (await admin(of)).listGroups();
    expect(groups).toContainEqual({ groupId, protocolType: 'consumer' });
  });

  test('describeGroups tells state, protocol and members of a group, and Dead for one that never was', async () => {
    covers('Admin.describeGroups', 'GroupDescriptions.groups', 'GroupDescription.groupId', 'GroupDescription.members');
    covers('GroupDescription.protocol', 'GroupDescription.protocolType', 'GroupDescription.state');
    covers('MemberDescription.clientHost', 'MemberDescription.clientId', 'MemberDescription.memberId');
    const of = kafka(broker(), { clientId: 'described' });
    const topic = await topicOf(of);
    const groupId = unique('described');
    const member = await consumer(of, { groupId });
    await member.subscribe({ topics: [topic] });
    const joined = new Promise<string>((done) => member.on(member.events.GROUP_JOIN, (e) => done(e.payload.memberId)));
    await member.run({ eachMessage: async () => {} });
    const memberId = await joined;
    const never = unique('never');
    const { groups } = await (await admin(of)).describeGroups([groupId, never]);
    const described = { state: 'Stable', protocol: 'RoundRobinAssigner', protocolType: 'consumer' };
    const members = [{ memberId, clientId: 'described', clientHost: '/127.0.0.1' }];
    expect(groups.find((group) => group.groupId === groupId)).toMatchObject({ ...described, members });
    expect(groups.find((group) => group.groupId === never)).toMatchObject({ state: 'Dead', members: [] });
  });

  test('a group whose members left is Empty', async () => {
    const of = kafka(broker());
    const topic = await topicOf(of);
    const groupId = unique('left');
    const member = await consumer(of, { groupId });
    await member.subscribe({ topics: [topic] });
    const joined = new Promise((done) => member.on(member.events.GROUP_JOIN, done));
    await member.run({ eachMessage: async () => {} });
    await joined;
    await member.stop();
    const { groups } = await (await admin(of)).describeGroups([groupId]);
    expect(groups[0]).toMatchObject({ groupId, state: 'Empty', members: [] });
  });
});
