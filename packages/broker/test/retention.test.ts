/** Retention by time on a node whose wall clock, or whose devices' clocks, are wrong. */
import { utf8Encode } from '@skerry/base';
import { World } from '@skerry/testkit';
import { BatchBuilder } from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic, fetch, produce } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

function batchAt(timestamp: number, value: string): Uint8Array {
  const builder = new BatchBuilder();
  builder.append({ timestamp, value: utf8Encode(value) });
  return builder.build();
}

function started(): SimulatedNode {
  const node = new SimulatedNode(new World(1), {
    'log.retention.ms': 2 * day,
    'log.message.timestamp.after.max.ms': '9223372036854775807',
  });
  node.start();
  createTopic(node.client(), 'plant');
  return node;
}

const left = (node: SimulatedNode): string => {
  const { error, values } = fetch(node.client(), 'plant', 0, { maxWaitMs: 0 });
  return error === 'NONE' ? values.join() : error;
};

test('a device that stamps 1970 or 2100 neither expires nor pins data', () => {
  const node = started();
  produce(node.client(), 'plant', batchAt(0, 'old'));
  produce(node.client(), 'plant', batchAt(4_102_444_800_000, 'new'));
  node.machineTime(2 * day - 10 * minute);
  expect(left(node)).toBe('old,new');
  node.machineTime(20 * minute);
  expect(left(node)).toBe('OFFSET_OUT_OF_RANGE');
});

test.each([
  ['1970', -56 * 365 * day],
  ['2100', 74 * 365 * day],
])('a node that comes up in %s expires nothing for that, nor when it learns the time', (_what, jumpMs) => {
  const node = started();
  produce(node.client(), 'plant', batchAt(1000, 'kept'));
  node.machineTime(day);
  node.stop();
  node.kill();
  node.machine.clock.wallOffsetMs += jumpMs;
  node.start();
  node.machineTime(10 * minute);
  expect(left(node)).toBe('kept');
  node.machine.clock.wallOffsetMs -= jumpMs;
  node.machineTime(10 * minute);
  expect(left(node)).toBe('kept');
  node.machineTime(day);
  expect(left(node)).toBe('OFFSET_OUT_OF_RANGE');
});

test('time that a node was off counts', () => {
  const node = started();
  produce(node.client(), 'plant', batchAt(1000, 'gone'));
  node.machineTime(day);
  node.cutPower();
  node.machine.clock.wallOffsetMs += 2 * day;
  node.start();
  node.machineTime(10 * minute);
  expect(left(node)).toBe('OFFSET_OUT_OF_RANGE');
});
