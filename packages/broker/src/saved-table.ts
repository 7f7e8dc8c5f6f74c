import { crc32c, type Done, newBytes, Offset, OperatingError, type Store, type StoreChange } from '@skerry/base';

/** Store keys: a row, and the mark that says up to which offset the rows hold the log. */
const rowKind = 0x72;
const markKind = 0x61;
const markBytes = 24;
const sumEnd = 2 ** 48;
const noBytes = new Uint8Array(0);

/** What a start finds of a table. */
export type FoundTable =
  | {
      readonly kind: 'whole';
      readonly applied: Offset;
      readonly rows: readonly (readonly [key: Uint8Array, value: Uint8Array])[];
    }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly why: string };

/**
 * A table as the store holds it: rows, and a mark with the offset up to which they hold the log, how many they are and
 * the sum of their checksums.
 *
 * The mark changes in the same transaction as the rows. So a row that is damaged shows, and so does one that is
 * missing because LMDB, which has no checksums, was led astray by a flipped bit: such a table is never believed.
 */
export class SavedTable {
  readonly #store: Store;
  readonly #prefix: Uint8Array;
  readonly #dirty = new Map<string, StoreChange>();
  /** Rows that were damaged when they were read, which no sum has. */
  readonly #damaged = new Set<string>();
  /** As of the last commit. */
  #count = 0;
  #sum = 0;

  constructor(store: Store, prefix: Uint8Array) {
    this.#store = store;
    this.#prefix = prefix;
  }

  get dirtyRows(): number {
    return this.#dirty.size;
  }

  get hasNews(): boolean {
    return this.#dirty.size > 0;
  }

  /** Reads the table of a log that ends at `logEnd`. One that is of no use is thrown away with the next commit. */
  read(logEnd: Offset): FoundTable {
    const rows: (readonly [Uint8Array, Uint8Array])[] = [];
    const keys: Uint8Array[] = [];
    for (const [key, value] of this.#store.entries(this.#key(rowKind), this.#key(rowKind + 1))) {
      keys.push(key);
      if (value === undefined) this.#damaged.add(keyText(key));
      else {
        rows.push([key.subarray(this.#prefix.length + 1), value]);
        this.#sum = plus(this.#sum, checksum(key, value));
      }
    }
    this.#count = keys.length;
    const mark = this.#readMark();
    if (mark === undefined && keys.length === 0) return { kind: 'none' };
    const why = this.#fault(mark, logEnd);
    if (why === undefined && mark !== undefined) return { kind: 'whole', applied: mark.applied, rows };
    for (const key of keys) this.#dirty.set(keyText(key), { key, value: undefined });
    return { kind: 'unusable', why: why ?? '' };
  }

  #fault(mark: Mark | undefined, logEnd: Offset): string | undefined {
    if (this.#damaged.size > 0) return `${this.#damaged.size} rows are damaged`;
    if (mark === undefined) return 'its mark is missing or damaged';
    if (mark.applied > logEnd) return `it holds offset ${mark.applied} of a log that ends at ${logEnd}`;
    return mark.count === this.#count && mark.sum === this.#sum ? undefined : 'rows are missing';
  }

  /** Takes note of changed rows; keys are relative to the prefix. */
  change(changes: readonly StoreChange[]): void {
    for (const { key, value } of changes) {
      const full = this.#key(rowKind, key);
      this.#dirty.set(keyText(full), { key: full, value });
    }
  }

  /** Commits what has changed, with the mark. What could not be kept is still owed, unless it has changed again. */
  commit(applied: Offset, done: Done): void {
    const changes = new Map(this.#dirty);
    this.#dirty.clear();
    let [count, sum] = [this.#count, this.#sum];
    for (const [text, { key, value }] of changes) {
      const old = this.#stored(key);
      if (old !== undefined) count--;
      // Damaged since it was counted: what to take away is not known, and the next start makes the table anew.
      if (old === 'damaged' && !this.#damaged.has(text)) sum = Number.NaN;
      else if (old !== undefined && old !== 'damaged') sum = plus(sum, -checksum(key, old));
      if (value === undefined) continue;
      count++;
      sum = plus(sum, checksum(key, value));
    }
    this.#store.commit([...changes.values(), this.#mark({ applied, count, sum })], (error) => {
      if (error === undefined) {
        [this.#count, this.#sum] = [count, sum];
        for (const text of changes.keys()) this.#damaged.delete(text);
      } else for (const [text, change] of changes) if (!this.#dirty.has(text)) this.#dirty.set(text, change);
      done(error);
    });
  }

  #stored(key: Uint8Array): Uint8Array | 'damaged' | undefined {
    try {
      return this.#store.get(key);
    } catch (error) {
      if (error instanceof OperatingError && error.code === 'SKR_DATA_CORRUPT') return 'damaged';
      throw error;
    }
  }

  #readMark(): Mark | undefined {
    const value = this.#stored(this.#key(markKind));
    if (value === undefined || value === 'damaged' || value.length !== markBytes) return undefined;
    const view = new DataView(value.buffer, value.byteOffset, markBytes);
    return { applied: Offset(view.getFloat64(0)), count: view.getFloat64(8), sum: view.getFloat64(16) };
  }

  #mark({ applied, count, sum }: Mark): StoreChange {
    const view = new DataView(new ArrayBuffer(markBytes));
    view.setFloat64(0, applied);
    view.setFloat64(8, count);
    view.setFloat64(16, sum);
    return { key: this.#key(markKind), value: new Uint8Array(view.buffer) };
  }

  #key(kind: number, rest: Uint8Array = noBytes): Uint8Array {
    const key = newBytes(this.#prefix.length + 1 + rest.length);
    key.set(this.#prefix);
    key[this.#prefix.length] = kind;
    key.set(rest, this.#prefix.length + 1);
    return key;
  }
}

interface Mark {
  readonly applied: Offset;
  readonly count: number;
  readonly sum: number;
}

const checksum = (key: Uint8Array, value: Uint8Array): number => crc32c(value, 0, value.length, crc32c(key));

/** Sums wrap where numbers cease to be exact. */
const plus = (sum: number, more: number): number => (sum + more + sumEnd) % sumEnd;

/** A key as a map wants it: one code unit a byte. */
function keyText(key: Uint8Array): string {
  return String.fromCharCode.apply(null, key as unknown as number[]);
}
