/** AlterPartitionReassignments and ListPartitionReassignments of the only node. */
import { World } from '@skerry/testkit';
import {
  type AlterPartitionReassignmentsRequestInput,
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
  errorName,
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(45));
node.start();
const client = node.client();
createTopic(client, 't');

function alter(asked: AlterPartitionReassignmentsRequestInput, version = 1) {
  const value = { timeoutMs: 1000, ...asked };
  const answer = client.ask(alterPartitionReassignmentsRequest, alterPartitionReassignmentsResponse, version, value);
  const partitions = answer.responses.flatMap(({ name, partitions: told }) =>
    told.map(({ partitionIndex, errorCode }) => `${name}-${partitionIndex} ${errorName(errorCode)}`),
  );
  return { error: errorName(answer.errorCode), partitions };
}

const one = (replicas: readonly number[] | null, partitionIndex = 0, name = 't') => ({
  topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
});

test.each<[string, ReturnType<typeof one>, string]>([
  ['to this node is done', one([1]), 't-0 NONE'],
  ['to another is refused', one([2]), 't-0 INVALID_REPLICA_ASSIGNMENT'],
  ['to one more is refused', one([1, 2]), 't-0 INVALID_REPLICA_ASSIGNMENT'],
  ['to this node twice is refused', one([1, 1]), 't-0 INVALID_REPLICA_ASSIGNMENT'],
  ['to none is refused', one([]), 't-0 INVALID_REPLICA_ASSIGNMENT'],
  ['that is called off was not under way', one(null), 't-0 NO_REASSIGNMENT_IN_PROGRESS'],
  ['of what is not there is refused', one([1], 1), 't-1 UNKNOWN_TOPIC_OR_PARTITION'],
  ['of what is not there is not called off', one(null, 0, ''), '-0 UNKNOWN_TOPIC_OR_PARTITION'],
])('a move %s', (_what, asked, expected) => {
  for (const version of [0, 1]) expect(alter(asked, version)).toEqual({ error: 'NONE', partitions: [expected] });
});

test('each partition named has its answer, in order', () => {
  const topics = [...one([1]).topics, ...one([2]).topics, { name: 't', partitions: [] }];
  expect(alter({ topics }).partitions).toEqual(['t-0 NONE', 't-0 INVALID_REPLICA_ASSIGNMENT']);
  expect(alter({ topics: [] })).toEqual({ error: 'NONE', partitions: [] });
});

test('a request that gives no time is refused', () => {
  const refused = { error: 'REQUEST_TIMED_OUT', partitions: ['t-0 REQUEST_TIMED_OUT'] };
  expect(alter({ ...one([1]), timeoutMs: 0 })).toEqual(refused);
});

test('none is ever under way, whatever is asked for', () => {
  for (const topics of [
    null,
    [],
    [{ name: 't', partitionIndexes: [0, 7] }],
    [{ name: 'nope', partitionIndexes: [] }],
  ]) {
    const answer = client.ask(listPartitionReassignmentsRequest, listPartitionReassignmentsResponse, 0, { topics });
    expect([errorName(answer.errorCode), answer.topics]).toEqual(['NONE', []]);
  }
});
