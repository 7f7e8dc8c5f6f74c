import { World } from '@skerry/testkit';
import {
  type DescribeTopicPartitionsRequestInput,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  errorName,
} from '@skerry/wire';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const secret = 'secret';
const authoriser = {
  allowed: (_who: string, _host: string, operation: string, _kind: string, name: string) =>
    name !== secret || operation === 'create',
};
const node = new SimulatedNode(new World(75), { 'max.request.partition.size.limit': 7 }, { authoriser });
node.start();
const client = node.client();

beforeAll(() => {
  for (const [name, partitions] of [
    ['b', 1],
    ['a', 3],
    ['c', 5],
    [secret, 1],
  ] as const)
    createTopic(client, name, partitions);
});

interface Page {
  /** `topic` with its partitions, or its error. */
  readonly topics: readonly string[];
  readonly next: string | undefined;
}

function ask(names: readonly string[], limit: number, cursor?: readonly [string, number]): Page {
  const asked: DescribeTopicPartitionsRequestInput = {
    topics: names.map((name) => ({ name })),
    responsePartitionLimit: limit,
    cursor: cursor === undefined ? null : { topicName: cursor[0], partitionIndex: cursor[1] },
  };
  const answer = client.ask(describeTopicPartitionsRequest, describeTopicPartitionsResponse, 0, asked);
  return {
    topics: answer.topics.map(({ name, errorCode, partitions }) => {
      const indexes = partitions.map(({ partitionIndex }) => partitionIndex);
      return `${name} ${errorCode === 0 ? indexes.join(',') : errorName(errorCode)}`;
    }),
    next: answer.nextCursor === null ? undefined : `${answer.nextCursor.topicName}-${answer.nextCursor.partitionIndex}`,
  };
}

describe('a page', () => {
  test('has the topics asked for, each once, in the order of their names', () => {
    expect(ask(['b', 'a', 'b'], 100)).toEqual({ topics: ['a 0,1,2', 'b 0'], next: undefined });
  });

  test.each<[number, readonly string[], string | undefined]>([
    [1, ['a 0'], 'a-1'],
    [3, ['a 0,1,2'], 'b-0'],
    [4, ['a 0,1,2', 'b 0'], 'c-0'],
    [5, ['a 0,1,2', 'b 0', 'c 0'], 'c-1'],
    [100, ['a 0,1,2', 'b 0', 'c 0,1,2'], 'c-3'],
    [0, ['a 0'], 'a-1'],
    [-1, ['a 0'], 'a-1'],
  ])('of at most %i partitions says where the next begins', (limit, topics, next) => {
    expect(ask([], limit)).toEqual({ topics, next });
  });

  test('begins at the cursor', () => {
    expect(ask([], 100, ['c', 3])).toEqual({ topics: ['c 3,4'], next: undefined });
    expect(ask(['a', 'b'], 100, ['a', 1])).toEqual({ topics: ['a 1,2', 'b 0'], next: undefined });
    expect(ask(['a', 'b'], 100, ['a', 9])).toEqual({ topics: ['a ', 'b 0'], next: undefined });
  });

  test('of all topics begins after a cursor whose topic has gone since', () => {
    expect(ask([], 100, ['aa', 0])).toEqual({ topics: ['b 0', 'c 0,1,2,3,4'], next: undefined });
  });

  test('after page has every partition once', () => {
    const seen: string[] = [];
    let cursor: readonly [string, number] | undefined;
    for (let pages = 0; pages < 20; pages++) {
      const { topics, next } = ask([], 2, cursor);
      seen.push(...topics.flatMap((topic) => (topic.split(' ')[1] ?? '').split(',').map((i) => `${topic[0]}${i}`)));
      if (next === undefined) break;
      cursor = [next.split('-')[0] ?? '', Number(next.split('-')[1])];
    }
    expect(seen).toEqual(['a0', 'a1', 'a2', 'b0', 'c0', 'c1', 'c2', 'c3', 'c4']);
  });
});

describe('a topic is refused', () => {
  test('that is not there, or could not be, and counts for nothing', () => {
    expect(ask(['a', 'nope', 'x y', ''], 4)).toEqual({
      topics: [' INVALID_TOPIC_EXCEPTION', 'a 0,1,2', 'nope UNKNOWN_TOPIC_OR_PARTITION', 'x y INVALID_TOPIC_EXCEPTION'],
      next: undefined,
    });
    expect(ask(['a', 'nope'], 3)).toEqual({ topics: ['a 0,1,2'], next: 'nope-0' });
  });

  test('that the client may not see, when named, after all others', () => {
    expect(ask([secret, 'b', 'zz'], 10).topics).toEqual([
      'b 0',
      'zz UNKNOWN_TOPIC_OR_PARTITION',
      `${secret} TOPIC_AUTHORIZATION_FAILED`,
    ]);
    expect(ask([], 100).topics.join()).not.toContain(secret);
  });

  test.each<[string, readonly [string, number]]>([
    ['names a topic that was not asked for', ['aa', 0]],
    ['names a negative partition', ['a', -1]],
  ])('with all others, when the cursor %s', (_what, cursor) => {
    expect(ask(['a', 'b'], 10, cursor).topics).toEqual(['a INVALID_REQUEST', 'b INVALID_REQUEST']);
  });
});

test('a partition shows the one node as leader, replica and in-sync, none as eligible', () => {
  const asked = { topics: [{ name: 'b' }] };
  const [topic] = client.ask(describeTopicPartitionsRequest, describeTopicPartitionsResponse, 0, asked).topics;
  expect(topic).toMatchObject({ isInternal: false, topicAuthorizedOperations: 3576 });
  expect(topic?.partitions).toEqual([
    {
      errorCode: 0,
      partitionIndex: 0,
      leaderId: 1,
      leaderEpoch: 0,
      replicaNodes: [1],
      isrNodes: [1],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: [],
    },
  ]);
});
