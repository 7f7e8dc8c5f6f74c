/**
 * A key-value table in memory. Commits take virtual time, one after the other; until one is called back its changes can
 * neither be read nor are they sure to survive {@link MemoryStore.crash}.
 */
import { assert, type Clock, copyOf, type Done, OperatingError, type Store, type StoreChange } from '@skerry/base';
import type { FaultEffect } from './disk-faults.ts';
import type { SeededRandom } from './seeded-random.ts';

/** As in the store on LMDB. */
const keyBytesMax = 1900;
const keyLengths = `a key takes 1 to ${keyBytesMax} bytes`;

export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Decides how many of the commits under way a crash leaves done; without it, none. */
  readonly random?: SeededRandom;
  readonly effect?: (what: FaultEffect) => void;
  /** What a commit takes. */
  readonly commitMs?: number;
}

interface Pair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** The value no longer matches its checksum. */
  readonly damaged: boolean;
}

interface UnderWay {
  readonly changes: readonly StoreChange[];
  readonly done: Done;
}

export class MemoryStore implements Store {
  /** How many commits were asked for. */
  commits = 0;
  readonly #options: MemoryStoreOptions;
  /** In the order of their keys. */
  readonly #pairs: Pair[];
  #underWay: UnderWay[] = [];
  #failures = 0;
  #failure: 'SKR_STORE_FAILED' | 'SKR_DISK_FULL' = 'SKR_STORE_FAILED';
  #closing: Done | undefined;
  #dead = false;

  /** `pairs` are in the order of their keys, and the store's from now on. */
  constructor(options: MemoryStoreOptions, pairs: Pair[] = []) {
    this.#options = options;
    this.#pairs = pairs;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    assertKey(key);
    const pair = this.#pairAt(this.#place(key), key);
    if (pair?.damaged === true)
      throw new OperatingError('SKR_DATA_CORRUPT', 'a value does not match its checksum (simulated)');
    return pair === undefined ? undefined : copyOf(pair.value);
  }

  /** What is committed while the caller looks does not show: all are taken now. */
  entries(from: Uint8Array, to: Uint8Array): Iterable<readonly [Uint8Array, Uint8Array | undefined]> {
    this.#assertOpen();
    const found = this.#pairs.slice(this.#place(from), this.#place(to));
    return found.map(({ key, value, damaged }) => [copyOf(key), damaged ? undefined : copyOf(value)] as const);
  }

  /** Where `key` is, or would be. */
  #place(key: Uint8Array): number {
    let low = 0;
    let high = this.#pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const pair = this.#pairs[middle];
      if (pair !== undefined && compare(pair.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #pairAt(place: number, key: Uint8Array): Pair | undefined {
    const pair = this.#pairs[place];
    return pair !== undefined && compare(pair.key, key) === 0 ? pair : undefined;
  }

  commit(changes: readonly StoreChange[], done: Done): void {
    this.#assertOpen();
    this.commits++;
    const copied = changes.map(({ key, value }) => {
      assertKey(key);
      return { key: copyOf(key), value: value === undefined ? undefined : copyOf(value) };
    });
    if (this.#underWay.push({ changes: copied, done }) === 1) this.#next();
  }

  #next(): void {
    this.#options.clock.after(this.#options.commitMs ?? 2, () => {
      if (this.#dead) return;
      const first = this.#underWay.shift();
      assert(first !== undefined, 'a commit under way is the first of the queue');
      const failed = this.#failures > 0;
      if (failed) {
        this.#failures--;
        this.#options.effect?.('failed store commit');
      } else this.#apply(first.changes);
      if (this.#underWay.length > 0) this.#next();
      else this.#closed();
      first.done(failed ? new OperatingError(this.#failure, 'write (simulated)') : undefined);
    });
  }

  #apply(changes: readonly StoreChange[]): void {
    for (const { key, value } of changes) {
      const place = this.#place(key);
      const known = this.#pairAt(place, key) === undefined ? 0 : 1;
      if (value === undefined) this.#pairs.splice(place, known);
      else if (known === 1) this.#pairs[place] = { key, value, damaged: false };
      else this.#pairs.splice(place, 0, { key, value, damaged: false });
    }
  }

  close(done: Done): void {
    this.#assertOpen();
    this.#closing = done;
    if (this.#underWay.length === 0) this.#closed();
  }

  #closed(): void {
    const done = this.#closing;
    if (done === undefined) return;
    this.#options.clock.soon(() => {
      if (this.#dead) return;
      this.#dead = true;
      done();
    });
  }

  /** Fails the next `times` commits whole; 0 makes the store well again. */
  failCommits(times: number, code: 'SKR_STORE_FAILED' | 'SKR_DISK_FULL' = 'SKR_STORE_FAILED'): void {
    this.#failures = times;
    this.#failure = code;
  }

  /** Flips a bit in the value of `key`, which its checksum then shows, until it is written again. */
  damage(key: Uint8Array): void {
    const place = this.#place(key);
    const pair = this.#pairAt(place, key);
    assert(pair !== undefined, 'what is damaged is there');
    this.#pairs[place] = { ...pair, damaged: true };
  }

  /** The table as the next process finds it, after a crash or a close. */
  crash(): MemoryStore {
    this.#dead = true;
    const left = new MemoryStore(this.#options, [...this.#pairs]);
    if (this.#underWay.length > 0) this.#options.effect?.('crash during a store commit');
    const survive = this.#options.random?.below(this.#underWay.length + 1) ?? 0;
    for (const { changes } of this.#underWay.slice(0, survive)) left.#apply(changes);
    return left;
  }

  #assertOpen(): void {
    assert(!this.#dead && this.#closing === undefined, 'this store is closed: use the one that crash() gave');
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function assertKey(key: Uint8Array): void {
  assert(key.length > 0 && key.length <= keyBytesMax, keyLengths);
}
