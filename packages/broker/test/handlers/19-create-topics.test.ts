import { Offset, type Uuid, zeroUuid } from '@skerry/base';
import { type RawClient, World } from '@skerry/testkit';
import {
  type CreateTopicsRequestInput,
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorName,
  metadataRequest,
  metadataResponse,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
} from '@skerry/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let world: World;
let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  world = new World(31);
  node = new SimulatedNode(world, { 'num.partitions': 3 });
  node.start();
  client = node.client();
});

type Asked = NonNullable<CreateTopicsRequestInput['topics']>[number];
const create = (topics: readonly Asked[], more: Partial<CreateTopicsRequestInput> = {}) =>
  client
    .ask(createTopicsRequest, createTopicsResponse, 7, { topics, timeoutMs: 1000, ...more })
    .topics.map((topic) => ({ ...topic, error: errorName(topic.errorCode) }));
const names = (): string[] =>
  client.ask(metadataRequest, metadataResponse, 12, { topics: null }).topics.map(({ name }) => name ?? '');

describe('a topic is made', () => {
  test('with the defaults where −1 is asked (KIP-464), and tells its settings (KIP-525)', () => {
    const configs = [{ name: 'retention.ms', value: '5000' }];
    const [made] = create([{ name: 'plain', numPartitions: -1, replicationFactor: -1, configs }]);
    expect(made).toMatchObject({ error: 'NONE', numPartitions: 3, replicationFactor: 1 });
    expect(made?.configs).toContainEqual({
      name: 'retention.ms',
      value: '5000',
      readOnly: false,
      configSource: 1,
      isSensitive: false,
    });
    expect(made?.configs?.find(({ name }) => name === 'cleanup.policy')).toMatchObject({
      value: 'delete',
      configSource: 5,
    });
  });

  test('by an assignment to this node', () => {
    const assignments = [1, 0].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] }));
    expect(create([{ name: 'assigned', numPartitions: -1, replicationFactor: -1, assignments }])[0]).toMatchObject({
      error: 'NONE',
      numPartitions: 2,
    });
  });

  test('not, when it is only to be validated', () => {
    expect(create([{ name: 'maybe', numPartitions: 1, replicationFactor: 1 }], { validateOnly: true })[0]?.error).toBe(
      'NONE',
    );
    expect(names()).toEqual([]);
  });

  test('not within no time', () => {
    const asked = [{ name: 'late', numPartitions: 1, replicationFactor: 1 }];
    for (const timeoutMs of [0, -1]) expect(create(asked, { timeoutMs })[0]?.error).toBe('REQUEST_TIMED_OUT');
    expect(names()).toEqual([]);
  });

  test('and is there after a crash', () => {
    create([{ name: 'kept', numPartitions: 2, replicationFactor: 1 }]);
    node.cutPower();
    node.start();
    client = node.client();
    expect(names()).toEqual(['kept']);
  });
});

