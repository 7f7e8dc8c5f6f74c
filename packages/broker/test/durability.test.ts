/** What acks=all waits for when a batch comes twice, and what a failed sync does to all partitions. */
import { decodeAnswer, frameOf, type RawClient, World } from '@skerry/testkit';
import { errorName, produceRequest, produceResponse } from '@skerry/wire';
import { expect, test } from 'vitest';
import { batchOf, createTopic } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const producer = { producerId: 7, producerEpoch: 0, baseSequence: 0 };

function send(client: RawClient, topic: string, acks = -1): void {
  const topicData = [{ name: topic, partitionData: [{ index: 0, records: batchOf(['a'], producer) }] }];
  client.send(frameOf({ message: produceRequest, version: 9, value: { acks, timeoutMs: 1000, topicData } }));
}

function answer(client: RawClient): string {
  const bytes = client.pending === 0 ? undefined : client.next();
  if (bytes === undefined) return 'nothing';
  const { responses } = decodeAnswer(produceResponse, 9, bytes);
  const partition = responses[0]?.partitionResponses[0];
  return `${errorName(partition?.errorCode ?? -1)} ${partition?.baseOffset}`;
}

test('a duplicate of a batch that is not synced yet waits for that sync', () => {
  const world = new World(7);
  let syncMs = 1;
  const delayMs = (operation: string): number => (operation === 'sync' ? syncMs : 0.1);
  const node = new SimulatedNode(world, {}, { machine: world.machine('node-1', { delayMs }) });
  node.start();
  createTopic(node.client(), 'plant');
  node.machineTime(1000);
  syncMs = 500;
  const [first, again, late] = [node.client(), node.client(), node.client()];
  send(first, 'plant');
  node.machineTime(100);
  send(again, 'plant');
  node.machineTime(350);
  expect([answer(first), answer(again)]).toEqual(['nothing', 'nothing']);
  node.machineTime(700);
  expect([answer(first), answer(again)]).toEqual(['NONE 0', 'NONE 0']);
  send(late, 'plant');
  node.machineTime(10);
  expect(answer(late)).toBe('NONE 0');
});

test('after a failed sync nobody is acknowledged, on any partition, whatever the acks, until a restart', () => {
  const node = new SimulatedNode(new World(7));
  node.start();
  for (const topic of ['bad', 'good']) createTopic(node.client(), topic);
  node.machineTime(1000);
  node.machine.disk.faults.inject({ on: 'sync', path: 'bad-0', code: 'EIO', times: 1 });
  const clients = [node.client(), node.client(), node.client()] as const;
  send(clients[0], 'bad');
  node.machineTime(50);
  send(clients[1], 'good');
  send(clients[2], 'good', 1);
  node.machineTime(5000);
  for (const client of clients) expect(answer(client)).not.toContain('NONE');
  expect(node.events.filter(({ kind }) => kind === 'failed').length).toBeGreaterThan(0);
});
