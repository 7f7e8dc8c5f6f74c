import { expect, test } from 'vitest';
import { batchOf, fetch, produce } from './calls.ts';
import { commit, committed, simpleCommit, site } from './group-calls.ts';
import type { SimulatedNode } from './simulated-node.ts';

test.each([
  ['a stop in good order', (node: SimulatedNode) => node.stop()],
  ['kill -9', (node: SimulatedNode) => node.kill()],
  ['a power cut', (node: SimulatedNode) => node.cutPower()],
])('a store that is lost after %s costs no record, no topic and no committed offset', (_what, end) => {
  const { node, client } = site();
  for (let i = 0; i < 20; i++) {
    expect(produce(client, 't', batchOf([`value ${i}`]), { index: i % 2 }).error).toBe('NONE');
    expect(commit(client, 8, simpleCommit(i, 't', i % 2))).toEqual([`t-${i % 2} NONE`]);
  }
  end(node);
  node.machine.loseStore();
  node.start();
  const again = node.client();
  expect(fetch(again, 't', 0).values).toEqual(Array.from({ length: 10 }, (_, i) => `value ${2 * i}`));
  expect(fetch(again, 'u', 0, { maxWaitMs: 0 }).error).toBe('NONE');
  expect(committed(again, 's').sort()).toEqual(['t-0@18 (note 18)', 't-1@19 (note 19)']);
  expect(produce(again, 't', batchOf(['next']))).toMatchObject({ error: 'NONE', baseOffset: 10 });
});

test.each([
  ['offset', 7],
  ['leader epoch', 15],
])('a flipped %s in the last batch is damage, without the store too: nothing is moved', (_what, byte) => {
  const { node, client } = site();
  for (let i = 0; i < 3; i++) produce(client, 't', batchOf(['a']));
  node.stop();
  node.kill();
  node.machine.loseStore();
  const folder = node.machine.disk.list('topics').find((name) => name.startsWith('t-0'));
  const file = `topics/${folder}/00000000000000000000.log`;
  node.machine.disk.flipBit(file, (2 * node.machine.disk.bytesOf(file)) / 3 + byte, 3);
  node.start();
  expect(node.events.filter(({ kind }) => kind === 'partitionOffline')).toMatchObject([
    { topic: 't', file, offset: 2 },
  ]);
  expect(produce(node.client(), 't', batchOf(['b'])).error).toBe('KAFKA_STORAGE_ERROR');
  expect(produce(node.client(), 'u', batchOf(['b'])).error).toBe('NONE');
});
