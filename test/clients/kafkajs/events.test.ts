import { connect, type Socket } from 'node:net';
import { type Consumer, type InstrumentationEvent, Kafka, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { consumer, covers, eventually, kafka, numbered, producer, topicOf, unique, useBroker } from './support.ts';

const broker = useBroker();

interface Emitter {
  on(event: string, listener: (event: InstrumentationEvent<unknown>) => void): () => void;
}

/** Collects the payloads of an event; the declared overloads of `on` take one event name each, never a variable one. */
function heard(client: object, event: string): InstrumentationEvent<Record<string, unknown>>[] {
  const events: InstrumentationEvent<Record<string, unknown>>[] = [];
  (client as Emitter).on(event, (payload) => events.push(payload as InstrumentationEvent<Record<string, unknown>>));
  return events;
}

describe('kafkajs events: producer', () => {
  test('a producer tells of connecting, requests, and disconnecting', async () => {
    covers('Producer.events', 'ProducerEvents.CONNECT', 'ProducerEvents.DISCONNECT');
    covers('ProducerEvents.REQUEST', 'InstrumentationEvent.id', 'InstrumentationEvent.type');
    covers(
      'InstrumentationEvent.timestamp',
      'InstrumentationEvent.payload',
      'RequestEvent.apiKey',
      'RequestEvent.apiName',
    );
    covers('RequestEvent.apiVersion', 'RequestEvent.broker', 'RequestEvent.clientId', 'RequestEvent.correlationId');
    covers('RequestEvent.createdAt', 'RequestEvent.duration', 'RequestEvent.pendingDuration', 'RequestEvent.sentAt');
    covers('RequestEvent.size');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = client.producer();
    const { CONNECT, DISCONNECT, REQUEST } = writer.events;
    const [connected, disconnected, requests] = [CONNECT, DISCONNECT, REQUEST].map((name) => heard(writer, name));
    await writer.connect();
    await writer.send({ topic, messages: numbered(0, 1) });
    await writer.disconnect();
    expect(connected).toMatchObject([{ type: 'producer.connect' }]);
    const envelope = { id: expect.anything(), timestamp: expect.any(Number), payload: expect.anything() };
    expect(requests?.[0]).toMatchObject({ type: 'producer.network.request', ...envelope });
    expect(disconnected).toHaveLength(1);
    const produced = requests?.map(({ payload }) => payload).find(({ apiName }) => apiName === 'Produce');
    const number = expect.any(Number);
    expect(produced).toEqual({
      apiKey: 0,
      apiName: 'Produce',
      apiVersion: 7,
      broker: broker().bootstrap,
      clientId: 'skerry-tests',
      correlationId: number,
      createdAt: number,
      duration: number,
      pendingDuration: number,
      sentAt: number,
      size: number,
    });
  });

  test('the versions kafkajs chooses are its newest: nothing is lost to a narrow range', async () => {
    covers('ProducerEvents.REQUEST', 'AdminEvents.REQUEST', 'ConsumerEvents.REQUEST');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const seen = new Map<string, number>();
    const admin = client.admin();
    const writer = client.producer({ idempotent: true });
    const reader = client.consumer({ groupId: unique('versions'), maxWaitTimeInMs: 50, heartbeatInterval: 100 });
    for (const [one, { REQUEST }] of [
      [admin, admin.events],
      [writer, writer.events],
      [reader, reader.events],
    ] as const) {
      (one as Emitter).on(REQUEST, ({ payload }) => {
        const { apiName, apiVersion } = payload as { apiName: string; apiVersion: number };
        seen.set(apiName, apiVersion);
      });
      await one.connect();
    }
    const doomed = unique('doomed');
    await admin.createTopics({ topics: [{ topic: doomed }] });
    await admin.deleteTopics({ topics: [doomed] });
    await admin.listGroups();
    await writer.send({ topic, messages: numbered(0, 1) });
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    await reader.run({ eachMessage: async () => {} });
    await eventually('a heartbeat and a commit', async () => {
      return seen.has('Heartbeat') && seen.has('OffsetFetch') && seen.has('Fetch');
    });
    await reader.describeGroup();
    for (const one of [reader, writer, admin]) await one.disconnect();
    expect(Object.fromEntries(seen)).toMatchObject({
      Produce: 7,
      Fetch: 11,
      ListOffsets: 3,
      Metadata: 6,
      OffsetCommit: 5,
      OffsetFetch: 4,
      GroupCoordinator: 2,
      JoinGroup: 5,
      Heartbeat: 3,
      LeaveGroup: 3,
      SyncGroup: 3,
      DescribeGroups: 2,
      ListGroups: 2,
      ApiVersions: 2,
      CreateTopics: 3,
      DeleteTopics: 1,
      InitProducerId: 1,
    });
  });

  test('a listener can be taken back', async () => {
    covers('Producer.on');
    const writer = kafka(broker()).producer();
    const events: object[] = [];
    const remove = writer.on(writer.events.CONNECT, (event) => events.push(event));
    remove();
    await writer.connect();
    await writer.disconnect();
    expect(events).toEqual([]);
  });

  test('requests that wait for others are counted', async () => {
    covers('ProducerEvents.REQUEST_QUEUE_SIZE', 'RequestQueueSizeEvent.broker', 'RequestQueueSizeEvent.clientId');
    covers('RequestQueueSizeEvent.queueSize');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = await producer(client, { maxInFlightRequests: 1 });
    const sizes = heard(writer, writer.events.REQUEST_QUEUE_SIZE);
    await Promise.all([0, 1, 2, 3].map((at) => writer.send({ topic, messages: numbered(at, at + 1) })));
    const payloads = sizes.map(({ payload }) => payload);
    expect(payloads[0]).toMatchObject({ broker: broker().bootstrap, clientId: 'skerry-tests' });
    expect(payloads.some(({ queueSize }) => Number(queueSize) > 0)).toBe(true);
  });
});

/** A client whose sockets can be made deaf: requests leave, answers stay in the kernel. */
function deafening(requestTimeout: number): { client: Kafka; readonly deafen: () => void } {
  const sockets: Socket[] = [];
  const client = new Kafka({
    brokers: [broker().bootstrap],
    clientId: 'deaf',
    logLevel: logLevel.NOTHING,
    requestTimeout,
    retry: { retries: 0 },
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect({ host, port }, onConnect);
      sockets.push(socket);
      return socket;
    },
  });
  const deafen = () => {
    for (const socket of sockets) socket.pause();
  };
  return { client, deafen };
}

