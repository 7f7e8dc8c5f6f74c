import { World } from '@skerry/testkit';
import { describe, expect, test } from 'vitest';
import { batchOf, createTopic, fetch, produce } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const started = (settings: Record<string, string | number> = {}, seed = 1): SimulatedNode => {
  const node = new SimulatedNode(new World(seed), settings);
  node.start();
  return node;
};

describe('what was acknowledged', () => {
  test.each([
    ['a stop in good order', (node: SimulatedNode) => node.stop()],
    ['kill -9', (node: SimulatedNode) => node.kill()],
    ['a power cut', (node: SimulatedNode) => node.cutPower()],
  ])('is there after %s (acks=all)', (_what, end) => {
    const node = started();
    let client = node.client();
    expect(createTopic(client, 'plant', 3)).toBe('NONE');
    for (let i = 0; i < 20; i++)
      expect(produce(client, 'plant', batchOf([`a${i}`, `b${i}`]))).toMatchObject({ error: 'NONE', baseOffset: 2 * i });
    end(node);
    node.start();
    client = node.client();
    const { values, highWatermark } = fetch(client, 'plant', 0);
    expect(highWatermark).toBe(40);
    expect(values).toEqual(Array.from({ length: 20 }, (_, i) => [`a${i}`, `b${i}`]).flat());
    expect(produce(client, 'plant', batchOf(['next']))).toMatchObject({ error: 'NONE', baseOffset: 40 });
  });

  test('is there when the table in the store is lost, too', () => {
    const node = started();
    const client = node.client();
    createTopic(client, 'plant', 2, { 'max.message.bytes': '1000' });
    produce(client, 'plant', batchOf(['kept']));
    node.stop();
    node.machine.loseStore();
    node.start();
    expect(fetch(node.client(), 'plant', 0).values).toEqual(['kept']);
    expect(produce(node.client(), 'plant', batchOf(['x'.repeat(2000)])).error).toBe('MESSAGE_TOO_LARGE');
  });
});

test('what was written and not yet synced when the process died is committed before the next one serves', () => {
  const world = new World(7);
  const node = new SimulatedNode(world, {}, { machine: world.machine('node-1', { delayMs: () => 50 }) });
  node.start();
  createTopic(node.client(), 'plant');
  expect(produce(node.client(), 'plant', batchOf(['just written']), { acks: 1 }).error).toBe('NONE');
  node.kill();
  node.start();
  expect(fetch(node.client(), 'plant', 0, { maxWaitMs: 0 })).toMatchObject({
    values: ['just written'],
    highWatermark: 1,
  });
});

test('a folder that another node wrote is refused', () => {
  const world = new World(1);
  const node = new SimulatedNode(world, { 'node.id': 1 });
  node.start();
  node.stop();
  const other = new SimulatedNode(world, { 'node.id': 2 }, { machine: node.machine });
  expect(() => other.start()).toThrow('belongs to node.id=1');
});
