import { type RawClient, World } from '@skerry/testkit';
import { errorName, type ListOffsetsRequest, listOffsetsRequest, listOffsetsResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let client: RawClient;

beforeEach(() => {
  const node = new SimulatedNode(new World(44));
  node.start();
  client = node.client();
  createTopic(client, 't', 2);
});

const asked = (name: string, indexes: readonly number[]) => ({
  name,
  partitions: indexes.map((partitionIndex) => ({ partitionIndex, timestamp: -1n })),
});
const errors = (...topics: readonly { name: string; partitions: readonly object[] }[]) =>
  client
    .ask(listOffsetsRequest, listOffsetsResponse, 9, { replicaId: -1, topics: topics as ListOffsetsRequest['topics'] })
    .topics.map(({ name, partitions }) => [
      name,
      ...partitions.map(({ partitionIndex, errorCode }) => `${partitionIndex} ${errorName(errorCode)}`),
    ]);

test('a partition named twice is refused once, also when its topic is named twice', () => {
  expect(errors(asked('t', [0, 1, 0]))).toEqual([['t', '0 INVALID_REQUEST', '1 NONE']]);
  expect(errors(asked('t', [0]), asked('t', [0, 1]))).toEqual([['t', '0 INVALID_REQUEST', '1 NONE']]);
});

test('a place that the version does not have is refused before the partition is looked for', () => {
  const topics = [{ name: 'nobody', partitions: [{ partitionIndex: 0, timestamp: -3n }] }];
  const { topics: answered } = client.ask(listOffsetsRequest, listOffsetsResponse, 1, { replicaId: -1, topics });
  expect(errorName(answered[0]?.partitions[0]?.errorCode ?? 0)).toBe('UNSUPPORTED_VERSION');
});

test('a topic of which nothing is asked is not answered', () => {
  expect(errors(asked('t', []))).toEqual([]);
  expect(errors(asked('t', []), asked('u', [0]))).toEqual([['u', '0 UNKNOWN_TOPIC_OR_PARTITION']]);
});