describe('a topic is refused', () => {
  const one = { numPartitions: 1, replicationFactor: 1 };
  test.each<[string, Asked, string]>([
    ['without a name', { name: '', ...one }, 'INVALID_TOPIC_EXCEPTION'],
    ['named .', { name: '.', ...one }, 'INVALID_TOPIC_EXCEPTION'],
    ['named ..', { name: '..', ...one }, 'INVALID_TOPIC_EXCEPTION'],
    ['named of 250 letters', { name: 'x'.repeat(250), ...one }, 'INVALID_TOPIC_EXCEPTION'],
    ['named with a slash', { name: '../../etc/passwd', ...one }, 'INVALID_TOPIC_EXCEPTION'],
    ['named as the metadata log', { name: '__cluster_metadata', ...one }, 'INVALID_REQUEST'],
    ['of 0 partitions', { name: 'a', numPartitions: 0, replicationFactor: 1 }, 'INVALID_PARTITIONS'],
    ['of −2 partitions', { name: 'a', numPartitions: -2, replicationFactor: 1 }, 'INVALID_PARTITIONS'],
    ['of 0 replicas', { name: 'a', numPartitions: 1, replicationFactor: 0 }, 'INVALID_REPLICATION_FACTOR'],
    ['of 3 replicas on one node', { name: 'a', numPartitions: 1, replicationFactor: 3 }, 'INVALID_REPLICATION_FACTOR'],
    [
      'of two sizes',
      { name: 'a', numPartitions: 2, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      'INVALID_REQUEST',
    ],
    [
      'assigned with a gap',
      { name: 'a', numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 1, brokerIds: [1] }] },
      'INVALID_REPLICA_ASSIGNMENT',
    ],
    [
      'assigned to another node',
      { name: 'a', numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [7] }] },
      'INVALID_REPLICA_ASSIGNMENT',
    ],
    [
      'with a setting that is none',
      { name: 'a', ...one, configs: [{ name: 'retention.mss', value: '1' }] },
      'INVALID_CONFIG',
    ],
    [
      'with a setting of the wrong kind',
      { name: 'a', ...one, configs: [{ name: 'retention.ms', value: 'soon' }] },
      'INVALID_CONFIG',
    ],
    [
      'with a setting of nothing',
      { name: 'a', ...one, configs: [{ name: 'retention.ms', value: null }] },
      'INVALID_CONFIG',
    ],
  ])('%s', (_what, asked, error) => {
    const [answer] = create([asked, { name: 'good', ...one }]);
    expect(answer?.error).toBe(error);
    expect(answer?.errorMessage).toMatch(/\w+ \w+/);
    expect(names()).toEqual(['good']);
  });

  test('that exists, collides, or is asked twice', () => {
    expect(createTopic(client, 'a.b')).toBe('NONE');
    expect(createTopic(client, 'a.b')).toBe('TOPIC_ALREADY_EXISTS');
    expect(createTopic(client, 'a_b')).toBe('INVALID_TOPIC_EXCEPTION');
    expect(
      create([
        { name: 'x', ...one },
        { name: 'x', ...one },
      ]).map(({ error }) => error),
    ).toEqual(['INVALID_REQUEST']);
  });

  test('among 10,000 in one request, when they are too many partitions, and not otherwise', () => {
    const many = (numPartitions: number): Asked[] =>
      Array.from({ length: 10_000 }, (_, i) => ({ name: `t${i}`, numPartitions, replicationFactor: 1 }));
    expect(new Set(create(many(2)).map(({ error }) => error))).toEqual(new Set(['POLICY_VIOLATION']));
    expect(names()).toEqual([]);
    expect(new Set(create(many(1)).map(({ error }) => error))).toEqual(new Set(['NONE']));
    expect(names().length).toBe(10_000);
  });

  test.each(['__proto__', 'constructor', 'toString'])('not for being called %s', (name) => {
    expect(createTopic(client, name)).toBe('NONE');
    expect(names()).toEqual([name]);
  });
});

describe('a topic is deleted', () => {
  const remove = (topicNames: readonly string[]) =>
    client
      .ask(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames, timeoutMs: 1000 })
      .responses.map(({ errorCode }) => errorName(errorCode));

  test('with its files, and stays so after a crash', () => {
    createTopic(client, 'gone', 2);
    createTopic(client, 'kept');
    expect(remove(['gone', 'nobody'])).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION']);
    world.clock.advance(1000);
    expect(node.machine.disk.list('topics').filter((name) => name.startsWith('gone'))).toEqual([]);
    node.cutPower();
    node.start();
    client = node.client();
    expect(names()).toEqual(['kept']);
    expect(remove(['gone'])).toEqual(['UNKNOWN_TOPIC_OR_PARTITION']);
  });

  test('by its id, or not at all when named in both ways', () => {
    createTopic(client, 'a');
    const topicId = client.ask(metadataRequest, metadataResponse, 12, { topics: [{ name: 'a' }] }).topics[0]?.topicId;
    if (topicId === undefined) throw new Error('a has an id');
    const byId = (topics: readonly { name: string | null; topicId: typeof topicId }[]) =>
      client
        .ask(deleteTopicsRequest, deleteTopicsResponse, 6, { topics, timeoutMs: 1000 })
        .responses.map(({ errorCode }) => errorName(errorCode));
    expect(byId([{ name: 'a', topicId }])).toEqual(['INVALID_REQUEST']);
    expect(byId([{ name: null, topicId }])).toEqual(['NONE']);
    expect(byId([{ name: null, topicId }])).toEqual(['UNKNOWN_TOPIC_ID']);
  });

  test('not, when it is named twice, by name and by id, or not at all: that is answered once', () => {
    createTopic(client, 'a');
    createTopic(client, 'b');
    const id = (name: string) =>
      client.ask(metadataRequest, metadataResponse, 12, { topics: [{ name }] }).topics[0]?.topicId ?? zeroUuid;
    const ask = (topics: readonly { name: string | null; topicId: Uuid }[], timeoutMs = 1000) =>
      client
        .ask(deleteTopicsRequest, deleteTopicsResponse, 6, { topics, timeoutMs })
        .responses.map(({ name, errorCode }) => `${name} ${errorName(errorCode)}`);
    const [byName, byId] = [
      { name: 'a', topicId: zeroUuid },
      { name: null, topicId: id('a') },
    ];
    expect(ask([byName, byName])).toEqual(['a INVALID_REQUEST']);
    expect(ask([byName, byId])).toEqual(['a INVALID_REQUEST']);
    expect(ask([byId, byId, byName])).toEqual(['null INVALID_REQUEST', 'a INVALID_REQUEST']);
    expect(ask([{ name: null, topicId: zeroUuid }])).toEqual(['null INVALID_REQUEST']);
    expect(ask([byName, byName], 0)).toEqual(['a INVALID_REQUEST']);
    expect(ask([byName], 0)).toEqual(['a REQUEST_TIMED_OUT']);
    expect(names()).toEqual(['a', 'b']);
    const both = { name: 'b', topicId: id('b') };
    expect(ask([both, { name: 'b', topicId: zeroUuid }])).toEqual(['b INVALID_REQUEST', 'b NONE']);
  });
});

