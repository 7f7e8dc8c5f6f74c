/** What every network owes its users, over TCP and the one in memory. */
import type { Address, Connection, ConnectionEvents, Listener, Network } from '@skerry/base';
import { nodeNetwork } from '@skerry/io';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryNetwork, SeededRandom, VirtualClock } from '../src/index.ts';
import { call, type Pump, pattern, pumpNode, pumpOf } from './harness.ts';

const host = '127.0.0.1';

interface Given {
  readonly network: Network;
  readonly pump: Pump;
  /** Lets what is under way arrive, without waiting for anything. */
  readonly breathe: () => Promise<void>;
}

const implementations: readonly (readonly [name: string, make: () => Given])[] = [
  ['over TCP', () => ({ network: nodeNetwork(), pump: pumpNode, breathe: () => pumpNode(turns(5)) })],
  [
    'in memory',
    () => {
      const clock = new VirtualClock();
      const network = new MemoryNetwork({ clock, random: new SeededRandom(7) });
      return { network: network.host(host), pump: pumpOf(clock), breathe: async () => clock.advance(5) };
    },
  ],
];

/** One end of a connection, and all that happened to it. */
class End implements ConnectionEvents {
  connection: Connection | undefined;
  readonly received: Uint8Array[] = [];
  receivedBytes = 0;
  drains = 0;
  closes = 0;
  /** Set while a method of the connection runs: nothing may be called then. */
  static within = false;
  onData: (chunk: Uint8Array) => void = () => {};

  data(chunk: Uint8Array): void {
    this.#check();
    this.received.push(chunk.slice());
    this.receivedBytes += chunk.length;
    this.onData(chunk);
  }

  drain(): void {
    this.#check();
    this.drains++;
  }

  closed(): void {
    this.#check();
    this.closes++;
  }

  write(chunks: readonly Uint8Array[], written?: () => void): boolean {
    return this.#call((connection) => connection.write(chunks, written));
  }

  pause(): void {
    this.#call((connection) => connection.pause());
  }

  resume(): void {
    this.#call((connection) => connection.resume());
  }

  end(): void {
    this.#call((connection) => connection.end());
  }

  destroy(): void {
    this.#call((connection) => connection.destroy());
  }

  get counts(): Pick<Connection, 'sentBytes' | 'unsentBytes'> {
    if (this.connection === undefined) throw new Error('not connected');
    const { sentBytes, unsentBytes } = this.connection;
    return { sentBytes, unsentBytes };
  }

  /** All that came, as one. */
  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.received));
  }

  #call<T>(method: (connection: Connection) => T): T {
    if (this.connection === undefined) throw new Error('not connected');
    End.within = true;
    const result = method(this.connection);
    End.within = false;
    return result;
  }

  #check(): void {
    if (End.within) throw new Error('called from within a method of the connection');
    if (this.closes > 0) throw new Error('called after closed');
  }
}

