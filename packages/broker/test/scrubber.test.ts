import { World } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { batchOf, createTopic, fetch, produce } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const hour = 3600_000;

/** A node with four closed segments of a mebibyte each, in two topics, that was stopped and started again. */
function filled(bytesPerSecond: number): SimulatedNode {
  const node = new SimulatedNode(new World(1), {
    'log.segment.bytes': 1024 * 1024,
    'skerry.scrub.bytes.per.second': bytesPerSecond,
  });
  node.start();
  for (const topic of ['bad', 'good']) {
    createTopic(node.client(), topic);
    for (let i = 0; i < 25; i++) produce(node.client(), topic, batchOf(['x'.repeat(100_000)]));
  }
  node.stop();
  node.kill();
  node.start();
  return node;
}

function flip(node: SimulatedNode, segment: string): string {
  const folder = node.machine.disk.list('topics').find((name) => name.startsWith('bad-0'));
  const file = `topics/${folder}/${segment}.log`;
  node.machine.disk.flipBit(file, 500_000, 3);
  return file;
}

const offline = (node: SimulatedNode): unknown[] => node.events.filter(({ kind }) => kind === 'partitionOffline');

test('damage in a closed segment is found in the background, at the pace that is set: it goes offline', () => {
  const node = filled(10_000);
  const file = flip(node, '00000000000000000010');
  const before = node.machine.disk.counts.read;
  // Four mebibytes, ten kilobytes a second.
  node.machineTime(100_000);
  expect(offline(node)).toEqual([]);
  expect(node.machine.disk.counts.read - before).toBeLessThan(30);
  node.machineTime(420_000);
  expect(offline(node)).toMatchObject([{ topic: 'bad', partition: 0, file, offset: 14, position: expect.any(Number) }]);
  expect(fetch(node.client(), 'bad', 0).error).toBe('KAFKA_STORAGE_ERROR');
  expect(fetch(node.client(), 'good', 0).error).toBe('NONE');
});

test('a pass begins once a day, and finds what came to harm since the last one', () => {
  const node = filled(1_000_000);
  node.machineTime(hour);
  const read = node.machine.disk.counts.read;
  flip(node, '00000000000000000000');
  node.machineTime(20 * hour);
  expect([node.machine.disk.counts.read, offline(node)]).toEqual([read, []]);
  node.machineTime(5 * hour);
  expect(offline(node)).toHaveLength(1);
});

test('none is read again where the pace is 0', () => {
  const node = filled(0);
  flip(node, '00000000000000000000');
  node.machineTime(50 * hour);
  expect(offline(node)).toEqual([]);
});
