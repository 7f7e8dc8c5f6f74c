/**
 * The entries of one index file: sorted, of fixed size, and never trusted without a check, since they can be made
 * anew from the log.
 *
 *   unread --load, clear-->   whole     every entry is in memory
 *   whole  --evict-->         partial   those not yet in the file, and what is added later
 *   partial --load-->         whole
 *
 * Entries reach the file late ({@link IndexTable.fileNow}); what a crash takes is added again by recovery.
 */
import { assert, Bytes, type DiskFile } from '@skerry/base';
import type { Cached, IndexCache } from './index-cache.ts';

const capacityMin = 256;
/** Shared by all tables without entries: most logs are idle. */
const noBytes = new Uint8Array(0);
const noView = new DataView(noBytes.buffer);

export class IndexTable implements Cached {
  readonly entryBytes: number;
  readonly #cache: IndexCache;
  #bytes = noBytes;
  #view = noView;
  /** Number of the first entry in memory. */
  #first = 0;
  #count = 0;
  #filed = 0;
  #state: 'unread' | 'partial' | 'whole' = 'unread';

  constructor(entryBytes: number, cache: IndexCache) {
    this.entryBytes = entryBytes;
    this.#cache = cache;
  }

  get count(): number {
    assert(this.#state !== 'unread', 'an index is read before it is counted');
    return this.#count;
  }

  /** Entries that are not in the file. */
  get unfiled(): number {
    return this.#count - this.#filed;
  }

  get isUnread(): boolean {
    return this.#state === 'unread';
  }

  get isWhole(): boolean {
    return this.#state === 'whole';
  }

  /** Number of the first entry that {@link int32} and {@link int64} can read. */
  get firstInMemory(): number {
    return this.#first;
  }

  get evictableBytes(): number {
    return this.#state === 'unread' ? 0 : (this.#filed - this.#first) * this.entryBytes;
  }

  /** Says that the file, if there is one, is not to be believed: there are no entries. */
  clear(): void {
    this.#become('whole', 0);
    this.#filed = 0;
  }

  /** Takes `bytes`, the file's whole content, as the entries. */
  loaded(bytes: Uint8Array): void {
    assert(bytes.length % this.entryBytes === 0, 'an index file holds whole entries');
    assert(
      this.#state === 'unread' || bytes.length === this.#filed * this.entryBytes,
      'the file holds what was written',
    );
    const late =
      this.#state === 'unread'
        ? new Uint8Array(0)
        : this.#bytes.slice((this.#filed - this.#first) * this.entryBytes, this.#used());
    const filed = bytes.length / this.entryBytes;
    this.#become('whole', 0);
    this.#filed = filed;
    this.#reserve(bytes.length + late.length);
    this.#bytes.set(bytes);
    this.#bytes.set(late, bytes.length);
    this.#count = filed + late.length / this.entryBytes;
    this.#cache.used(this);
  }

  /** Room for one more entry; its fields are then set by {@link setInt32} and {@link setInt64}. */
  add(): number {
    assert(this.#state !== 'unread', 'an index is read before it grows');
    this.#reserve(this.#used() + this.entryBytes);
    return this.#count++;
  }

  int32(entry: number, field: number): number {
    return this.#view.getInt32(this.#at(entry) + field);
  }

  int64(entry: number, field: number): number {
    const at = this.#at(entry) + field;
    return this.#view.getInt32(at) * 2 ** 32 + this.#view.getUint32(at + 4);
  }

  setInt32(entry: number, field: number, value: number): void {
    this.#view.setInt32(this.#at(entry) + field, value);
  }

  setInt64(entry: number, field: number, value: number): void {
    const at = this.#at(entry) + field;
    this.#view.setInt32(at, Math.floor(value / 2 ** 32));
    this.#view.setUint32(at + 4, value >>> 0);
  }

  /** Forgets the entries from number `count` on. Returns whether the file must be cut as well. */
  cut(count: number): boolean {
    assert(this.#state === 'whole' && count <= this.#count, 'only a whole index is cut');
    this.#count = count;
    const inFile = this.#filed > count;
    if (inFile) this.#filed = count;
    this.#cache.used(this);
    return inFile;
  }

  /** Writes what the file lacks. */
  fileNow(file: DiskFile): void {
    const from = (this.#filed - this.#first) * this.entryBytes;
    if (this.#filed * this.entryBytes < file.size()) file.truncate(Bytes(this.#filed * this.entryBytes));
    if (this.#filed < this.#count) {
      file.writeNow([this.#bytes.subarray(from, this.#used())], Bytes(this.#filed * this.entryBytes));
      this.#filed = this.#count;
    }
    this.#cache.used(this);
  }

  /** Notes that the entries were looked at. */
  touch(): void {
    this.#cache.used(this);
  }

  evict(): void {
    assert(this.#state !== 'unread', 'what was never read has nothing to evict');
    const late = this.#bytes.slice((this.#filed - this.#first) * this.entryBytes, this.#used());
    const [count, filed] = [this.#count, this.#filed];
    this.#become('partial', filed);
    this.#filed = filed;
    this.#count = count;
    this.#bytes = late;
    this.#view = new DataView(late.buffer);
  }

  /** Gives the memory back: the segment is gone. */
  forget(): void {
    this.#cache.forget(this);
    this.#become('unread', 0);
    this.#filed = 0;
  }

  #become(state: 'unread' | 'partial' | 'whole', first: number): void {
    assert(state !== 'partial' || this.#state !== 'unread', 'an unread index cannot be partial');
    this.#state = state;
    this.#first = first;
    this.#count = first;
    this.#bytes = noBytes;
    this.#view = noView;
  }

  #used(): number {
    return (this.#count - this.#first) * this.entryBytes;
  }

  #at(entry: number): number {
    assert(entry >= this.#first && entry < this.#count, 'an index entry that is in memory');
    return (entry - this.#first) * this.entryBytes;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(capacityMin, bytes, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#used()));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
