/**
 * What only TCP has to show, most of it with raw peers; the contract itself is tested in testkit, over this network
 * too.
 */
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Connection, Listener } from '@skerry/base';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeClock, nodeNetwork } from '../src/index.ts';

const network = nodeNetwork();
/** A busy machine takes its time. */
const patiently = { interval: 1, timeout: 20_000 };
vi.setConfig({ testTimeout: 60_000 });

interface Served {
  readonly connection: Connection;
  readonly chunks: Uint8Array[];
  /** What `data` lent, not copied. */
  readonly lent: Uint8Array[];
  readonly closed: Promise<Error | undefined>;
}

let listener: Listener;
let served: Served[];
let raws: Socket[];

function listen(host: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    network.listen({ host, port: 0 }, accept, (error, made) => (made ? resolve(made) : reject(error)));
  });
}

function accept(connection: Connection): ReturnType<Parameters<typeof network.listen>[1]> {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>();
  const one: Served = { connection, chunks: [], lent: [], closed: promise };
  served.push(one);
  return {
    data(chunk) {
      one.chunks.push(chunk.slice());
      one.lent.push(chunk);
    },
    drain() {},
    closed: resolve,
  };
}

const heard = (): string[] => served.flatMap(({ chunks }) => chunks.map((chunk) => String.fromCharCode(...chunk)));

async function rawPeer(host = '127.0.0.1'): Promise<readonly [Socket, Served]> {
  const before = served.length;
  const raw = connect({ host, port: listener.address.port, allowHalfOpen: true });
  raws.push(raw);
  await once(raw, 'connect');
  await vi.waitFor(() => expect(served.length).toBeGreaterThan(before), patiently);
  return [raw, served[before] as Served];
}

beforeEach(async () => {
  served = [];
  raws = [];
  listener = await listen('127.0.0.1');
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const raw of raws) raw.destroy();
  for (const { connection } of served) connection.destroy();
  await Promise.all(served.map(({ closed }) => closed));
  await new Promise<void>((resolve) => listener.close(() => resolve()));
});

test('a peer that sends no more still gets its answers, and is then closed', async () => {
  const [raw, { connection, closed, chunks }] = await rawPeer();
  const answer = once(raw, 'data');
  raw.end('question');
  await vi.waitFor(() => expect(chunks).toHaveLength(1), patiently);
  // Answered after the peer's end was seen, as a long poll would be.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  connection.write([new TextEncoder().encode('answer')]);
  expect(String((await answer)[0])).toBe('answer');
  await once(raw, 'end');
  expect(await closed).toBeUndefined();
});

test('a reset is told with its reason, even in mid-answer', async () => {
  const [raw, { connection, closed }] = await rawPeer();
  let written = 0;
  for (let i = 0; i < 50; i++) connection.write([new Uint8Array(300_000)], () => written++);
  await once(raw, 'data');
  raw.resetAndDestroy();
  expect((await closed) as NodeJS.ErrnoException).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
  expect(written).toBe(50);
});

test('what is written in one turn leaves in one call of the system', async () => {
  const [raw, { connection }] = await rawPeer();
  const many = vi.spyOn(Socket.prototype, '_writev' as never);
  const single = vi.spyOn(Socket.prototype, '_write' as never);
  const write = (): boolean => connection.write([new Uint8Array(10), new Uint8Array(20)]);
  for (let i = 0; i < 8; i++) write();
  // Answers also come from promises, and from what the clock runs at the end of the turn.
  await Promise.resolve();
  write();
  nodeClock().soon(write);
  expect(many).not.toHaveBeenCalled();
  let bytes = 0;
  raw.on('data', (chunk) => {
    bytes += chunk.length;
  });
  await vi.waitFor(() => expect(bytes).toBe(300), patiently);
  expect(many).toHaveBeenCalledTimes(1);
  expect(single).not.toHaveBeenCalled();
});

test('all connections read into one buffer, and lend plain bytes of it', async () => {
  const [firstRaw, first] = await rawPeer();
  const [secondRaw, second] = await rawPeer();
  firstRaw.write('first');
  await vi.waitFor(() => expect(first.lent).toHaveLength(1), patiently);
  secondRaw.write('other');
  await vi.waitFor(() => expect(second.lent).toHaveLength(1), patiently);
  // A Buffer's slice would not copy, and its user would read the next connection's bytes.
  expect(first.lent[0]?.constructor).toBe(Uint8Array);
  expect(String.fromCharCode(...(first.chunks[0] ?? []))).toBe('first');
  expect(first.lent[0]?.buffer).toBe(second.lent[0]?.buffer);
});

const dualStack = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === 'IPv6'));

test.runIf(dualStack)('an IPv4 peer of a dual-stack listener is shown as IPv4', async () => {
  await new Promise<void>((resolve) => listener.close(() => resolve()));
  listener = await listen('::');
  const [, { connection }] = await rawPeer();
  expect(connection.local).toEqual({ host: '127.0.0.1', port: listener.address.port });
  expect(connection.remote.host).toBe('127.0.0.1');
  const [, second] = await rawPeer('::1');
  expect(second.connection.local.host).toBe('::1');
});

test('what the system has taken of a write that is half done shows', async () => {
  const [raw, { connection }] = await rawPeer();
  raw.pause();
  const bytes = 32 * 1024 * 1024;
  connection.write([new Uint8Array(bytes)]);
  await vi.waitFor(() => expect(connection.sentBytes).toBeGreaterThan(0), patiently);
  let before = -1;
  await vi.waitFor(() => {
    const last = before;
    before = connection.sentBytes;
    expect(before).toBe(last);
  }, patiently);
  expect(before).toBeLessThan(bytes);
  expect(connection.unsentBytes).toBe(bytes - before);
  let received = 0;
  let done = false;
  raw.on('data', (chunk) => {
    received += chunk.length;
    if (!done && received > bytes / 2) raw.pause();
  });
  raw.resume();
  await vi.waitFor(() => expect(connection.sentBytes).toBeGreaterThan(bytes / 2), patiently);
  expect(connection.sentBytes).toBeLessThan(bytes);
  done = true;
  raw.resume();
  await vi.waitFor(() => expect(connection.unsentBytes).toBe(0), patiently);
  expect(connection.sentBytes).toBe(bytes);
});

test('many peers that come and leave at once do no harm', async () => {
  for (let i = 0; i < 200; i++) {
    const raw = connect({ host: '127.0.0.1', port: listener.address.port });
    raws.push(raw);
    raw.on('error', () => {});
    if (i % 2 === 0) raw.on('connect', () => raw.resetAndDestroy());
    else raw.destroy();
  }
  const [raw] = await rawPeer();
  raw.write('still here');
  await vi.waitFor(() => expect(heard()).toEqual(['still here']), patiently);
});
