/**
 * One end of a connection in memory, as strict as the contract of {@link Connection} allows:
 *
 * - the bytes of a write are read when they leave, at the end of the turn or when the peer makes room, so that a buffer
 *   which is changed before `written` shows;
 * - `data` lends a chunk that is overwritten as soon as it returns;
 * - chunks are cut where chance wants it, not where writes were.
 *
 * A half-closed connection is kept as io's is: writable until a second has passed without a write.
 */
import { type Address, type Clock, type Connection, type ConnectionEvents, newBytes, type Timer } from '@skerry/base';
import type { Lane } from './memory-lane.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Tracer } from './trace.ts';

/** Queued bytes at which `write` says that it is enough. */
const queuedBytesMax = 256 * 1024;
/** Bytes on the way and unread, beyond which nothing is sent: the two systems' socket buffers. */
const windowBytes = 256 * 1024;
const chunkBytesMax = 64 * 1024;
const lingerMs = 1_000;

interface Write {
  readonly chunks: readonly Uint8Array[];
  readonly written: (() => void) | undefined;
}

export interface Ends {
  readonly local: Address;
  readonly remote: Address;
}

export interface ConnectionWorld {
  readonly clock: Clock;
  readonly random: SeededRandom | undefined;
  /** How likely a chunk is of a few bytes. */
  readonly shortChunks: number;
  readonly trace: Tracer | undefined;
  /** Called when nothing more comes from this end. */
  gone(connection: MemoryConnection): unknown;
}

export class MemoryConnection implements Connection {
  readonly local: Address;
  readonly remote: Address;
  readonly serverName: string | undefined = undefined;
  readonly lane: Lane;
  /** The other end. Set before anything is sent. */
  peer: MemoryConnection | undefined;
  events: ConnectionEvents | undefined;
  readonly #world: ConnectionWorld;

  #queue: Write[] = [];
  #queuedBytes = 0;
  #sentBytes = 0;
  /** Bytes of the first write that have left. */
  #sentOfFirst = 0;
  /** Sent, and not yet read by the peer's user. */
  #unread = 0;
  #flushDue = false;
  #drainDue = false;
  #ended = false;
  /** Input is thrown away. */
  #deaf = false;
  #finSent = false;

  #arrived: (Uint8Array | 'fin')[] = [];
  #paused = false;
  #finReceived = false;
  #closed = false;
  #linger: Timer | undefined;