describe('kafkajs events: time-outs', () => {
  test('a producer whose answer does not come is told so', async () => {
    covers('ProducerEvents.REQUEST_TIMEOUT', 'RequestTimeoutEvent.apiKey', 'RequestTimeoutEvent.apiName');
    covers('RequestTimeoutEvent.apiVersion', 'RequestTimeoutEvent.broker', 'RequestTimeoutEvent.clientId');
    covers('RequestTimeoutEvent.correlationId', 'RequestTimeoutEvent.createdAt', 'RequestTimeoutEvent.pendingDuration');
    covers('RequestTimeoutEvent.sentAt');
    covers('KafkaJSRequestTimeoutError.broker', 'KafkaJSRequestTimeoutError.correlationId');
    covers('KafkaJSRequestTimeoutError.createdAt', 'KafkaJSRequestTimeoutError.sentAt');
    covers('KafkaJSRequestTimeoutError.pendingDuration', 'KafkaJSError.cause');
    const topic = await topicOf(kafka(broker()));
    const { client, deafen } = deafening(300);
    const writer = client.producer();
    const late = heard(writer, writer.events.REQUEST_TIMEOUT);
    await writer.connect();
    await writer.send({ topic, messages: [{ value: 'heard' }] });
    deafen();
    const number = expect.any(Number);
    const times = { correlationId: number, createdAt: number, sentAt: number, pendingDuration: number };
    const where = { broker: broker().bootstrap };
    // `enforceRequestTimeout` is on by default: the request fails by itself after `requestTimeout`.
    const cause = { name: 'KafkaJSRequestTimeoutError', ...times, ...where };
    const sending = writer.send({ topic, messages: [{ value: 'unheard' }] });
    await expect(sending).rejects.toMatchObject({ cause });
    expect(late[0]?.payload).toEqual({
      ...times,
      ...where,
      clientId: 'deaf',
      apiKey: 0,
      apiName: 'Produce',
      apiVersion: 7,
    });
    await writer.disconnect();
  });

  test('an admin and a consumer tell it too', async () => {
    covers('AdminEvents.REQUEST_TIMEOUT', 'ConsumerEvents.REQUEST_TIMEOUT', 'Admin.events', 'Consumer.events');
    const { client, deafen } = deafening(300);
    const admin = client.admin();
    const reader = client.consumer({ groupId: unique('deaf') });
    const [asked, read] = [heard(admin, admin.events.REQUEST_TIMEOUT), heard(reader, reader.events.REQUEST_TIMEOUT)];
    await admin.connect();
    await reader.connect();
    deafen();
    await expect(admin.listTopics()).rejects.toThrow(/timed out/);
    await expect(reader.subscribe({ topics: [unique('any')] })).rejects.toThrow(/timed out/);
    expect([asked.length, read.length]).toEqual([1, 1]);
    await admin.disconnect();
    await reader.disconnect();
  });

  test('with enforceRequestTimeout off a slow answer is waited for', async () => {
    covers('KafkaConfig.enforceRequestTimeout', 'KafkaConfig.requestTimeout');
    const client = kafka(broker(), { enforceRequestTimeout: false, requestTimeout: 1 });
    const admin = client.admin();
    const late = heard(admin, admin.events.REQUEST_TIMEOUT);
    await admin.connect();
    const topic = unique('patient');
    expect(await admin.createTopics({ topics: [{ topic }] })).toBe(true);
    await admin.disconnect();
    expect(late).toEqual([]);
  });
});

