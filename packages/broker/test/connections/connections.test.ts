/** What ends or keeps out a connection of a whole node, in virtual time. */
import type { Connection } from '@skerry/base';
import { frameOf, type RawClient, World } from '@skerry/testkit';
import { fetchRequest, heartbeatRequest, heartbeatResponse } from '@skerry/wire';
import { expect, test } from 'vitest';
import { batchOf, createTopic, fetchOf, produce } from '../calls.ts';
import { alter, set } from '../config-calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

type Settings = Readonly<Record<string, string | number>>;

function begin(settings: Settings = {}): { world: World; node: SimulatedNode } {
  const world = new World(23);
  const node = new SimulatedNode(world, settings);
  node.start();
  return { world, node };
}

const beat = frameOf({ message: heartbeatRequest, version: 4, value: { groupId: 'g' } });
const answers = (client: RawClient): boolean => {
  client.send(beat);
  return client.next(1000) !== undefined;
};
const limited = (node: SimulatedNode): unknown[] => node.events.filter(({ kind }) => kind === 'connectionLimited');

/** Connections that each do `first`, and when they ended. */
function crowd(world: World, count: number, first: (connection: Connection) => void): number[] {
  const endedMs: number[] = [];
  for (let i = 0; i < count; i++) {
    const events = {
      data: () => undefined,
      drain: () => undefined,
      closed: () => void endedMs.push(world.clock.monotonicMs()),
    };
    world.network.host('crowd').connect({ host: 'node-1', port: 9092 }, events, (_error, connection) => {
      if (connection !== undefined) first(connection);
    });
  }
  return endedMs;
}

test('10,000 who send their first request a byte at a time are gone within 32 seconds, others are served', () => {
  const { world, node } = begin();
  const client = node.client();
  expect(answers(client)).toBe(true);
  const fromMs = world.clock.monotonicMs();
  const connections: Connection[] = [];
  const endedMs = crowd(world, 10_000, (connection) => {
    connections.push(connection);
    connection.write([new Uint8Array([0, 0, 1])]);
  });
  for (let seconds = 0; seconds < 32; seconds += 8) {
    world.clock.advance(8000);
    if (seconds < 24) expect(endedMs).toHaveLength(0);
    for (const connection of connections) connection.write([new Uint8Array(1)]);
    expect(answers(client)).toBe(true);
  }
  expect(connections).toHaveLength(10_000);
  expect(endedMs).toHaveLength(10_000);
  expect(Math.min(...endedMs) - fromMs).toBeGreaterThanOrEqual(30_000);
  expect(node.limitsReached).toEqual({ 'skerry.connections.first.request.ms': 10_000 });
});

test('a connection is closed after connections.max.idle.ms without a request, and not while one waits', () => {
  const { world, node } = begin({ 'connections.max.idle.ms': 60_000 });
  const idle = node.client();
  const busy = node.client();
  answers(idle);
  for (let seconds = 0; seconds < 120; seconds += 20) {
    expect(answers(busy)).toBe(true);
    expect(idle.isClosed).toBe(seconds > 60);
    world.clock.advance(20_000);
  }
  expect(node.limitsReached).toEqual({ 'connections.max.idle.ms': 1 });
  expect(limited(node)).toEqual([]);
});

test('who takes no byte of an answer for skerry.connections.stall.ms is closed, who is slow is not', () => {
  const { world, node } = begin();
  const client = node.client();
  createTopic(client, 't');
  for (let i = 0; i < 4; i++) produce(client, 't', batchOf(['x'.repeat(1_000_000)]));
  const asked = frameOf({ message: fetchRequest, version: 12, value: fetchOf('t', 0, { maxBytes: 50_000_000 }) });
  const readers: Connection[] = [];
  const endedMs = crowd(world, 2, (connection) => {
    readers.push(connection);
    connection.write([asked]);
    connection.pause();
  });
  for (let seconds = 0; seconds < 40; seconds += 10) {
    world.clock.advance(9_999);
    readers[0]?.resume();
    world.clock.advance(1);
    readers[0]?.pause();
  }
  readers[1]?.resume();
  world.clock.advance(2000);
  expect(endedMs).toHaveLength(1);
  expect(node.limitsReached).toEqual({ 'skerry.connections.stall.ms': 1 });
  expect(limited(node)).toEqual([{ kind: 'connectionLimited', limit: 'skerry.connections.stall.ms', host: 'crowd' }]);
});

