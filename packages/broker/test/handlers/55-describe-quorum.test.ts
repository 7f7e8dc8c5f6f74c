import { World } from '@skerry/testkit';
import { describeQuorumRequest, describeQuorumResponse, errorName } from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(55));
node.start();
const client = node.client();
const metadata = '__cluster_metadata';

const describe = (version: number, asked: Readonly<Record<string, readonly number[]>>) =>
  client.ask(describeQuorumRequest, describeQuorumResponse, version, {
    topics: Object.entries(asked).map(([topicName, indexes]) => ({
      topicName,
      partitions: indexes.map((partitionIndex) => ({ partitionIndex })),
    })),
  });

test.each([0, 1, 2])('this node votes alone, and has all there is (v%i)', (version) => {
  createTopic(client, `t${version}`);
  const answer = describe(version, { [metadata]: [0] });
  const [partition] = answer.topics[0]?.partitions ?? [];
  expect(partition).toMatchObject({ errorCode: 0, leaderId: 1, observers: [] });
  expect(partition?.highWatermark).toBeGreaterThan(0);
  const [voter] = partition?.currentVoters ?? [];
  expect(voter).toMatchObject({ replicaId: 1, logEndOffset: partition?.highWatermark });
  expect(Number(voter?.lastFetchTimestamp)).toBeGreaterThan(version === 0 ? -2 : 0);
  const listeners = [{ name: 'PLAINTEXT', host: 'node-1', port: 9092 }];
  expect(answer.nodes).toEqual(version < 2 ? [] : [{ nodeId: 1, listeners }]);
});

test('what is made since shows', () => {
  const end = () => describe(2, { [metadata]: [0] }).topics[0]?.partitions[0]?.highWatermark ?? 0;
  const before = end();
  createTopic(client, 'more', 3);
  expect(end()).toBe(before + 4);
});

test.each<[string, Record<string, number[]>]>([
  ['another topic', { t: [0] }],
  ['another partition', { [metadata]: [1] }],
  ['two partitions', { [metadata]: [0, 0] }],
  ['two topics', { [metadata]: [0], t: [0] }],
])('%s has no quorum', (_what, asked) => {
  for (const { partitions } of describe(2, asked).topics) {
    for (const partition of partitions) {
      expect(errorName(partition.errorCode)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
      expect(partition).toMatchObject({ leaderId: 0, leaderEpoch: 0, highWatermark: 0, currentVoters: [] });
    }
  }
});

test('nothing named is no answer', () => {
  expect(describe(2, {})).toMatchObject({ errorCode: 0, topics: [], nodes: [] });
});