describe.each(implementations)('a network %s', (_name, make) => {
  let network: Network;
  let pump: Pump;
  let breathe: Given['breathe'];
  let listener: Listener;
  let accepted: End[];
  let opened: End[];
  let onAccept: (end: End) => void;

  beforeEach(async () => {
    ({ network, pump, breathe } = make());
    accepted = [];
    opened = [];
    onAccept = () => {};
    listener = await listen({ host, port: 0 });
  });
  afterEach(async () => {
    for (const end of [...accepted, ...opened]) end.connection?.destroy();
    await pump(() => [...accepted, ...opened].every(({ closes }) => closes === 1));
    await call(pump, (done) => listener.close(done));
  });

  const listen = (address: Address): Promise<Listener> =>
    call<Listener>(pump, (done) =>
      network.listen(
        address,
        (connection) => {
          const end = new End();
          end.connection = connection;
          accepted.push(end);
          onAccept(end);
          return end;
        },
        done,
      ),
    );

  const connect = async (address = listener.address): Promise<readonly [near: End, far: End]> => {
    const near = new End();
    const before = accepted.length;
    near.connection = await call<Connection>(pump, (done) => network.connect(address, near, done));
    opened.push(near);
    await pump(() => accepted.length > before);
    return [near, accepted[before] as End];
  };

  test('bytes arrive as they were sent, both ways, however they are cut', async () => {
    const [near, far] = await connect();
    const total = 3_000_000;
    for (const end of [near, far]) {
      let at = 0;
      for (let i = 0; at < total; i++) {
        const length = Math.min((i * 7919) % 70_000, total - at);
        const cutAt = Math.floor(length / 3);
        end.write([pattern(cutAt, at), new Uint8Array(0), pattern(length - cutAt, at + cutAt)]);
        at += length;
      }
    }
    await pump(() => near.receivedBytes >= total && far.receivedBytes >= total);
    expect(Buffer.compare(near.bytes, pattern(total))).toBe(0);
    expect(Buffer.compare(far.bytes, pattern(total))).toBe(0);
  });

  test('what is written in answer to data arrives, and so does an empty write', async () => {
    const [near, far] = await connect();
    far.onData = (chunk) => far.write([chunk.slice()]);
    let written = 0;
    near.write([], () => written++);
    near.write([pattern(5)], () => written++);
    near.write([new Uint8Array(0)], () => written++);
    near.write([]);
    await pump(() => near.receivedBytes === 5 && written === 3);
    expect(near.bytes).toEqual(pattern(5));
  });

  test('a slow reader makes write say stop; every write is reported once, in order; drain says go on', async () => {
    const [near, far] = await connect();
    far.pause();
    const reported: number[] = [];
    let writes = 0;
    const size = 60_000;
    // Until the systems' own buffers are full too, and nothing leaves any more.
    let stuck = false;
    while (!stuck) {
      const nth = writes++;
      near.write([pattern(size, nth * size)], () => reported.push(nth));
      const before = reported.length;
      if (writes % 8 === 0) await breathe();
      stuck = writes % 8 === 0 && reported.length === before && writes - before > 10;
    }
    expect(near.write([])).toBe(false);
    const stalled = near.counts;
    expect(stalled.sentBytes + stalled.unsentBytes).toBe(writes * size);
    expect(stalled.unsentBytes).toBeGreaterThan(0);
    await breathe();
    expect(near.counts).toEqual(stalled);
    const drains = near.drains;
    far.resume();
    await pump(() => near.drains > drains);
    expect(near.write([])).toBe(true);
    await pump(() => far.receivedBytes === writes * size && reported.length === writes);
    expect(reported).toEqual(Array.from({ length: writes }, (_, i) => i));
    expect(Buffer.compare(far.bytes, pattern(writes * size))).toBe(0);
    expect(near.counts).toEqual({ sentBytes: writes * size, unsentBytes: 0 });
  });

  test('a connection that is paused as it is accepted is not read until it is resumed', async () => {
    onAccept = (end) => end.connection?.pause();
    const [near, far] = await connect();
    near.write([pattern(1000)]);
    for (let i = 0; i < 50; i++) await breathe();
    expect(far.receivedBytes).toBe(0);
    far.resume();
    await pump(() => far.receivedBytes === 1000);
  });

  test('a paused connection gets no more than the system had read already', async () => {
    const [near, far] = await connect();
    far.onData = () => far.pause();
    for (let i = 0; i < 20; i++) near.write([pattern(100_000)]);
    await pump(() => far.received.length > 0);
    const had = far.receivedBytes;
    for (let i = 0; i < 50; i++) await breathe();
    expect(far.receivedBytes - had).toBeLessThanOrEqual(65_536);
    far.onData = () => {};
    far.resume();
    await pump(() => far.receivedBytes === 2_000_000);
  });

  test('end sends what is queued; then both ends are closed', async () => {
    const [near, far] = await connect();
    let written = 0;
    for (let i = 0; i < 10; i++) near.write([pattern(300_000, i * 300_000)], () => written++);
    near.end();
    near.end();
    await pump(() => far.receivedBytes === 3_000_000);
    expect(Buffer.compare(far.bytes, pattern(3_000_000))).toBe(0);
    far.write([pattern(3)]);
    far.end();
    await pump(() => near.closes === 1 && far.closes === 1);
    expect(written).toBe(10);
  });

  test('an end that meets an end closes at once', async () => {
    const [near, far] = await connect();
    near.end();
    far.end();
    await pump(() => near.closes === 1 && far.closes === 1);
    expect(near.receivedBytes + far.receivedBytes).toBe(0);
  });

  test('a connection destroyed in mid-write reports every write, then closes, at both ends', async () => {
    const [near, far] = await connect();
    far.pause();
    let written = 0;
    const atClose: number[] = [];
    for (let i = 0; i < 30; i++) near.write([pattern(400_000)], () => written++);
    await breathe();
    near.write([pattern(10)], () => written++);
    near.destroy();
    near.destroy();
    near.closed = () => {
      atClose.push(written);
      near.closes++;
    };
    await pump(() => near.closes === 1);
    expect(atClose).toEqual([31]);
    far.resume();
    far.destroy();
    await pump(() => far.closes === 1);
    expect(far.receivedBytes).toBeLessThan(30 * 400_000);
  });

  test('the other end of a destroyed connection is closed too, though it only listens', async () => {
    const [near, far] = await connect();
    near.write([pattern(10)]);
    await pump(() => far.receivedBytes === 10);
    near.destroy();
    await pump(() => far.closes === 1);
    expect(near.closes).toBe(1);
  });

  test('a write to a closed connection says stop, and is reported all the same', async () => {
    const [near, far] = await connect();
    far.destroy();
    near.destroy();
    await pump(() => near.closes === 1 && far.closes === 1);
    let written = 0;
    expect(near.write([pattern(10)], () => written++)).toBe(false);
    expect(written).toBe(0);
    near.pause();
    near.resume();
    near.end();
    near.destroy();
    await pump(() => written === 1);
  });

  test('both ends know both addresses, as they were dialled', async () => {
    const [near, far] = await connect();
    expect(listener.address.host).toBe(host);
    expect(far.connection?.local).toEqual(listener.address);
    expect(near.connection?.remote).toEqual(listener.address);
    expect(far.connection?.remote).toEqual(near.connection?.local);
    expect(far.connection?.serverName).toBeUndefined();
  });

  test('an address that is taken, and one that is not ours, are refused by name', async () => {
    await expect(listen(listener.address)).rejects.toThrow(refused('SKR_ADDRESS_IN_USE'));
    await expect(listen({ host: '192.0.2.1', port: 0 })).rejects.toThrow(refused('SKR_ADDRESS_INVALID'));
    await expect(listen({ host, port: 70_000 })).rejects.toThrow(refused('SKR_ADDRESS_INVALID'));
  });

  test('a closed listener takes no more calls, and its port is free again; open connections go on', async () => {
    const [near, far] = await connect();
    await call(pump, (done) => listener.close(done));
    await expect(connect()).rejects.toThrow('ECONNREFUSED');
    near.write([pattern(4)]);
    await pump(() => far.receivedBytes === 4);
    listener = await listen(listener.address);
    const [next] = await connect();
    next.write([pattern(2)]);
    await pump(() => accepted.at(-1)?.receivedBytes === 2);
  });

  test('many connections at once do not mix', async () => {
    const pairs: (readonly [End, End])[] = [];
    for (let i = 0; i < 40; i++) pairs.push(await connect());
    for (const [i, [near]] of pairs.entries()) near.write([pattern(50_000, i * 977)]);
    await pump(() => pairs.every(([, far]) => far.receivedBytes === 50_000));
    for (const [i, [, far]] of pairs.entries()) expect(Buffer.compare(far.bytes, pattern(50_000, i * 977))).toBe(0);
  });
});

/** True once it has been asked so often. */
function turns(count: number): () => boolean {
  let asked = 0;
  return () => ++asked > count;
}

const refused = (code: string): unknown => expect.objectContaining({ name: 'OperatingError', code });
