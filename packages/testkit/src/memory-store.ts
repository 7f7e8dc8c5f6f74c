/**
 * A key-value table in memory. Commits take virtual time, one after the other; until one is called back its changes can
 * neither be read nor are they sure to survive {@link MemoryStore.crash}.
 */
import { assert, type Clock, type Done, OperatingError, type Store, type StoreChange } from '@skerry/base';
import type { FaultEffect } from './disk-faults.ts';
import type { SeededRandom } from './seeded-random.ts';

/** As in the store on LMDB. */
const keyBytesMax = 1900;

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
}

interface UnderWay {
  readonly changes: readonly StoreChange[];
  readonly done: Done;
}

export class MemoryStore implements Store {
  /** How many commits were asked for. */
  commits = 0;
  readonly #options: MemoryStoreOptions;
  /** By the key as a text of one letter a byte: texts compare as the bytes do. */
  readonly #pairs: Map<string, Pair>;
  /** The keys of #pairs in order, until one is added or removed. */
  #ordered: readonly string[] | undefined;
  #underWay: UnderWay[] = [];
  #failures = 0;
  #failure: 'SKR_STORE_FAILED' | 'SKR_DISK_FULL' = 'SKR_STORE_FAILED';
  /** Keys whose value no longer matches its checksum. */
  readonly #damaged: Set<string>;
  #closing: Done | undefined;
  #dead = false;

  constructor(options: MemoryStoreOptions, pairs = new Map<string, Pair>(), damaged = new Set<string>()) {
    this.#options = options;
    this.#pairs = pairs;
    this.#damaged = damaged;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    assertKey(key);
    if (this.#damaged.has(text(key)))
      throw new OperatingError('SKR_DATA_CORRUPT', 'a value does not match its checksum (simulated)');
    return this.#pairs.get(text(key))?.value.slice();
  }

  *entries(from: Uint8Array, to: Uint8Array): Generator<readonly [Uint8Array, Uint8Array | undefined]> {
    this.#assertOpen();
    this.#ordered ??= [...this.#pairs.keys()].sort();
    const start = text(from);
    const end = text(to);
    // Taken now: what is committed while the caller looks must not show.
    const found = this.#ordered.filter((key) => key >= start && key < end).map((key) => this.#pairs.get(key));
    const damaged = new Set(this.#damaged);
    for (const pair of found) {
      if (pair !== undefined) yield [pair.key.slice(), damaged.has(text(pair.key)) ? undefined : pair.value.slice()];
    }
  }

  commit(changes: readonly StoreChange[], done: Done): void {
    this.#assertOpen();
    this.commits++;
    const copied = changes.map(({ key, value }) => {
      assertKey(key);
      return { key: key.slice(), value: value?.slice() };
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
    this.#ordered = undefined;
    for (const { key, value } of changes) {
      this.#damaged.delete(text(key));
      if (value === undefined) this.#pairs.delete(text(key));
      else this.#pairs.set(text(key), { key, value });
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
    assert(this.#pairs.has(text(key)), 'what is damaged is there');
    this.#damaged.add(text(key));
  }

  /** The table as the next process finds it, after a crash or a close. */
  crash(): MemoryStore {
    this.#dead = true;
    const left = new MemoryStore(this.#options, new Map(this.#pairs), new Set(this.#damaged));
    if (this.#underWay.length > 0) this.#options.effect?.('crash during a store commit');
    const survive = this.#options.random?.below(this.#underWay.length + 1) ?? 0;
    for (const { changes } of this.#underWay.slice(0, survive)) left.#apply(changes);
    return left;
  }

  #assertOpen(): void {
    assert(!this.#dead && this.#closing === undefined, 'this store is closed: use the one that crash() gave');
  }
}

function text(key: Uint8Array): string {
  return String.fromCharCode(...key);
}

function assertKey(key: Uint8Array): void {
  assert(key.length > 0 && key.length <= keyBytesMax, `a key takes 1 to ${keyBytesMax} bytes`);
}
