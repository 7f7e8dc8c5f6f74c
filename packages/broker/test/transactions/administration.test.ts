import { type RawClient, World } from '@skerry/testkit';
import {
  errorName,
  type ListTransactionsRequestInput,
  listTransactionsRequest,
  listTransactionsResponse,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
} from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';
import { type Begun, end, init, readCommitted, standing, write } from '../transaction-calls.ts';

let node: SimulatedNode;
let client: RawClient;
let open: Begun;
let done: Begun;

beforeEach(() => {
  node = new SimulatedNode(new World(66));
  node.start();
  client = node.client();
  createTopic(client, 't', 2);
  open = init(client, 'pay-open');
  write(client, open, 't', 0, ['x']);
  done = init(client, 'pay-done');
  write(client, done, 't', 0, ['y'], { index: 1 });
  end(client, done, true);
  init(client, 'idle');
  node.machineTime(1000);
});

function list(asked: ListTransactionsRequestInput): readonly string[] | string {
  const answer = client.ask(listTransactionsRequest, listTransactionsResponse, 2, asked);
  if (answer.errorCode !== 0) return errorName(answer.errorCode);
  return answer.transactionStates.map(
    ({ transactionalId, transactionState }) => `${transactionalId} ${transactionState}`,
  );
}

test('ids are listed by state, producer, age and pattern', () => {
  expect(list({})).toEqual(['pay-open Ongoing', 'pay-done CompleteCommit', 'idle Empty']);
  expect(list({ stateFilters: ['Empty', 'Strange'] })).toEqual(['idle Empty']);
  expect(list({ producerIdFilters: [done.producerId] })).toEqual(['pay-done CompleteCommit']);
  expect(list({ durationFilter: 900n })).toEqual(['pay-open Ongoing']);
  expect(list({ durationFilter: 60_000n })).toEqual([]);
  expect(list({ transactionalIdPattern: 'pay-.*' })).toEqual(['pay-open Ongoing', 'pay-done CompleteCommit']);
  expect(list({ transactionalIdPattern: 'pay' })).toEqual([]);
  expect(list({ transactionalIdPattern: '(' })).toBe('INVALID_REGULAR_EXPRESSION');
});

const mark = (producerEpoch: number, topic = 't', transactionVersion = 0): string => {
  const place = { name: topic, partitionIndexes: [0] };
  const { markers } = client.ask(writeTxnMarkersRequest, writeTxnMarkersResponse, 2, {
    markers: [{ producerId: open.producerId, producerEpoch, topics: [place], coordinatorEpoch: 0, transactionVersion }],
  });
  return errorName(markers[0]?.topics[0]?.partitions[0]?.errorCode ?? -1);
};

test('an administrator ends a transaction in one partition; markers of an earlier epoch are refused', () => {
  expect(mark(0, 'nope')).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  expect(mark(0, 't', 2)).toBe('INVALID_PRODUCER_EPOCH');
  expect(readCommitted(client, 't').stable).toBe(0);
  expect(mark(1, 't', 2)).toBe('NONE');
  expect(readCommitted(client, 't')).toMatchObject({ stable: 2, aborted: [[open.producerId, 0]] });
  expect(mark(0)).toBe('INVALID_PRODUCER_EPOCH');
});

test('a power cut in process-crash mode that takes the newest of the coordinator holds no reader back', () => {
  node = new SimulatedNode(new World(67), { 'skerry.durability': 'process-crash' });
  node.start();
  client = node.client();
  createTopic(client, 't', 1, { 'skerry.durability': 'power-loss' });
  const owner = init(client, 'a');
  expect(write(client, owner, 't', 0, ['x'])).toBe('NONE');
  node.cutPower();
  node.start();
  client = node.client();
  node.machineTime(100);
  expect(standing(client, 'a')).toBe('TRANSACTIONAL_ID_NOT_FOUND');
  expect(node.events).toContainEqual(expect.objectContaining({ kind: 'transactionLost', topic: 't', partition: 0 }));
  expect(readCommitted(client, 't')).toMatchObject({ stable: 2, aborted: [[owner.producerId, 0]] });
});