  constructor({ local, remote }: Ends, lane: Lane, world: ConnectionWorld) {
    this.local = local;
    this.remote = remote;
    this.lane = lane;
    this.#world = world;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(chunks: readonly Uint8Array[], written?: () => void): boolean {
    if (this.#closed || this.#ended) {
      if (written !== undefined) this.#world.clock.soon(written);
      return false;
    }
    this.#queue.push({ chunks, written });
    this.#queuedBytes += sizeOf(chunks);
    this.#flushSoon();
    if (this.#linger !== undefined) this.#lingering();
    if (this.#queuedBytes < queuedBytesMax) return true;
    this.#drainDue = true;
    return false;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  get unsentBytes(): number {
    return this.#queuedBytes;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#world.clock.soon(() => this.#deliver());
  }

  end(): void {
    if (this.#closed) return;
    this.#deaf = true;
    this.shutDown();
    this.resume();
    if (this.#finSent) this.#lingering();
  }

  /** Sends what is queued and then the end of the stream, and still listens, as some clients do. */
  shutDown(): void {
    this.#ended = true;
    this.#flushSoon();
  }

  destroy(): void {
    if (this.#closed) return;
    const { peer } = this;
    // A system resets a connection that is closed with input unread, and ends it otherwise; in between, chance decides.
    const resets = this.#arrived.length > 0 || (this.#world.random?.chance(0.5) ?? false);
    if (resets) this.lane.send(() => peer?.reset());
    else if (!this.#finSent) this.lane.send(() => peer?.arrive('fin'));
    this.#close();
  }

  /** The connection breaks at this end. */
  reset(): void {
    this.#close(Object.assign(new Error('read ECONNRESET (simulated)'), { code: 'ECONNRESET' }));
  }

  /** The process of this end is gone: it is told nothing more. */
  vanish(): void {
    this.events = undefined;
    this.#queue = this.#queue.map(({ chunks }) => ({ chunks, written: undefined }));
    this.destroy();
  }

  #flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    this.#world.clock.soon(this.#flush);
  }

  readonly #flush = (): void => {
    this.#flushDue = false;
    const finished: Write[] = [];
    while (this.#queue.length > 0 && this.#unread < windowBytes && !this.#closed) this.#sendPart(finished);
    const drained = this.#queue.length === 0 && this.#drainDue;
    if (drained) this.#drainDue = false;
    if (this.#queue.length === 0 && this.#ended) this.#sendFin();
    for (const { written } of finished) written?.();
    if (drained && !this.#closed) this.events?.drain();
  };

  #sendFin(): void {
    if (this.#finSent || this.#closed) return;
    this.#finSent = true;
    this.lane.send(() => this.peer?.arrive('fin'));
    if (this.#finReceived) this.#close();
    else if (this.#deaf) this.#lingering();
  }

  #sendPart(finished: Write[]): void {
    const [first] = this.#queue;
    if (first === undefined) return;
    const left = sizeOf(first.chunks) - this.#sentOfFirst;
    const part = partOf(
      first.chunks,
      this.#sentOfFirst,
      Math.min(left, windowBytes - this.#unread, this.#chunkBytes()),
    );
    this.#world.trace?.('send', this.local.host, part.length, sumOf(part));
    if (part.length > 0) this.lane.send(() => this.peer?.arrive(part));
    this.#unread += part.length;
    this.#queuedBytes -= part.length;
    this.#sentBytes += part.length;
    this.#sentOfFirst += part.length;
    if (part.length < left) return;
    this.#sentOfFirst = 0;
    this.#queue.shift();
    finished.push(first);
  }

  #chunkBytes(): number {
    const { random, shortChunks } = this.#world;
    if (random === undefined) return chunkBytesMax;
    return random.chance(shortChunks) ? random.between(1, 64) : random.between(1, chunkBytesMax);
  }

  /** For the lane of the peer. */
  arrive(what: Uint8Array | 'fin'): void {
    if (this.#closed) {
      // The system answers bytes for a connection that is no more.
      if (what !== 'fin') this.lane.send(() => this.peer?.reset());
      return;
    }
    this.#arrived.push(what);
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#paused && !this.#closed) {
      const next = this.#arrived.shift();
      if (next === undefined) return;
      if (next === 'fin') {
        this.#finReceived = true;
        if (this.#finSent) this.#close();
        else this.#lingering();
        continue;
      }
      this.peer?.consumed(next.length);
      if (!this.#deaf) this.events?.data(next);
      next.fill(0xdb);
    }
  }

  /** The peer's user has read so many bytes. */
  consumed(count: number): void {
    this.#unread -= count;
    // As TCP does: room is used when there is enough of it, or the chunks would become ever smaller (RFC 1122 section
    // 4.2.3.4).
    if (this.#queue.length > 0 && this.#unread <= windowBytes / 2) this.#flushSoon();
  }

  #lingering(): void {
    this.#linger?.cancel();
    this.#linger = this.#world.clock.after(lingerMs, () => {
      if (this.#queue.length > 0) this.#lingering();
      else this.destroy();
    });
  }

  #close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#linger?.cancel();
    const unsent = this.#queue;
    this.#queue = [];
    this.#arrived = [];
    this.#world.clock.soon(() => {
      for (const { written } of unsent) written?.();
      this.events?.closed(error);
    });
    this.#world.gone(this);
  }
}

/** Tells most chunks from others, for little. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = bytes.length - 1; at >= 0; at -= 1 + (bytes.length >> 6)) {
    sum = (Math.imul(sum, 31) + (bytes[at] ?? 0)) | 0;
  }
  return sum;
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  let size = 0;
  for (const { length } of chunks) size += length;
  return size;
}

/** `length` bytes of `chunks` from position `start`, as bytes of their own. */
function partOf(chunks: readonly Uint8Array[], start: number, length: number): Uint8Array {
  const copied = newBytes(length);
  let chunkAt = 0;
  for (const chunk of chunks) {
    const from = Math.max(start - chunkAt, 0);
    const to = Math.min(start + length - chunkAt, chunk.length);
    if (from < to) copied.set(chunk.subarray(from, to), chunkAt + from - start);
    chunkAt += chunk.length;
  }
  return copied;
}
