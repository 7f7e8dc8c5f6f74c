/** Compaction as a node does it by itself, for topics that ask for it. */
import { utf8Encode } from '@skerry/base';
import { World } from '@skerry/testkit';
import { BatchBuilder } from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic, fetch, produce } from './calls.ts';
import { commit, committed, simpleCommit } from './group-calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const keyed = (key: string, value: string): Uint8Array =>
  new BatchBuilder().append({ timestamp: 1000, key: utf8Encode(key), value: utf8Encode(value) }).build();

function filled(configs: Record<string, string>, settings: Record<string, string> = {}): SimulatedNode {
  const node = new SimulatedNode(new World(1), settings);
  node.start();
  createTopic(node.client(), 't', 1, { 'segment.ms': '1', 'min.cleanable.dirty.ratio': '0.01', ...configs });
  for (const [i, key] of ['a', 'b', 'a', 'c', 'a', 'b'].entries()) {
    produce(node.client(), 't', keyed(key, `${key}${i}`));
    node.machineTime(10);
  }
  return node;
}

const left = (node: SimulatedNode): string => {
  const values: string[] = [];
  const client = node.client();
  for (let offset = 0; offset < 6; offset++) {
    const [value = ''] = fetch(client, 't', offset, { maxWaitMs: 0 }).values;
    if (!values.includes(value)) values.push(value);
  }
  return values.join();
};

const soon = 120_000;

test('a compacted topic keeps the newest record of each key, and what is in its last segment', () => {
  const node = filled({ 'cleanup.policy': 'compact' });
  expect(left(node)).toBe('a0,b1,a2,c3,a4,b5');
  node.machineTime(soon);
  expect(left(node)).toBe('b1,c3,a4,b5');
  node.cutPower();
  node.start();
  expect(left(node)).toBe('b1,c3,a4,b5');
});

test.each([
  ['whose policy is to delete alone', { 'cleanup.policy': 'delete' }, {}],
  ['with the cleaner switched off', { 'cleanup.policy': 'compact' }, { 'log.cleaner.enable': 'false' }],
  ['whose records are too young', { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '3600000' }, {}],
  ['that is not dirty enough', { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '1' }, {}],
])('a topic keeps every record %s', (_what, configs, settings) => {
  const node = filled(configs, settings);
  node.machineTime(soon);
  expect(left(node)).toBe('a0,b1,a2,c3,a4,b5');
});

test('a pass waits while memory is short, and comes when there is some again', () => {
  const node = filled({ 'cleanup.policy': 'compact' }, { 'skerry.memory.budget': `${4 * 2 ** 20}` });
  const hog = node.client('hog');
  const announced = new Uint8Array(1_900_000);
  new DataView(announced.buffer).setInt32(0, 50_000_000);
  hog.send(announced);
  for (let seconds = 0; seconds < 25; seconds++) {
    hog.send(new Uint8Array(20_000));
    node.machineTime(1000);
  }
  expect(left(node)).toBe('a0,b1,a2,c3,a4,b5');
  hog.close();
  node.machineTime(soon);
  expect(left(node)).toBe('b1,c3,a4,b5');
});

test('a topic that is not dirty enough is compacted when its records are too old', () => {
  const policy = { 'cleanup.policy': 'compact,delete', 'min.cleanable.dirty.ratio': '1' };
  const node = filled({ ...policy, 'max.compaction.lag.ms': '1000' });
  node.machineTime(soon);
  expect(left(node)).toBe('b1,c3,a4,b5');
});

test('what groups have committed is compacted, and found in what is left when the store is lost', () => {
  const settings = {
    'log.roll.ms': 1,
    'log.cleaner.min.cleanable.ratio': '0.01',
    'offsets.topic.num.partitions': 1,
  };
  const node = new SimulatedNode(new World(2), settings);
  node.start();
  const client = node.client();
  createTopic(client, 't');
  for (let offset = 0; offset < 300; offset++) {
    expect(commit(client, 8, simpleCommit(offset))).toEqual(['t-0 NONE']);
    if (offset % 10 === 0) node.machineTime(100);
  }
  node.machineTime(5000);
  expect(node.diskBudget?.usedBytes).toBeGreaterThan(30_000);
  node.machineTime(soon);
  expect(node.diskBudget?.usedBytes).toBeLessThan(5000);
  node.stop();
  node.kill();
  node.machine.loseStore();
  node.start();
  expect(committed(node.client(), 's')).toEqual(['t-0@299 (note 299)']);
});
