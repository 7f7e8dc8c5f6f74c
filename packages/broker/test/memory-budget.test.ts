/** What clients may make a whole node hold, and who waits when that is spent; in virtual time. */
import type { Connection } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { frameOf, World } from '@skerry/testkit';
import { apiVersionsRequest, BatchBuilder, produceRequest } from '@skerry/wire';
import { expect, test } from 'vitest';
import { batchOf, createTopic, produce } from './calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const mib = 1024 * 1024;

function begin(budget: number | string, settings: Readonly<Record<string, string | number>> = {}) {
  const world = new World(31);
  const node = new SimulatedNode(world, { 'skerry.memory.budget': budget, ...settings });
  node.start();
  return { world, node, client: node.client() };
}

/** Connections that each do `first`; what they are told is not looked at. */
function crowd(world: World, count: number, first: (connection: Connection) => void): { readonly ended: () => number } {
  let ended = 0;
  const events = { data: () => undefined, drain: () => undefined, closed: () => void ended++ };
  for (let i = 0; i < count; i++) {
    world.network.host('crowd').connect({ host: 'node-1', port: 9092 }, events, (_error, connection) => {
      if (connection !== undefined) first(connection);
    });
  }
  return { ended: () => ended };
}

const hello = frameOf({ message: apiVersionsRequest, version: 0, value: {} });

/** The start of a Produce of `bytes`, as long as `sent`. */
function startOf(bytes: number, sent: number): Uint8Array {
  const frame = new Uint8Array(4 + sent);
  new DataView(frame.buffer).setInt32(0, bytes);
  return frame;
}

test('a crowd that begins large requests holds the budget and a part of it, and others are served', () => {
  const { world, node, client } = begin(4 * mib);
  createTopic(client, 't');
  const { ended } = crowd(world, 500, (connection) => {
    connection.write([hello, startOf(50 * mib, 40_000)]);
  });
  let most = 0;
  for (let ms = 0; ms < 10_000; ms += 50) {
    world.clock.advance(50);
    most = Math.max(most, node.slabBytesTaken);
    if (ms % 1000 === 0) expect(produce(client, 't', batchOf(['x'.repeat(1000)])).error).toBe('NONE');
  }
  expect(most).toBeGreaterThan(4 * mib);
  expect(most).toBeLessThan(6 * mib);
  expect(ended()).toBeGreaterThan(0);
  expect(node.memoryBudget?.shortTimes).toBeGreaterThan(0);
  expect(node.events.some(({ kind }) => kind === 'memoryShort')).toBe(true);
  // Who holds a part of a request and sends nothing goes first; in the end nobody is left who does.
  world.clock.advance(600_000);
  expect(ended()).toBe(500);
  expect(node.limitsReached['skerry.memory.budget']).toBeGreaterThan(0);
  expect(node.slabBytesTaken).toBe(0);
  expect(node.memoryBudget?.starved).toBe(0);
});

test('a request that is larger than the budget comes through', () => {
  const { node, client } = begin(4 * mib, { 'message.max.bytes': 20 * mib });
  createTopic(client, 't');
  expect(produce(client, 't', batchOf(['x'.repeat(10 * mib)])).error).toBe('NONE');
  expect(node.memoryBudget?.shortTimes).toBeGreaterThan(0);
});

test('many who write more than there is room for are slowed, and lose nothing', () => {
  const { world, node, client } = begin(4 * mib);
  createTopic(client, 't');
  const topicData = [{ name: 't', partitionData: [{ index: 0, records: batchOf(['x'.repeat(900_000)]) }] }];
  const frame = frameOf({ message: produceRequest, version: 9, value: { acks: -1, timeoutMs: 1000, topicData } });
  const writers = Array.from({ length: 40 }, () => node.client('crowd'));
  let answered = 0;
  let most = 0;
  for (const writer of writers) for (let i = 0; i < 3; i++) writer.send(frame);
  for (let ms = 0; ms < 60_000 && answered < 120; ms += 20) {
    world.clock.advance(20);
    most = Math.max(most, node.slabBytesTaken);
    for (const writer of writers) for (; writer.pending > 0; answered++) writer.next();
  }
  expect(answered).toBe(120);
  expect(node.memoryBudget?.shortTimes).toBeGreaterThan(0);
  expect(most).toBeLessThan(8 * mib);
});

test('batches are unpacked as far as memory is lent for it, one that needs more than there is alone', () => {
  const { node, client } = begin(4 * mib);
  createTopic(client, 't', 1, { 'compression.type': 'lz4' });
  const compute = nodeCompute({ inline: true });
  const bomb = new BatchBuilder().append({ timestamp: 1000, value: new Uint8Array(60 * mib) });
  let packed: Uint8Array | undefined;
  bomb.compress('gzip', compute, (_error, made) => {
    packed = made;
  });
  expect(produce(client, 't', packed ?? null).error).toBe('NONE');
  expect(node.memoryBudget?.held['loans']).toBe(0);
});

test.each(['3', '4194303', '0%', '101%', 'much'])('a budget of %s is none', (given) => {
  expect(() => begin(given)).toThrow('skerry.memory.budget');
});

test('a budget is bytes, a part of what the system gives, or a quarter of it', () => {
  const bytesOf = (budget: string): number | undefined => begin(budget).node.memoryBudget?.bytesMax;
  expect(['auto', '50%', '1%', '5000000'].map(bytesOf)).toEqual([64 * mib, 128 * mib, 4 * mib, 5_000_000]);
});