test('bounds on connections are told, and can be altered while the node runs', () => {
  const { world, node } = begin({ 'max.connections': 3, 'skerry.connections.reserved': 0 });
  const clients = [node.client('a'), node.client('a'), node.client('b')];
  expect(clients.map(answers)).toEqual([true, true, true]);
  const late = node.client('b');
  world.clock.advance(2000);
  expect(late.isClosed).toBe(true);
  const [operator] = clients as [RawClient];
  expect(alter(operator, [[4, '', [['max.connections', set, '9']]]])).toEqual(['NONE']);
  expect(answers(node.client('b'))).toBe(true);
  expect(alter(operator, [[4, '', [['max.connections.per.ip', set, '2']]]])).toEqual(['NONE']);
  const many = node.client('a');
  world.clock.advance(2000);
  expect(many.isClosed).toBe(true);
  expect(alter(operator, [[4, '', [['max.connections.per.ip.overrides', set, 'a:3']]]])).toEqual(['NONE']);
  expect(answers(node.client('a'))).toBe(true);
  expect(node.limitsReached).toEqual({ 'max.connections': 1, 'max.connections.per.ip': 1 });
  expect(limited(node)).toMatchObject([{ host: 'b' }, { host: 'a' }]);
});

test('more connections than max.connection.creation.rate are served later, in their order, and none is lost', () => {
  const { world, node } = begin({ 'max.connection.creation.rate': 2 });
  const order: number[] = [];
  const clients = Array.from({ length: 30 }, () => node.client());
  for (const client of clients) client.send(beat);
  const fromMs = world.clock.monotonicMs();
  world.clock.runUntil(() => {
    clients.forEach((client, at) => {
      if (client.pending > 0 && !order.includes(at)) order.push(at);
    });
    return order.length === clients.length;
  }, 60_000);
  // The first twenty are no more than the rate over all windows: they are served at once.
  expect(order.slice(20)).toEqual(Array.from({ length: 10 }, (_, at) => 20 + at));
  expect(world.clock.monotonicMs() - fromMs).toBeGreaterThan(4000);
  expect(node.limitsReached['max.connection.creation.rate']).toBeGreaterThan(5);
});

test('those that wait for their turn and leave, or are left when the node stops, hold nothing up', () => {
  const { world, node } = begin({ 'max.connection.creation.rate': 1 });
  const clients = Array.from({ length: 20 }, () => node.client());
  clients.slice(12, 18).forEach((client) => client.close());
  world.clock.advance(3000);
  const last = clients[19] as RawClient;
  last.send(beat);
  expect(last.next(20_000)).toBeDefined();
  for (let i = 0; i < 20; i++) node.client();
  node.stop();
  expect(last.isClosed || last.next(1000) === undefined).toBe(true);
});

test('a frame of another API than Produce is at most skerry.request.max.bytes', () => {
  const { node } = begin({ 'skerry.request.max.bytes': 2000 });
  const client = node.client();
  createTopic(client, 't');
  expect(produce(client, 't', batchOf(['x'.repeat(5000)])).error).toBe('NONE');
  const ask = (groupId: string): unknown => client.ask(heartbeatRequest, heartbeatResponse, 4, { groupId });
  expect(ask('g'.repeat(1800))).toBeDefined();
  expect(() => ask('g'.repeat(2000))).toThrow('closed');
  expect(node.events.filter(({ kind }) => kind === 'connectionRefused')).toMatchObject([
    { reason: expect.stringContaining('skerry.request.max.bytes') as string },
  ]);
});
