/** Links that are cut, machines that vanish, and peers that half-close. */
import type { Connection, ConnectionEvents } from '@skerry/base';
import { beforeEach, expect, test } from 'vitest';
import { MemoryConnection, MemoryNetwork, SeededRandom, VirtualClock } from '../src/index.ts';
import { pattern } from './harness.ts';

let clock: VirtualClock;
let network: MemoryNetwork;
let lines: string[];
let accepted: Connection[];

beforeEach(() => {
  clock = new VirtualClock();
  network = new MemoryNetwork({ clock });
  lines = [];
  accepted = [];
  network.host('b').listen(
    { host: 'b', port: 1 },
    (connection) => {
      accepted.push(connection);
      return heard('b');
    },
    () => {},
  );
});

function heard(who: string): ConnectionEvents {
  return {
    data: (chunk) => lines.push(`${who} got ${chunk.join()}`),
    drain: () => lines.push(`${who} may go on`),
    closed: (error) => lines.push(`${who} closed${error ? ` ${(error as NodeJS.ErrnoException).code}` : ''}`),
  };
}

function dial(from = 'a'): { connection: Connection | undefined; error: Error | undefined } {
  const call: ReturnType<typeof dial> = { connection: undefined, error: undefined };
  network.host(from).connect({ host: 'b', port: 1 }, heard(from), (error, connection) => {
    call.error = error;
    call.connection = connection;
  });
  return call;
}

function connected(from = 'a'): readonly [near: Connection, far: Connection] {
  const call = dial(from);
  clock.advance(1);
  const far = accepted.at(-1);
  if (call.connection === undefined || far === undefined) throw new Error('not connected');
  return [call.connection, far];
}

test('a cut holds what is sent until it heals, and keeps its order', () => {
  const [near, far] = connected();
  near.write([pattern(1, 1)]);
  network.cut('a', 'b');
  clock.advance(1);
  near.write([pattern(1, 2)]);
  far.write([pattern(1, 3)]);
  clock.advance(60_000);
  expect(lines).toEqual([]);
  network.heal('a', 'b');
  clock.advance(1);
  expect(lines).toEqual(['b got 1', 'a got 3', 'b got 2']);
});

test('a link cut one way still carries the other', () => {
  const [near, far] = connected();
  network.cut('a', 'b', { oneWay: true });
  near.write([pattern(1, 1)]);
  far.write([pattern(1, 2)]);
  clock.advance(100);
  expect(lines).toEqual(['a got 2']);
  network.heal();
  clock.advance(1);
  expect(lines).toEqual(['a got 2', 'b got 1']);
});

test('a call over a cut link rings until it heals, or for two minutes', () => {
  network.cut('a', 'b');
  const patient = dial();
  clock.advance(60_000);
  network.heal('a', 'b');
  clock.advance(1);
  expect(patient.connection).toBeDefined();
  network.cut('a', 'b');
  const given = dial();
  clock.advance(126_000);
  expect(given.error).toBeUndefined();
  clock.advance(2_000);
  expect(given.error).toMatchObject({ code: 'ETIMEDOUT' });
  network.heal();
  clock.advance(2_000);
  expect(given.connection).toBeUndefined();
  expect(accepted).toHaveLength(1);
});

test('a reset breaks the connections of two hosts at both ends, and no others', () => {
  connected('a');
  connected('c');
  network.reset('b', 'a');
  clock.advance(1);
  expect(lines.sort()).toEqual(['a closed ECONNRESET', 'b closed ECONNRESET']);
});

test('a process that is gone hears nothing more; its peers hear of its end; its port is free', () => {
  const [near, far] = connected();
  near.write([pattern(1)], () => lines.push('reported to the dead'));
  network.vanish('a');
  dial();
  network.vanish('a');
  clock.advance(10);
  expect(lines).toEqual([]);
  clock.runUntilIdle();
  expect(lines).toEqual(['b closed']);
  far.write([pattern(1)], () => lines.push('reported to b'));
  clock.runUntilIdle();
  expect(lines).toEqual(['b closed', 'reported to b']);

  network.vanish('b');
  const refused = dial();
  clock.advance(1);
  expect(refused.error).toMatchObject({ code: 'ECONNREFUSED' });
});

test('a peer that sends no more still gets its answers, and is then closed', () => {
  const [near, far] = connected();
  near.write([pattern(2)]);
  (near as MemoryConnection).shutDown();
  clock.advance(500);
  far.write([pattern(1, 7)]);
  clock.advance(900);
  expect(lines).toEqual(['b got 0,1', 'a got 7']);
  clock.advance(200);
  expect(lines).toEqual(['b got 0,1', 'a got 7', 'b closed', 'a closed']);
});

test('bytes are read when they leave, and lent only for the call', () => {
  const [near] = connected();
  const lent: Uint8Array[] = [];
  network.host('c').listen(
    { host: 'c', port: 1 },
    () => ({ ...heard('c'), data: (chunk) => lent.push(chunk) }),
    () => {},
  );
  network.host('a').connect({ host: 'c', port: 1 }, heard('a'), (_error, to) => to?.write([pattern(3)]));
  const reused = pattern(3);
  near.write([reused]);
  reused.fill(9);
  clock.advance(1);
  expect(lines).toEqual(['b got 9,9,9']);
  expect([...(lent[0] ?? [])]).toEqual([0xdb, 0xdb, 0xdb]);
});

/** How a stream of 300,000 bytes was cut. */
function chunksOf(seed: number): string {
  clock = new VirtualClock();
  network = new MemoryNetwork({ clock, random: new SeededRandom(seed) });
  const sizes: number[] = [];
  network.host('b').listen(
    { host: 'b', port: 1 },
    () => ({ ...heard('b'), data: (chunk) => sizes.push(chunk.length) }),
    () => {},
  );
  clock.advance(1);
  const call = dial();
  clock.advance(1);
  call.connection?.write([pattern(300_000)]);
  clock.advance(100);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(300_000);
  return sizes.join();
}

test('chance cuts the stream anew for each seed, and the same for the same', () => {
  expect(chunksOf(1)).toBe(chunksOf(1));
  expect(chunksOf(1)).not.toBe(chunksOf(2));
});
