import { World } from '@skerry/testkit';
import { type ElectLeadersRequestInput, electLeadersRequest, electLeadersResponse, errorName } from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(43));
node.start();
const client = node.client();
createTopic(client, 't', 2);

function elect(asked: ElectLeadersRequestInput, version = 2) {
  const answer = client.ask(electLeadersRequest, electLeadersResponse, version, { timeoutMs: 1000, ...asked });
  const partitions = answer.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
    partitionResult.map(({ partitionId, errorCode }) => `${topic}-${partitionId} ${errorName(errorCode)}`),
  );
  const topics = answer.replicaElectionResults.map(({ topic }) => topic);
  return { error: errorName(answer.errorCode), partitions, topics };
}

const some = [
  { topic: 't', partitions: [0, 2] },
  { topic: 'nope', partitions: [0] },
];

test.each([0, 1, 2])('the one replica leads already (v%i)', (version) => {
  expect(elect({ topicPartitions: some }, version)).toMatchObject({
    error: 'NONE',
    partitions: ['t-0 ELECTION_NOT_NEEDED', 't-2 UNKNOWN_TOPIC_OR_PARTITION', 'nope-0 UNKNOWN_TOPIC_OR_PARTITION'],
  });
});

test('the same of an unclean election', () => {
  const asked = { electionType: 1, topicPartitions: [{ topic: 't', partitions: [0, 0] }] };
  expect(elect(asked).partitions).toEqual(['t-0 ELECTION_NOT_NEEDED', 't-0 ELECTION_NOT_NEEDED']);
});

test('no topics named is all of them, of which none had to change', () => {
  expect(elect({ topicPartitions: null })).toEqual({ error: 'NONE', partitions: [], topics: ['t'] });
  expect(elect({ topicPartitions: [] }).topics).toEqual([]);
});

test.each([2, -1])('there is no election of type %i', (electionType) => {
  expect(elect({ electionType, topicPartitions: some })).toMatchObject({
    error: 'INVALID_REQUEST',
    partitions: ['t-0 INVALID_REQUEST', 't-2 INVALID_REQUEST', 'nope-0 INVALID_REQUEST'],
  });
  expect(elect({ electionType, topicPartitions: null })).toMatchObject({ error: 'INVALID_REQUEST', topics: [] });
});

test('a request that gives no time is refused, before v1 by partition only', () => {
  const topicPartitions = [{ topic: 't', partitions: [0] }];
  const partitions = ['t-0 REQUEST_TIMED_OUT'];
  expect(elect({ timeoutMs: 0, topicPartitions })).toMatchObject({ error: 'REQUEST_TIMED_OUT', partitions });
  expect(elect({ timeoutMs: 0, topicPartitions }, 0)).toMatchObject({ error: 'NONE', partitions });
});
