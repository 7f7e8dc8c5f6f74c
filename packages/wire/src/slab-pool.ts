import { assert, newBytes } from '@skerry/base';

/** Where buffers come from, and go. */
export interface Slabs {
  /** A buffer of at least `bytes`, with whatever its last user left in it. */
  take(bytes: number): Uint8Array;
  give(slab: Uint8Array): void;
}

/** Buffers that are used once, as long as anybody looks at them. */
export const unpooled: Slabs = { take: newBytes, give: () => {} };

/** Sizes a pooled buffer comes in: powers of two, so that a frame wastes less than half. */
const sizeMin = 256;
const sizeMax = 1024 * 1024;

/**
 * Buffers that are used again, since a fresh one costs the garbage collector more than the work done in it.
 *
 * Whoever takes a buffer gives it back exactly once, when neither disk nor socket may still hold it. Up to
 * `keptBytesMax` are kept for the next; beyond that, and above 1 MiB a buffer, they are left to the collector.
 */
export class SlabPool implements Slabs {
  /** By the number of zeros before the size's one bit. */
  readonly #free: Uint8Array[][] = [];
  readonly #keptBytesMax: number;
  #keptBytes = 0;
  #takenBytes = 0;

  constructor(keptBytesMax: number) {
    this.#keptBytesMax = keptBytesMax;
  }

  /** Bytes lent out now. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** Bytes waiting to be used again. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Leaves all that wait to the collector. */
  trim(): void {
    this.#free.length = 0;
    this.#keptBytes = 0;
  }

  take(bytes: number): Uint8Array {
    const size = bytes <= sizeMin ? sizeMin : bytes > sizeMax ? bytes : 2 ** (32 - Math.clz32(bytes - 1));
    this.#takenBytes += size;
    const kept = size > sizeMax ? undefined : this.#free[Math.clz32(size)]?.pop();
    if (kept === undefined) return newBytes(size);
    this.#keptBytes -= size;
    return kept;
  }

  give(slab: Uint8Array): void {
    const size = slab.length;
    this.#takenBytes -= size;
    assert(this.#takenBytes >= 0, 'a slab is given back once');
    if (size > sizeMax || this.#keptBytes + size > this.#keptBytesMax) return;
    (this.#free[Math.clz32(size)] ??= []).push(slab);
    this.#keptBytes += size;
  }
}
