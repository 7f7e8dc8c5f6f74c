import { frameOf, type RawClient, World } from '@skerry/testkit';
import {
  type CreatePartitionsRequestInput,
  createPartitionsRequest,
  createPartitionsResponse,
  deleteTopicsRequest,
  errorName,
  metadataRequest,
  metadataResponse,
} from '@skerry/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { batchOf, createTopic, fetch, fetchOf, produce } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  node = new SimulatedNode(new World(37));
  node.start();
  client = node.client();
  createTopic(client, 'a', 2);
});

type Asked = NonNullable<CreatePartitionsRequestInput['topics']>[number];

function grow(topics: readonly Asked[], more: Partial<CreatePartitionsRequestInput> = {}): [string, string][] {
  const asked = { topics, timeoutMs: 1000, ...more };
  const { results } = client.ask(createPartitionsRequest, createPartitionsResponse, 3, asked);
  return results.map(({ name, errorCode }) => [name, errorName(errorCode)]);
}

function partitionsOf(name: string): number[] {
  const asked = { topics: [{ name }], allowAutoTopicCreation: false };
  const { topics } = client.ask(metadataRequest, metadataResponse, 12, asked);
  return (topics[0]?.partitions ?? []).map(({ partitionIndex }) => partitionIndex);
}

describe('a topic grows', () => {
  test('and its new partitions take records at once', () => {
    expect(grow([{ name: 'a', count: 4, assignments: null }])).toEqual([['a', 'NONE']]);
    expect(partitionsOf('a')).toEqual([0, 1, 2, 3]);
    expect(produce(client, 'a', batchOf(['x']), { index: 3 })).toMatchObject({ error: 'NONE', baseOffset: 0 });
  });

  test('by assignments of the new partitions to this node', () => {
    const assignments = [{ brokerIds: [1] }];
    expect(grow([{ name: 'a', count: 3, assignments }])).toEqual([['a', 'NONE']]);
  });

  test('not, when it is only to be validated', () => {
    expect(grow([{ name: 'a', count: 3, assignments: null }], { validateOnly: true })).toEqual([['a', 'NONE']]);
    expect(partitionsOf('a')).toHaveLength(2);
  });

  test('with its settings, and is that size after a crash, and after a second start', () => {
    createTopic(client, 'small', 1, { 'max.message.bytes': '100' });
    grow([
      { name: 'a', count: 5, assignments: null },
      { name: 'small', count: 2, assignments: null },
    ]);
    node.cutPower();
    for (let start = 0; start < 2; start++) {
      node.start();
      client = node.client();
      expect(partitionsOf('a')).toHaveLength(5);
      expect(produce(client, 'small', batchOf(['x'.repeat(200)]), { index: 1 }).error).toBe('MESSAGE_TOO_LARGE');
      expect(produce(client, 'a', batchOf(['x']), { index: 4 }).error).toBe('NONE');
      node.stop();
    }
  });

  test('and who reads the old partitions notices nothing', () => {
    produce(client, 'a', batchOf(['before']));
    grow([{ name: 'a', count: 3, assignments: null }]);
    expect(fetch(client, 'a', 0, fetchOf('a', 0)).values).toEqual(['before']);
  });
});

describe('a topic does not grow', () => {
  const wanted = (asked: Partial<Asked>): Asked => ({ name: 'a', count: 3, assignments: null, ...asked });
  test.each<[string, Asked, string]>([
    ['that does not exist', wanted({ name: 'nope' }), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['that could not exist', wanted({ name: '../x' }), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['without a name', wanted({ name: '' }), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['to the size it has', wanted({ count: 2 }), 'INVALID_PARTITIONS'],
    ['to fewer', wanted({ count: 1 }), 'INVALID_PARTITIONS'],
    ['to none', wanted({ count: 0 }), 'INVALID_PARTITIONS'],
    ['to −1', wanted({ count: -1 }), 'INVALID_PARTITIONS'],
    ['to 2^31−1', wanted({ count: 2 ** 31 - 1 }), 'POLICY_VIOLATION'],
    ['by no assignment', wanted({ assignments: [] }), 'INVALID_REPLICA_ASSIGNMENT'],
    ['by too few assignments', wanted({ count: 4, assignments: [{ brokerIds: [1] }] }), 'INVALID_REPLICA_ASSIGNMENT'],
    ['to a node that is not there', wanted({ assignments: [{ brokerIds: [2] }] }), 'INVALID_REPLICA_ASSIGNMENT'],
    ['to no node', wanted({ assignments: [{ brokerIds: [] }] }), 'INVALID_REPLICA_ASSIGNMENT'],
    ['to one node twice', wanted({ assignments: [{ brokerIds: [1, 1] }] }), 'INVALID_REPLICA_ASSIGNMENT'],
  ])('%s', (_what, asked, error) => {
    expect(grow([asked])).toEqual([[asked.name, error]]);
    expect(partitionsOf('a')).toHaveLength(2);
  });

  test('that is named twice; the others of the request do', () => {
    createTopic(client, 'b');
    const twice = [wanted({ count: 3 }), wanted({ count: 4 }), wanted({ name: 'b', count: 2 })];
    expect(grow(twice)).toEqual([
      ['a', 'INVALID_REQUEST'],
      ['b', 'NONE'],
    ]);
    expect([partitionsOf('a'), partitionsOf('b')]).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  test.each([0, -1])('within %i ms', (timeoutMs) => {
    expect(grow([wanted({})], { timeoutMs })).toEqual([['a', 'REQUEST_TIMED_OUT']]);
    expect(partitionsOf('a')).toHaveLength(2);
  });
});

test('no topic named is no answer', () => {
  expect(grow([])).toEqual([]);
});

test('what two clients ask at once happens in turn: neither leaves a gap, a removal ends both', () => {
  const others = [node.client(), node.client(), node.client()];
  const asked = (count: number) => ({ topics: [{ name: 'a', count, assignments: null }], timeoutMs: 1000 });
  const frame = (count: number) => frameOf({ message: createPartitionsRequest, version: 3, value: asked(count) });
  const removal = { topicNames: ['a'], timeoutMs: 1000 };
  others[0]?.send(frame(5));
  others[1]?.send(frameOf({ message: deleteTopicsRequest, version: 5, value: removal }));
  others[2]?.send(frame(7));
  for (const other of others) expect(other.next()).toBeDefined();
  expect(partitionsOf('a')).toEqual([]);
  node.cutPower();
  node.start();
  client = node.client();
  expect(partitionsOf('a')).toEqual([]);
});

test('one request adds ten thousand partitions and no more, all its topics together', () => {
  for (const name of ['b', 'c']) createTopic(client, name, 1);
  const asked = [
    { name: 'a', count: 2 + 6000, assignments: null },
    { name: 'b', count: 1 + 6000, assignments: null },
    { name: 'c', count: 1 + 4000, assignments: null },
  ];
  const told = grow(asked, { validateOnly: true });
  expect(told).toEqual([
    ['a', 'NONE'],
    ['b', 'POLICY_VIOLATION'],
    ['c', 'NONE'],
  ]);
});
