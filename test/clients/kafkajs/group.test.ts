import { connect, type Socket } from 'node:net';
import { type Assigner, AssignerProtocol, type PartitionAssigner, PartitionAssigners } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import {
  ascending,
  consumer,
  covers,
  eventually,
  held,
  idleAssigner,
  kafka,
  member,
  numbered,
  producer,
  topicOf,
  unique,
  useBroker,
} from './support.ts';

// The default minimum of 6 s would be most of this file's time.
const broker = useBroker({ overrides: { 'group.min.session.timeout.ms': 1000 } });

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
    expect(ascending([...held(one, topic), ...held(two, topic)])).toEqual([0, 1, 2, 3]);
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
      requestTimeout: 1000,
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
    for (const socket of sockets) socket.destroy(new Error('cut'));
    await eventually('the broker to give up on it', () => held(one, topic).length === 2);
    expect(ascending(held(one, topic))).toEqual([0, 1]);
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
    const two = await consumer(of, { groupId, retry, partitionAssigners: [idleAssigner('Foreign', () => {})] });
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
