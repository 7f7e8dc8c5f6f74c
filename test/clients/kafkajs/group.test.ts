import { connect, type Socket } from 'node:net';
import {
  type Assigner,
  AssignerProtocol,
  type Cluster,
  type Consumer,
  type ConsumerGroupJoinEvent,
  type Kafka,
  type PartitionAssigner,
  PartitionAssigners,
} from 'kafkajs';
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

// The default minimum of 6 s would be most of this file's time.
const broker = useBroker({ overrides: { 'group.min.session.timeout.ms': 1000 } });

type Join = ConsumerGroupJoinEvent['payload'];

interface Member {
  readonly reader: Consumer;
  readonly joins: Join[];
  readonly got: string[];
}

async function member(of: Kafka, groupId: string, topics: string[], config: object = {}): Promise<Member> {
  const reader = await consumer(of, { groupId, ...config });
  const joins: Join[] = [];
  const got: string[] = [];
  reader.on(reader.events.GROUP_JOIN, ({ payload }) => joins.push(payload));
  await reader.subscribe({ topics, fromBeginning: true });
  await reader.run({ eachMessage: async ({ message }) => void got.push(String(message.value)) });
  return { reader, joins, got };
}

const held = ({ joins }: Member, topic: string) => joins.at(-1)?.memberAssignment[topic] ?? [];