describe('kafkajs events: admin and consumer', () => {
  test('an admin tells of connecting, requests, its queue, and disconnecting', async () => {
    covers('Admin.on', 'Admin.events', 'AdminEvents.CONNECT', 'AdminEvents.DISCONNECT', 'AdminEvents.REQUEST');
    covers('AdminEvents.REQUEST_QUEUE_SIZE');
    const admin = kafka(broker()).admin();
    const { CONNECT, DISCONNECT, REQUEST, REQUEST_QUEUE_SIZE } = admin.events;
    const [connected, disconnected, requests] = [CONNECT, DISCONNECT, REQUEST].map((name) => heard(admin, name));
    const queue: number[] = [];
    admin.on(REQUEST_QUEUE_SIZE, ({ payload }) => queue.push(payload.queueSize));
    await admin.connect();
    await Promise.all([admin.listTopics(), admin.listTopics()]);
    await admin.disconnect();
    expect([connected?.length, disconnected?.length]).toEqual([1, 1]);
    expect(requests?.map(({ payload }) => payload['apiName'])).toContain('Metadata');
    expect(queue.every((size) => size >= 0)).toBe(true);
  });

  test('a consumer tells of its whole life', async () => {
    covers('Consumer.events', 'ConsumerEvents.CONNECT', 'ConsumerEvents.GROUP_JOIN', 'ConsumerEvents.STOP');
    covers('ConsumerEvents.FETCH_START', 'ConsumerEvents.FETCH', 'ConsumerEvents.START_BATCH_PROCESS');
    covers('ConsumerEvents.END_BATCH_PROCESS', 'ConsumerEvents.COMMIT_OFFSETS', 'ConsumerEvents.HEARTBEAT');
    covers('ConsumerEvents.REQUEST', 'ConsumerEvents.DISCONNECT', 'ConsumerEvents.REQUEST_QUEUE_SIZE');
    covers('ConsumerGroupJoinEvent.duration', 'ConsumerGroupJoinEvent.groupId', 'ConsumerGroupJoinEvent.groupProtocol');
    covers('ConsumerGroupJoinEvent.isLeader', 'ConsumerGroupJoinEvent.leaderId', 'ConsumerGroupJoinEvent.memberId');
    covers(
      'ConsumerGroupJoinEvent.memberAssignment',
      'ConsumerHeartbeatEvent.groupId',
      'ConsumerHeartbeatEvent.memberId',
    );
    covers('ConsumerHeartbeatEvent.groupGenerationId', 'ConsumerCommitOffsetsEvent.groupId');
    covers('ConsumerCommitOffsetsEvent.memberId', 'ConsumerCommitOffsetsEvent.groupGenerationId');
    covers('ConsumerCommitOffsetsEvent.topics', 'ConsumerFetchStartEvent.nodeId', 'ConsumerFetchEvent.nodeId');
    covers('ConsumerFetchEvent.duration', 'ConsumerFetchEvent.numberOfBatches', 'IBatchProcessEvent.topic');
    covers('IBatchProcessEvent.partition', 'IBatchProcessEvent.highWatermark', 'IBatchProcessEvent.offsetLag');
    covers('IBatchProcessEvent.offsetLagLow', 'IBatchProcessEvent.batchSize', 'IBatchProcessEvent.firstOffset');
    covers('IBatchProcessEvent.lastOffset', 'ConsumerEndBatchProcessEvent.duration');
    const client = kafka(broker());
    const topic = await topicOf(client);
    await (await producer(client)).send({ topic, messages: numbered(0, 3) });
    const groupId = unique('life');
    const reader: Consumer = client.consumer({ groupId, maxWaitTimeInMs: 50, heartbeatInterval: 50 });
    const { CONNECT, GROUP_JOIN, FETCH_START, FETCH, START_BATCH_PROCESS, END_BATCH_PROCESS } = reader.events;
    const { COMMIT_OFFSETS, HEARTBEAT, REQUEST, STOP, DISCONNECT, REQUEST_QUEUE_SIZE } = reader.events;
    const all = { CONNECT, GROUP_JOIN, FETCH_START, FETCH, START_BATCH_PROCESS, END_BATCH_PROCESS, COMMIT_OFFSETS };
    const rest = { HEARTBEAT, REQUEST, STOP, DISCONNECT, REQUEST_QUEUE_SIZE };
    const events = Object.fromEntries(
      Object.entries({ ...all, ...rest }).map(([key, name]) => [key, heard(reader, name)] as const),
    );
    const first = (name: string) => events[name]?.[0]?.payload;
    await reader.connect();
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    await reader.run({ eachMessage: async () => {} });
    await eventually('a commit and a heartbeat', () => first('COMMIT_OFFSETS') && first('HEARTBEAT'));
    await reader.disconnect();

    const join = first('GROUP_JOIN');
    const memberId = join?.['memberId'];
    expect(join).toEqual({
      duration: expect.any(Number),
      groupId,
      groupProtocol: 'RoundRobinAssigner',
      isLeader: true,
      leaderId: memberId,
      memberId: expect.stringMatching(/^skerry-tests-/),
      memberAssignment: { [topic]: [0] },
    });
    expect(first('HEARTBEAT')).toEqual({ groupId, memberId, groupGenerationId: 1 });
    const topics = [{ topic, partitions: [{ partition: '0', offset: '3' }] }];
    expect(first('COMMIT_OFFSETS')).toEqual({ groupId, memberId, groupGenerationId: 1, topics });
    const nodeId = first('FETCH_START')?.['nodeId'];
    expect(String(nodeId)).toMatch(/^\d+$/);
    expect(first('FETCH')).toEqual({ nodeId, duration: expect.any(Number), numberOfBatches: 0 });
    const lag = { highWatermark: '3', offsetLag: '0', offsetLagLow: '2' };
    const batch = { topic, partition: 0, ...lag, batchSize: 3, firstOffset: '0', lastOffset: '2' };
    expect(first('START_BATCH_PROCESS')).toEqual(batch);
    expect(first('END_BATCH_PROCESS')).toEqual({ ...batch, duration: expect.any(Number) });
    expect(events['REQUEST']?.map(({ payload }) => payload['apiName'])).toEqual(
      expect.arrayContaining([
        'JoinGroup',
        'SyncGroup',
        'OffsetFetch',
        'Fetch',
        'OffsetCommit',
        'Heartbeat',
        'LeaveGroup',
      ]),
    );
    // kafkajs tells CONNECT twice: of the cluster, and of the group.
    expect(['CONNECT', 'STOP', 'DISCONNECT'].map((name) => events[name]?.length)).toEqual([2, 1, 1]);
  });

  test('a consumer tells of a rebalance', async () => {
    covers('ConsumerEvents.REBALANCING', 'ConsumerRebalancingEvent.groupId', 'ConsumerRebalancingEvent.memberId');
    const client = kafka(broker());
    const topic = await topicOf(client, 2);
    const groupId = unique('rebalancing');
    const one = await consumer(client, { groupId });
    const rebalancing = heard(one, one.events.REBALANCING);
    const joined = heard(one, one.events.GROUP_JOIN);
    await one.subscribe({ topics: [topic] });
    await one.run({ eachMessage: async () => {} });
    await eventually('one to be in', () => joined.length === 1);
    const two = await consumer(client, { groupId });
    await two.subscribe({ topics: [topic] });
    await two.run({ eachMessage: async () => {} });
    await eventually('one to be in again', () => joined.length > 1);
    expect(rebalancing[0]?.payload).toEqual({ groupId, memberId: joined[0]?.payload['memberId'] });
  });

  test('a crash is told', async () => {
    covers('ConsumerEvents.CRASH');
    const client = kafka(broker());
    const topic = await topicOf(client);
    await (await producer(client)).send({ topic, messages: numbered(0, 1) });
    const reader = await consumer(client, { retry: { retries: 0, restartOnFailure: async () => false } });
    const crashes = heard(reader, reader.events.CRASH);
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    await reader.run({
      eachMessage: async () => {
        throw new Error('on purpose');
      },
    });
    await eventually('the crash', () => crashes.length === 1);
    expect(crashes[0]?.payload['restart']).toBe(false);
  });
});
