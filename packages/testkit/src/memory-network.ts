/**
 * Machines in memory with names for addresses, and links between them that can be slowed, cut (one way or both) and
 * healed.
 *
 * A cut loses nothing: as under TCP, what was sent arrives once the link has healed. Connections break by {@link
 * MemoryNetwork.reset}, and when a machine's process goes ({@link MemoryNetwork.vanish}).
 */
import {
  type Address,
  assert,
  type Clock,
  type Connection,
  type ConnectionEvents,
  type Listener,
  type Network,
  OperatingError,
} from '@skerry/base';
import { type ConnectionWorld, MemoryConnection } from './memory-connection.ts';
import { Lane } from './memory-lane.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Tracer } from './trace.ts';

/** How long a call to a silent machine rings: Linux's six repeated SYNs. */
const dialMs = 127_000;

type Accept = (connection: Connection) => ConnectionEvents;

export interface MemoryNetworkOptions {
  readonly clock: Clock;
  /** Cuts streams into chunks, and decides how connections end; without it, chunks are large and ends are clean. */
  readonly random?: SeededRandom;
  /** How likely chance cuts a chunk of a few bytes; once in five, if it is left out. */
  readonly shortChunks?: number;
  /** What a packet takes from one host to another. */
  readonly delayMs?: (from: string, to: string) => number;
  readonly trace?: Tracer;
}

interface Open {
  readonly connection: MemoryConnection;
  readonly from: string;
  readonly to: string;
}

export class MemoryNetwork {
  readonly #options: MemoryNetworkOptions;
  /** By `host:port`. */
  readonly #listeners = new Map<string, Accept>();
  readonly #cuts = new Set<string>();
  /** What waits for a link to heal. */
  readonly #held = new Set<Lane>();
  readonly #open = new Map<MemoryConnection, Open>();
  /** How many processes a host has had before the present one: what a former one asked for is not answered. */
  readonly #lives = new Map<string, number>();
  #nextPort = 49_152;

  constructor(options: MemoryNetworkOptions) {
    this.#options = options;
  }

  /** The network as the machine `host` sees it. It listens on its own name, or on 0.0.0.0 for the same. */
  host(host: string): Network {
    return {
      listen: (address, accept, done) => this.#listen(host, address, accept, done),
      connect: (address, events, done) => this.#connect(host, address, events, done),
    };
  }

  /** Nothing from `from` reaches `to` any more; with `oneWay` false, nor the other way. */
  cut(from: string, to: string, { oneWay = false } = {}): void {
    this.#cuts.add(`${from}>${to}`);
    if (!oneWay) this.#cuts.add(`${to}>${from}`);
  }

  /** The link works both ways again; without arguments, all links do. */
  heal(a?: string, b?: string): void {
    if (a === undefined || b === undefined) this.#cuts.clear();
    else for (const link of [`${a}>${b}`, `${b}>${a}`]) this.#cuts.delete(link);
    const held = [...this.#held];
    this.#held.clear();
    for (const lane of held) lane.wake();
  }

  /** Breaks all connections between the two, at both ends. */
  reset(a: string, b: string): void {
    for (const { connection, from, to } of this.#open.values()) {
      if ((from === a && to === b) || (from === b && to === a)) connection.reset();
    }
  }

  /** The process on `host` is gone: its listeners too, its connections end for the others, and it hears of nothing. */
  vanish(host: string): void {
    this.#lives.set(host, this.#life(host) + 1);
    for (const key of this.#listeners.keys()) if (key.startsWith(`${host}:`)) this.#listeners.delete(key);
    for (const { connection, from } of this.#open.values()) if (from === host) connection.vanish();
  }

  #listen(
    host: string,
    address: Address,
    accept: Accept,
    done: (error: Error | undefined, listener?: Listener) => void,
  ): void {
    const port = address.port === 0 ? this.#nextPort++ : address.port;
    const key = `${host}:${port}`;
    const alive = this.#aliveCheck(host);
    const soon = (run: () => void): void =>
      this.#options.clock.soon(() => {
        if (alive()) run();
      });
    const refuse = (code: 'SKR_ADDRESS_INVALID' | 'SKR_ADDRESS_IN_USE'): void =>
      soon(() => done(new OperatingError(code, `listen on ${address.host}:${port} (simulated)`)));
    if ((address.host !== host && address.host !== '0.0.0.0') || port < 0 || port > 65_535) {
      refuse('SKR_ADDRESS_INVALID');
      return;
    }
    if (this.#listeners.has(key)) {
      refuse('SKR_ADDRESS_IN_USE');
      return;
    }
    this.#listeners.set(key, accept);
    const close: Listener['close'] = (closed) => {
      if (this.#listeners.get(key) === accept) this.#listeners.delete(key);
      soon(closed);
    };
    soon(() => done(undefined, { address: { host: address.host, port }, close }));
  }

  #connect(
    from: string,
    address: Address,
    events: ConnectionEvents,
    done: (error: Error | undefined, connection?: Connection) => void,
  ): void {
    const to = address.host;
    const there = this.#lane(from, to);
    const back = this.#lane(to, from);
    const alive = this.#aliveCheck(from);
    let near: MemoryConnection | undefined;
    let settled = false;
    const settle = (code?: string): void => {
      if (settled) return;
      settled = true;
      ringing.cancel();
      if (!alive()) return;
      if (code === undefined && near?.closed === false) {
        near.events = events;
        done(undefined, near);
        return;
      }
      near?.destroy();
      const why = code ?? 'ECONNRESET';
      done(Object.assign(new Error(`connect ${why} ${to}:${address.port} (simulated)`), { code: why }));
    };
    const ringing = this.#options.clock.after(dialMs, () => settle('ETIMEDOUT'));
    there.send(() => {
      if (settled || !alive()) return;
      const accept = this.#listeners.get(`${to}:${address.port}`);
      if (accept === undefined) {
        back.send(() => settle('ECONNREFUSED'));
        return;
      }
      const local = { host: from, port: this.#nextPort++ };
      near = this.#end({ local, remote: address }, there);
      const far = this.#end({ local: address, remote: local }, back);
      near.peer = far;
      far.peer = near;
      back.send(() => settle());
      far.events = accept(far);
    });
  }

  #life(host: string): number {
    return this.#lives.get(host) ?? 0;
  }

  #aliveCheck(host: string): () => boolean {
    const life = this.#life(host);
    return () => this.#life(host) === life;
  }

  #end(ends: { readonly local: Address; readonly remote: Address }, lane: Lane): MemoryConnection {
    const { clock, random, shortChunks = 0.2, trace } = this.#options;
    const gone = (closed: MemoryConnection): unknown => this.#open.delete(closed);
    const world: ConnectionWorld = { clock, random, shortChunks, trace, gone };
    const connection = new MemoryConnection(ends, lane, world);
    this.#open.set(connection, { connection, from: ends.local.host, to: ends.remote.host });
    return connection;
  }

  #lane(from: string, to: string): Lane {
    assert(!from.includes('>') && !to.includes('>'), 'a host has a plain name');
    const link = `${from}>${to}`;
    const { clock, random, delayMs } = this.#options;
    return new Lane({
      clock,
      delayMs: () => delayMs?.(from, to) ?? (random === undefined ? 0.1 : 0.05 + 0.2 * random.fraction()),
      isCut: () => this.#cuts.size > 0 && this.#cuts.has(link),
      held: (lane) => this.#held.add(lane),
    });
  }
}
