import { type RawClient, World } from '@skerry/testkit';
import { describeProducersRequest, describeProducersResponse, errorName } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { batchOf, createTopic, produce } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  node = new SimulatedNode(new World(61), { 'producer.id.expiration.ms': 60_000 });
  node.start();
  client = node.client();
  createTopic(client, 't', 2);
});

function describe(name: string, ...partitionIndexes: number[]) {
  const { topics } = client.ask(describeProducersRequest, describeProducersResponse, 0, {
    topics: [{ name, partitionIndexes }],
  });
  return (topics[0]?.partitions ?? []).map(({ errorCode, ...more }) => ({ ...more, error: errorName(errorCode) }));
}

const send = (producerId: number, baseSequence: number, values: readonly string[]) =>
  produce(client, 't', batchOf(values, { producerId, producerEpoch: 3, baseSequence }));

test('who has written is told, with the last sequence and time; who wrote without an id is not', () => {
  produce(client, 't', batchOf(['nobody']));
  send(5, 0, ['a', 'b']);
  send(5, 2, ['c']);
  send(6, 0, ['x']);
  const state = { producerEpoch: 3, lastTimestamp: 1000n, coordinatorEpoch: -1, currentTxnStartOffset: -1 };
  expect(describe('t', 0, 1)).toMatchObject([
    {
      partitionIndex: 0,
      error: 'NONE',
      activeProducers: [
        { producerId: 5n, lastSequence: 2, ...state },
        { producerId: 6n, lastSequence: 0, ...state },
      ],
    },
    { partitionIndex: 1, error: 'NONE', activeProducers: [] },
  ]);
});

test('who has long been silent is forgotten', () => {
  send(5, 0, ['a']);
  node.machineTime(61_000);
  expect(describe('t', 0)[0]?.activeProducers).toEqual([]);
});

test.each([
  ['nope', 0, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ['t', 2, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ['t', -1, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ['', 0, 'INVALID_TOPIC_EXCEPTION'],
  ['a b', 0, 'INVALID_TOPIC_EXCEPTION'],
])('%s-%i is refused: %s', (name, partition, error) => {
  expect(describe(name, partition)).toMatchObject([{ error, activeProducers: [] }]);
});

test('what is named twice is answered twice; no partition named is no answer', () => {
  expect(describe('t', 0, 0)).toHaveLength(2);
  expect(describe('t')).toEqual([]);
});
