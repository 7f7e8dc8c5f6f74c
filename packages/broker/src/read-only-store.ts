/**
 * A store in which nothing is written: what is changed through it is kept in memory, within a bound, and forgotten at
 * the end.
 */
import { type Clock, type Done, OperatingError, type Store, type StoreChange } from '@skerry/base';
import type { ReadOnlyOptions } from './read-only-disk.ts';

const defaultBytesMax = 64 * 1024 * 1024;
/** What a pair takes beside its bytes. */
const pairOverheadBytes = 100;

/** `store` may be missing: then it is empty. */
export function readOnlyStore(store: Store | undefined, { clock, bytesMax = defaultBytesMax }: ReadOnlyOptions): Store {
  return new ReadOnlyStore(store, clock, bytesMax);
}

class ReadOnlyStore implements Store {
  readonly #store: Store | undefined;
  readonly #clock: Clock;
  readonly #bytesMax: number;
  /** By the key as a text of one letter a byte: texts compare as the bytes do. */
  readonly #changed = new Map<string, StoreChange>();
  #bytes = 0;

  constructor(store: Store | undefined, clock: Clock, bytesMax: number) {
    this.#store = store;
    this.#clock = clock;
    this.#bytesMax = bytesMax;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const changed = this.#changed.get(textOf(key));
    return changed === undefined ? this.#store?.get(key) : changed.value?.slice();
  }

  *entries(from: Uint8Array, to: Uint8Array): Generator<readonly [Uint8Array, Uint8Array | undefined]> {
    const [start, end] = [textOf(from), textOf(to)];
    const over = [...this.#changed.keys()].filter((key) => key >= start && key < end).sort();
    let next = 0;
    const upTo = (limit: string | undefined): StoreChange[] => {
      const found: StoreChange[] = [];
      for (; next < over.length; next++) {
        const key = over[next] ?? '';
        if (limit !== undefined && key >= limit) break;
        const change = this.#changed.get(key);
        if (change?.value !== undefined) found.push(change);
      }
      return found;
    };
    for (const [key, value] of this.#store?.entries(from, to) ?? []) {
      const text = textOf(key);
      for (const change of upTo(text)) yield [change.key.slice(), change.value?.slice()];
      if (!this.#changed.has(text)) yield [key, value];
    }
    for (const change of upTo(undefined)) yield [change.key.slice(), change.value?.slice()];
  }

  commit(changes: readonly StoreChange[], done: Done): void {
    const bytes = changes.reduce((sum, change) => sum + sizeOf(change), 0);
    if (this.#bytes + bytes > this.#bytesMax) {
      const error = new OperatingError(
        'SKR_DISK_FULL',
        'write store: the node is read-only, and keeps no more in memory',
      );
      this.#clock.soon(() => done(error));
      return;
    }
    for (const { key, value } of changes) {
      const before = this.#changed.get(textOf(key));
      this.#bytes -= before === undefined ? 0 : sizeOf(before);
      const change = { key: key.slice(), value: value?.slice() };
      this.#changed.set(textOf(key), change);
      this.#bytes += sizeOf(change);
    }
    this.#clock.soon(() => done());
  }

  close(done: Done): void {
    if (this.#store === undefined) this.#clock.soon(() => done());
    else this.#store.close(done);
  }
}

const sizeOf = ({ key, value }: StoreChange): number => key.length + (value?.length ?? 0) + pairOverheadBytes;

function textOf(key: Uint8Array): string {
  let text = '';
  for (const byte of key) text += String.fromCharCode(byte);
  return text;
}
