import { Offset } from '@skerry/base';
import { type RawClient, World } from '@skerry/testkit';
import {
  deleteRecordsRequest,
  deleteRecordsResponse,
  errorName,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '@skerry/wire';
import { beforeAll, expect, test } from 'vitest';
import { batchOf, createTopic, produce } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let client: RawClient;

beforeAll(() => {
  const node = new SimulatedNode(new World(23));
  node.start();
  client = node.client();
  createTopic(client, 't', 2);
  createTopic(client, 'gone');
  for (const topic of ['t', 'gone']) produce(client, topic, batchOf(['a', 'b', 'c']));
  const partitions = [{ partitionIndex: 0, offset: Offset(3) }];
  client.ask(deleteRecordsRequest, deleteRecordsResponse, 2, { topics: [{ name: 'gone', partitions }], timeoutMs: 1 });
});

/** What is told of an epoch: which, where it ended, and the error. */
function ask(topic: string, partition: number, leaderEpoch: number, currentLeaderEpoch = -1, version = 4) {
  const partitions = [{ partition, leaderEpoch, currentLeaderEpoch }];
  const asked = { topics: [{ topic, partitions }] };
  const { topics } = client.ask(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, version, asked);
  const answer = topics[0]?.partitions[0];
  return [answer?.leaderEpoch, answer?.endOffset, errorName(answer?.errorCode ?? -1)];
}

test.each([2, 3, 4])('the current epoch ends where the log does (v%i)', (version) => {
  expect(ask('t', 0, 0, -1, version)).toEqual([0, 3, 'NONE']);
});

test('the current epoch of an empty partition, or one whose records are deleted, ends where it begins', () => {
  expect(ask('t', 1, 0)).toEqual([0, 0, 'NONE']);
  expect(ask('gone', 0, 0)).toEqual([0, 3, 'NONE']);
});

test.each([1, -1])('epoch %i is not known, which is no error', (epoch) => {
  expect(ask('t', 0, epoch)).toEqual([-1, -1, 'NONE']);
});

test('an epoch before all that is known ended where the first one began', () => {
  expect(ask('t', 0, -5)).toEqual([-5, 0, 'NONE']);
  expect(ask('gone', 0, -5)).toEqual([-5, 3, 'NONE']);
});

test.each<[number, string]>([
  [0, 'NONE'],
  [1, 'UNKNOWN_LEADER_EPOCH'],
  [-5, 'FENCED_LEADER_EPOCH'],
])('a client that believes in epoch %i gets %s', (current, error) => {
  expect(ask('t', 0, 0, current)[2]).toBe(error);
});

test.each([
  ['nope', 0],
  ['t', 2],
  ['t', -1],
])('%s-%i is not there', (topic, partition) => {
  expect(ask(topic, partition, 0)).toEqual([-1, -1, 'UNKNOWN_TOPIC_OR_PARTITION']);
});

test('what is named twice is answered twice; nothing named is no answer', () => {
  const partitions = [0, 0].map((partition) => ({ partition, leaderEpoch: 0 }));
  const twice = { topics: [{ topic: 't', partitions }] };
  const { topics } = client.ask(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, 4, twice);
  expect(topics[0]?.partitions).toHaveLength(2);
  const none = client.ask(offsetForLeaderEpochRequest, offsetForLeaderEpochResponse, 4, { topics: [] });
  expect(none.topics).toEqual([]);
});