describe('kafkajs groups', () => {
  test('two members share the partitions; when one leaves the other takes all', async () => {
    covers('PartitionAssigners.roundRobin', 'ConsumerConfig.partitionAssigners', 'ConsumerConfig.groupId');
    const of = kafka(broker());
    const topic = await topicOf(of, 4);
    const groupId = unique('shared');
    const partitionAssigners = [PartitionAssigners.roundRobin];
    const one = await member(of, groupId, [topic], { partitionAssigners });
    await eventually('one to hold all', () => held(one, topic).length === 4);
    const two = await member(of, groupId, [topic], { partitionAssigners });
    await eventually('two each', () => held(one, topic).length === 2 && held(two, topic).length === 2);
    expect([...held(one, topic), ...held(two, topic)].sort()).toEqual([0, 1, 2, 3]);
    await two.reader.disconnect();
    await eventually('one to hold all again', () => held(one, topic).length === 4);
  });

  test('over a rebalance every message is consumed, and commits keep both from starting over', async () => {
    const of = kafka(broker());
    const topic = await topicOf(of, 4);
    const writer = await producer(of);
    const send = (from: number, to: number) =>
      writer.send({ topic, messages: numbered(from, to).map((message, at) => ({ ...message, partition: at % 4 })) });
    const groupId = unique('rebalanced');
    const one = await member(of, groupId, [topic]);
    await send(0, 40);
    await eventually('the first forty', () => one.got.length >= 40);
    const two = await member(of, groupId, [topic]);
    await eventually('two each', () => held(one, topic).length === 2 && held(two, topic).length === 2);
    await send(40, 80);
    await eventually('the rest', () => new Set([...one.got, ...two.got]).size === 80);
    expect(two.got.length).toBeGreaterThan(0);
    expect(two.got.every((value) => Number(value.slice(1)) >= 40)).toBe(true);
  });

  test('a member that vanishes is removed after its session timeout', async () => {
    covers('ConsumerConfig.sessionTimeout', 'ConsumerConfig.rebalanceTimeout', 'ConsumerConfig.heartbeatInterval');
    const of = kafka(broker());
    const topic = await topicOf(of, 2);
    const groupId = unique('vanished');
    const config = { sessionTimeout: 1500, rebalanceTimeout: 3000, heartbeatInterval: 200 };
    const one = await member(of, groupId, [topic], config);
    await eventually('one to hold both', () => held(one, topic).length === 2);
    const sockets: Socket[] = [];
    let gone = false;
    const lost = kafka(broker(), {
      retry: { retries: 0 },
      socketFactory: ({ host, port, onConnect }) => {
        const socket = gone ? connect({ host, port: 1 }) : connect({ host, port }, onConnect);
        sockets.push(socket);
        return socket;
      },
    });
    const reader = lost.consumer({ groupId, ...config, retry: { retries: 0, restartOnFailure: async () => false } });
    await reader.connect();
    await reader.subscribe({ topics: [topic] });
    await reader.run({ eachMessage: async () => {} });
    await eventually('one each', () => held(one, topic).length === 1);
    // No LeaveGroup: its connections are cut, and it finds no way back.
    gone = true;
    for (const socket of sockets) socket.destroy();
    await eventually('the broker to give up on it', () => held(one, topic).length === 2);
    await reader.disconnect().catch(() => {});
  });

  test('a session timeout outside what the broker allows is refused', async () => {
    covers('ConsumerConfig.sessionTimeout');
    const of = kafka(broker());
    const topic = await topicOf(of);
    const reader = await consumer(of, {
      sessionTimeout: 400,
      retry: { retries: 0, restartOnFailure: async () => false },
    });
    await reader.subscribe({ topics: [topic] });
    const crash = new Promise<Error>((done) => reader.on(reader.events.CRASH, ({ payload }) => done(payload.error)));
    await reader.run({ eachMessage: async () => {} }).catch(() => {});
    expect(await crash).toMatchObject({ type: 'INVALID_SESSION_TIMEOUT' });
  });

  test('a member that speaks none of the group protocols is refused', async () => {
    const of = kafka(broker());
    const topic = await topicOf(of);
    const groupId = unique('foreign');
    const one = await member(of, groupId, [topic]);
    await eventually('one to join', () => one.joins.length > 0);
    const retry = { retries: 0, restartOnFailure: async () => false };
    const two = await consumer(of, { groupId, retry, partitionAssigners: [named('Foreign', () => {})] });
    await two.subscribe({ topics: [topic] });
    const crash = new Promise<Error>((done) => two.on(two.events.CRASH, ({ payload }) => done(payload.error)));
    await two.run({ eachMessage: async () => {} }).catch(() => {});
    expect(await crash).toMatchObject({ type: 'INCONSISTENT_GROUP_PROTOCOL' });
  });

  test('describeGroup tells a consumer about its own group, with its subscription and assignment', async () => {
    covers('Consumer.describeGroup', 'MemberDescription.memberAssignment', 'MemberDescription.memberMetadata');
    covers('AssignerProtocol.MemberMetadata', 'AssignerProtocol.MemberAssignment', 'ISerializer.decode');
    covers(
      'MemberMetadata.topics',
      'MemberMetadata.version',
      'MemberAssignment.assignment',
      'MemberAssignment.version',
    );
    const of = kafka(broker());
    const topic = await topicOf(of, 2);
    const groupId = unique('self');
    const one = await member(of, groupId, [topic]);
    await eventually('it to hold both', () => held(one, topic).length === 2);
    const { state, members } = await one.reader.describeGroup();
    const [
      { memberMetadata, memberAssignment } = { memberMetadata: Buffer.alloc(0), memberAssignment: Buffer.alloc(0) },
    ] = members;
    expect(state).toBe('Stable');
    expect(AssignerProtocol.MemberMetadata.decode(memberMetadata)).toMatchObject({ version: 0, topics: [topic] });
    expect(AssignerProtocol.MemberAssignment.decode(memberAssignment)).toMatchObject({
      version: 0,
      assignment: { [topic]: [0, 1] },
    });
  });

  test('an assigner of our own is used, with its user data carried both ways', async () => {
    covers('Assigner.name', 'Assigner.version', 'Assigner.assign', 'Assigner.assign.members', 'Assigner.assign.topics');
    covers('Assigner.protocol', 'Assigner.protocol.topics', 'GroupState.name', 'GroupState.metadata');
    covers('GroupMember.memberId', 'GroupMember.memberMetadata', 'GroupMemberAssignment.memberId');
    covers('GroupMemberAssignment.memberAssignment', 'MemberMetadata.userData', 'MemberAssignment.userData');
    covers('ISerializer.encode', 'PartitionAssigner.groupId', 'PartitionAssigner.logger', 'PartitionAssigner.cluster');
    const of = kafka(broker());
    const topic = await topicOf(of, 2);
    const groupId = unique('assigned');
    const seen: string[] = [];
    const greedy: PartitionAssigner = ({ cluster, groupId, logger }): Assigner => {
      logger.debug('made for', { groupId, nodes: cluster.getNodeIds() });
      return {
        name: 'Greedy',
        version: 1,
        async assign({ members, topics }) {
          const [first] = [...members].map(({ memberId }) => memberId).sort();
          for (const { memberMetadata } of members) {
            seen.push(String(AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData));
          }
          return members.map(({ memberId }) => {
            const assignment = Object.fromEntries(topics.map((name) => [name, memberId === first ? [0, 1] : []]));
            const bytes = { version: 1, assignment, userData: Buffer.from('back') };
            return { memberId, memberAssignment: AssignerProtocol.MemberAssignment.encode(bytes) };
          });
        },
        protocol({ topics }) {
          const metadata = { version: 1, topics, userData: Buffer.from('there') };
          return { name: this.name, metadata: AssignerProtocol.MemberMetadata.encode(metadata) };
        },
      };
    };
    const one = await member(of, groupId, [topic], { partitionAssigners: [greedy] });
    const two = await member(of, groupId, [topic], { partitionAssigners: [greedy] });
    await eventually('both to be in', () => seen.length >= 2 && two.joins.length > 0);
    await eventually('one to hold all', () => held(one, topic).length + held(two, topic).length === 2);
    expect(new Set(seen)).toEqual(new Set(['there']));
    const { members, protocol } = await one.reader.describeGroup();
    expect(protocol).toBe('Greedy');
    const userData = members.map((m) => String(AssignerProtocol.MemberAssignment.decode(m.memberAssignment)?.userData));
    expect(userData).toEqual(['back', 'back']);
  });

  test('members that subscribe to different topics are told of those that are not theirs', async () => {
    covers(
      'Consumer.on',
      'ConsumerEvents.RECEIVED_UNSUBSCRIBED_TOPICS',
      'ConsumerReceivedUnsubcribedTopicsEvent.assignedTopics',
    );
    covers('ConsumerReceivedUnsubcribedTopicsEvent.groupId', 'ConsumerReceivedUnsubcribedTopicsEvent.memberId');
    covers('ConsumerReceivedUnsubcribedTopicsEvent.generationId');
    covers('ConsumerReceivedUnsubcribedTopicsEvent.topicsSubscribed');
    covers('ConsumerReceivedUnsubcribedTopicsEvent.topicsNotSubscribed');
    const of = kafka(broker());
    const [a, b] = [await topicOf(of, 4), await topicOf(of, 4)];
    const groupId = unique('mixed');
    const one = await member(of, groupId, [a]);
    await eventually('one to join', () => one.joins.length > 0);
    const two = await consumer(of, { groupId });
    const told = new Promise<object>((done) => {
      two.on(two.events.RECEIVED_UNSUBSCRIBED_TOPICS, ({ payload }) => done(payload));
    });
    await two.subscribe({ topics: [b] });
    await two.run({ eachMessage: async () => {} });
    const [topicsSubscribed, topicsNotSubscribed] = [[b], [a]];
    const payload = { groupId, assignedTopics: [a], topicsSubscribed, topicsNotSubscribed };
    expect(await told).toMatchObject({ ...payload, generationId: expect.any(Number), memberId: expect.any(String) });
  });

  test('two groups read the same topic without noticing each other', async () => {
    const of = kafka(broker());
    const topic = await topicOf(of);
    await (await producer(of)).send({ topic, messages: numbered(0, 5) });
    const one = await member(of, unique('left'), [topic]);
    const two = await member(of, unique('right'), [topic]);
    await eventually('both', () => one.got.length === 5 && two.got.length === 5);
    expect(one.got).toEqual(two.got);
  });
});

/** An assigner that gives nobody anything. */
function named(name: string, take: (cluster: Cluster) => void): PartitionAssigner {
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

describe('kafkajs: what an assigner is handed', () => {
  /** The cluster and broker objects reach users through assigners alone. */
  async function clusterOf(of: Kafka, topic: string, groupId = unique('handed')): Promise<Cluster> {
    let cluster: Cluster | undefined;
    const reader = await consumer(of, {
      groupId,
      partitionAssigners: [
        named('Handed', (given) => {
          cluster = given;
        }),
      ],
    });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    if (cluster === undefined) throw new Error('no cluster was handed over');
    return cluster;
  }

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
    await node.produce({ topicData, acks: -1, timeout: 1000, compression: 0, producerId: -1, producerEpoch: -1 });
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
