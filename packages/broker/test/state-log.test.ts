/** What becomes of a table when the store fails, or what it holds is damaged. */
import { utf8Decode } from '@skerry/base';
import { frameOf, World } from '@skerry/testkit';
import { deleteTopicsRequest, deleteTopicsResponse, errorName } from '@skerry/wire';
import { describe, expect, test } from 'vitest';
import { batchOf, createTopic, fetch, produce } from './calls.ts';
import { commit, committed, simpleCommit } from './group-calls.ts';
import { SimulatedNode } from './simulated-node.ts';

function started(): SimulatedNode {
  const node = new SimulatedNode(new World(3), { 'offsets.topic.num.partitions': 2 });
  node.start();
  return node;
}

const kinds = (node: SimulatedNode): string[] => node.events.map(({ kind }) => kind);

function removeTopic(node: SimulatedNode, name: string): string {
  const asked = { topics: [{ name }], timeoutMs: 1000 };
  const { responses } = node.client().ask(deleteTopicsRequest, deleteTopicsResponse, 6, asked);
  return errorName(responses[0]?.errorCode ?? -1);
}

const folders = (node: SimulatedNode): string[] =>
  node.machine.disk
    .list('topics')
    .map((name) => name.slice(0, name.indexOf('.')))
    .filter((name) => !name.startsWith('__'));

const commitOffset = (node: SimulatedNode, offset: number): string =>
  commit(node.client(), 9, simpleCommit(offset, 'plant')).join();

const keysOf = (node: SimulatedNode, prefix: string): Uint8Array[] =>
  [...node.machine.store.entries(Uint8Array.of(0), Uint8Array.of(255))]
    .map(([key]) => key)
    .filter((key) => utf8Decode(key).startsWith(prefix));

describe('a store without space', () => {
  test('keeps nobody from making topics and committing offsets; the tables follow when there is room', () => {
    const node = started();
    node.machine.store.failCommits(1_000_000, 'SKR_DISK_FULL');
    expect(createTopic(node.client(), 'plant')).toBe('NONE');
    expect(produce(node.client(), 'plant', batchOf(['a'])).error).toBe('NONE');
    expect(commitOffset(node, 1)).toBe('plant-0 NONE');
    node.machineTime(300_000);
    expect(kinds(node)).not.toContain('failed');
    expect(kinds(node).filter((kind) => kind === 'tableNotSaved').length).toBeLessThanOrEqual(2);
    expect(createTopic(node.client(), 'other')).toBe('NONE');
    produce(node.client(), 'other', batchOf(['a']));
    node.machine.store.failCommits(0);
    node.machineTime(130_000);
    node.cutPower();
    node.start();
    expect(kinds(node)).not.toContain('tableRebuilt');
    expect(folders(node)).toEqual(['other-0', 'plant-0']);
    expect(committed(node.client(), 's')).toEqual(['plant-0@1 (note 1)']);
  });

  test('is no reason to lose what the log says, should the node end before there is room', () => {
    const node = started();
    node.machine.store.failCommits(1_000_000, 'SKR_DISK_FULL');
    createTopic(node.client(), 'plant');
    commitOffset(node, 1);
    node.machineTime(20_000);
    node.cutPower();
    node.machine.store.failCommits(0);
    node.start();
    expect(committed(node.client(), 's')).toEqual(['plant-0@1 (note 1)']);
  });
});

test('any other failure of the store is told as the end of the node', () => {
  const node = started();
  createTopic(node.client(), 'plant');
  node.machine.store.failCommits(1);
  node.machineTime(10_000);
  expect(node.events).toContainEqual(
    expect.objectContaining({ kind: 'failed', error: expect.objectContaining({ code: 'SKR_STORE_FAILED' }) }),
  );
});

describe('a table of which the store', () => {
  function filled(): SimulatedNode {
    const node = started();
    createTopic(node.client(), 'gone', 2);
    createTopic(node.client(), 'plant', 2, { 'max.message.bytes': '1000' });
    for (const [topic, index] of [
      ['gone', 0],
      ['gone', 1],
      ['plant', 0],
      ['plant', 1],
    ] as const)
      produce(node.client(), topic, batchOf(['a', 'b']), { index });
    commitOffset(node, 2);
    removeTopic(node, 'gone');
    node.machineTime(20_000);
    node.stop();
    node.events.length = 0;
    return node;
  }

  function check(node: SimulatedNode): void {
    expect(fetch(node.client(), 'plant', 0).values).toEqual(['a', 'b']);
    expect(produce(node.client(), 'plant', batchOf(['x'.repeat(2000)])).error).toBe('MESSAGE_TOO_LARGE');
    expect(committed(node.client(), 's')).toEqual(['plant-0@2 (note 2)']);
    expect(createTopic(node.client(), 'plant')).toBe('TOPIC_ALREADY_EXISTS');
    expect(folders(node)).toEqual(['plant-0', 'plant-1']);
    expect(kinds(node).filter((kind) => kind === 'failed' || kind === 'partitionOffline')).toEqual([]);
  }

  test.each(['metadata ', 'groups '])('damaged any value is made anew from its log (%s)', (prefix) => {
    const count = keysOf(filled(), prefix).length;
    expect(count).toBeGreaterThanOrEqual(2);
    for (let i = 0; i < count; i++) {
      const node = filled();
      const key = keysOf(node, prefix)[i];
      if (key !== undefined) node.machine.store.damage(key);
      node.kill();
      node.start();
      expect(kinds(node)).toContain('tableRebuilt');
      check(node);
      node.machineTime(20_000);
      node.stop();
      node.events.length = 0;
      node.kill();
      node.start();
      expect(kinds(node)).not.toContain('tableRebuilt');
      check(node);
    }
  });

  test.each(['metadata ', 'groups '])('lost any value is made anew from its log (%s)', (prefix) => {
    const count = keysOf(filled(), prefix).length;
    for (let i = 0; i < count; i++) {
      const node = filled();
      node.kill();
      const key = keysOf(node, prefix)[i];
      if (key !== undefined) node.machine.store.commit([{ key, value: undefined }], () => {});
      node.machineTime(100);
      node.start();
      expect(kinds(node)).toContain('tableRebuilt');
      check(node);
    }
  });

  test('damaged a row while the node ran is made anew at the next start', () => {
    const node = started();
    createTopic(node.client(), 'plant');
    commitOffset(node, 1);
    node.machineTime(20_000);
    for (const key of keysOf(node, 'groups ')) node.machine.store.damage(key);
    commitOffset(node, 2);
    node.machineTime(20_000);
    node.stop();
    node.kill();
    node.start();
    expect(kinds(node)).toContain('tableRebuilt');
    expect(committed(node.client(), 's')).toEqual(['plant-0@2 (note 2)']);
  });
});

