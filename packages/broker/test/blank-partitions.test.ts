/** Partitions that nobody has written to: a node may have thousands, and they cost next to nothing. */
import { utf8Decode, utf8Encode } from '@skerry/base';
import { World } from '@skerry/testkit';
import { errorName, listOffsetsRequest, listOffsetsResponse } from '@skerry/wire';
import { expect, test } from 'vitest';
import { batchOf, createTopic, fetch, produce } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

/** Keys of logs other than the metadata log's. */
function keysOfLogs(node: SimulatedNode): number {
  const keys = [...node.machine.store.entries(utf8Encode('log '), utf8Encode('log!'))].map(([key]) => utf8Decode(key));
  return keys.filter((key) => !key.startsWith('log AAAAAAAAAAAAAAAAAAAAAQ ')).length;
}

test('they leave nothing on the disk and nothing in the store, and take records after any number of starts', () => {
  const node = new SimulatedNode(new World(5));
  node.start();
  createTopic(node.client(), 't', 50, { 'max.message.bytes': '200' });
  for (const end of ['stop', 'kill', 'stop'] as const) {
    node[end]();
    expect(node.machine.disk.list('topics').filter((name) => name.startsWith('t-'))).toEqual([]);
    expect(keysOfLogs(node)).toBe(0);
    node.start();
  }
  const client = node.client();
  expect(fetch(client, 't', 0, { maxWaitMs: 0 })).toMatchObject({ error: 'NONE', values: [], highWatermark: 0 });
  expect(produce(client, 't', batchOf(['x'.repeat(300)])).error).toBe('MESSAGE_TOO_LARGE');
  expect(produce(client, 't', batchOf(['first']), { index: 49 })).toMatchObject({ error: 'NONE', baseOffset: 0 });
  node.cutPower();
  node.start();
  expect(produce(node.client(), 't', batchOf(['second']), { index: 49 }).baseOffset).toBe(1);
});

test('one whose files have gone is not taken for one of them', () => {
  const node = new SimulatedNode(new World(5));
  node.start();
  createTopic(node.client(), 't');
  produce(node.client(), 't', batchOf(['kept']));
  node.stop();
  const [folder] = node.machine.disk.list('topics').filter((name) => name.startsWith('t-'));
  node.machine.disk.remove(`topics/${folder}`);
  node.start();
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1n }] }];
  const answer = node.client().ask(listOffsetsRequest, listOffsetsResponse, 7, { topics });
  expect(errorName(answer.topics[0]?.partitions[0]?.errorCode ?? 0)).toBe('KAFKA_STORAGE_ERROR');
});