describe('a topic that groups know', () => {
  const committed = (): number => {
    const topics = [{ name: 'a', partitionIndexes: [0] }];
    const { groups } = client.ask(offsetFetchRequest, offsetFetchResponse, 8, { groups: [{ groupId: 'g', topics }] });
    return groups[0]?.topics[0]?.partitions[0]?.committedOffset ?? -2;
  };

  test('takes their offsets with it; the groups’ own log cannot be deleted', () => {
    createTopic(client, 'a');
    const topics = [{ name: 'a', partitions: [{ partitionIndex: 0, committedOffset: Offset(5) }] }];
    client.ask(offsetCommitRequest, offsetCommitResponse, 8, { groupId: 'g', generationIdOrMemberEpoch: -1, topics });
    expect(committed()).toBe(5);
    const remove = (name: string): string => {
      const { responses } = client.ask(deleteTopicsRequest, deleteTopicsResponse, 5, {
        topicNames: [name],
        timeoutMs: 1000,
      });
      return errorName(responses[0]?.errorCode ?? -1);
    };
    expect(remove('a')).toBe('NONE');
    expect(remove('__consumer_offsets')).toBe('INVALID_REQUEST');
    world.clock.advance(100);
    expect(committed()).toBe(-1);
  });
});

describe('Metadata', () => {
  test('tells the address by which this client came, unless another is advertised', () => {
    const brokers = (asking: RawClient) => asking.ask(metadataRequest, metadataResponse, 12, { topics: [] }).brokers;
    expect(brokers(client)).toMatchObject([{ nodeId: 1, host: 'node-1', port: 9092, rack: null }]);
    node.stop();
    node = new SimulatedNode(
      world,
      { 'advertised.listeners': 'PLAINTEXT://plant.example:19092', 'broker.rack': 'r1' },
      { machine: node.machine },
    );
    node.start();
    expect(brokers(node.client())).toMatchObject([{ host: 'plant.example', port: 19092, rack: 'r1' }]);
  });

  test('makes a topic that a client asks for, if both allow it, and not one with a bad name', () => {
    const ask = (name: string, allowAutoTopicCreation: boolean) =>
      errorName(
        client.ask(metadataRequest, metadataResponse, 12, { topics: [{ name }], allowAutoTopicCreation }).topics[0]
          ?.errorCode ?? -1,
      );
    expect(ask('new', false)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(ask('..', true)).toBe('INVALID_TOPIC_EXCEPTION');
    expect(ask('new', true)).toBe('NONE');
    expect(names()).toEqual(['new']);
  });

  test('answers in every version, to none and to all', () => {
    createTopic(client, 'a', 2);
    for (let version = 0; version <= 13; version++) {
      const { topics } = client.ask(metadataRequest, metadataResponse, version, { topics: version === 0 ? [] : null });
      expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([['a', 2]]);
      if (version > 0)
        expect(client.ask(metadataRequest, metadataResponse, version, { topics: [] }).topics).toEqual([]);
    }
  });
});