describe('the removal of a topic', () => {
  test('is brought to its end whenever a crash interrupts it, and touches no other folder', () => {
    const ends = new Set<string>();
    for (let step = 0; step < 40; step++) {
      const world = new World(step);
      const node = new SimulatedNode(world);
      node.start();
      createTopic(node.client(), 'plant', 3);
      createTopic(node.client(), 'other', 1);
      produce(node.client(), 'other', batchOf(['a']));
      for (let index = 0; index < 3; index++) produce(node.client(), 'plant', batchOf(['a']), { index });
      node.machineTime(7000);
      node.machine.disk.makeFolder('topics/not-ours-0.12345678');
      node.machine.disk.commitFolder('topics', () => {});
      node.machineTime(100);
      const asked = { topics: [{ name: 'plant' }], timeoutMs: 1000 };
      node.client().send(frameOf({ message: deleteTopicsRequest, version: 6, value: asked }));
      node.machineTime(step < 30 ? step * 0.4 : step * 300);
      if (step % 2 === 0) node.cutPower();
      else node.kill();
      node.events.length = 0;
      node.start();
      node.machineTime(20_000);
      const offline = node.events.filter(({ kind }) => kind === 'partitionOffline' || kind === 'failed');
      expect(offline).toEqual([]);
      const left = folders(node);
      ends.add(left.join());
      const is = produce(node.client(), 'plant', batchOf(['b'])).error === 'NONE';
      expect(left).toEqual(['not-ours-0', 'other-0', ...(is ? ['plant-0', 'plant-1', 'plant-2'] : [])]);
    }
    expect(ends.size).toBe(2);
  });

  test('leaves nothing in the store, also of a partition that could not be opened', () => {
    const node = started();
    createTopic(node.client(), 'plant', 2);
    for (const index of [0, 1]) produce(node.client(), 'plant', batchOf(['a']), { index });
    node.stop();
    const folder = node.machine.disk.list('topics').find((name) => name.startsWith('plant-1'));
    const file = node.machine.disk.open(`topics/${folder}/00000000000000000000.log`, { create: false });
    file.truncate(10 as never);
    file.close();
    node.kill();
    node.start();
    expect(kinds(node)).toContain('partitionOffline');
    expect(removeTopic(node, 'plant')).toBe('NONE');
    node.machineTime(20_000);
    expect(folders(node)).toEqual([]);
    expect(keysOf(node, 'metadata r9')).toEqual([]);
    expect(keysOf(node, 'log ').filter((key) => !utf8Decode(key).startsWith('log AAAA'))).toEqual([]);
  });
});

test('a table never holds what its log has not synced (process-crash, a sync that takes long)', () => {
  const world = new World(4);
  let syncMs = 1;
  const delayMs = (operation: string): number => (operation === 'sync' ? syncMs : 0.1);
  const node = new SimulatedNode(
    world,
    { 'skerry.durability': 'process-crash', 'offsets.topic.num.partitions': 1, 'auto.create.topics.enable': 'false' },
    { machine: world.machine('node-1', { delayMs }) },
  );
  node.start();
  createTopic(node.client(), 'plant');
  commitOffset(node, 1);
  node.machineTime(60_000);
  const rows = (): number[] => {
    const found: number[] = [];
    for (const key of keysOf(node, 'groups 0 a')) {
      const value = node.machine.store.get(key);
      if (value !== undefined) found.push(new DataView(value.buffer, value.byteOffset).getFloat64(0));
    }
    return found;
  };
  const [before] = rows();
  syncMs = 100_000;
  commitOffset(node, 2);
  // The answer did not wait for the sync, the table does.
  node.machineTime(90_000);
  expect(committed(node.client(), 's')).toEqual(['plant-0@2 (note 2)']);
  expect(rows()).toEqual([before]);
  node.cutPower();
  syncMs = 1;
  node.start();
  expect(kinds(node)).not.toContain('tableRebuilt');
  expect(committed(node.client(), 's')).toEqual(['plant-0@1 (note 1)']);
});
