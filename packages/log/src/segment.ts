/**
 * One segment: a stretch of batches in a file, and its indexes.
 *
 *   active --the next segment gets its first write--> closed
 *   active, closed --expired-->                       doomed   no reader finds it; who reads already goes on
 *   doomed --the last pin is released-->              gone     its files are closed and removed
 *   any --truncated away-->                           gone     at once: who still reads gets an error
 *
 * `size` and `end` tell what is written, `syncedSize` what survives a power cut; appends that wait for their write
 * belong to the writer.
 */
import { assert, Bytes, Offset, offsetAfter } from '@skerry/base';
import { batchBaseOffset, batchLastOffsetDelta } from '@skerry/wire';
import { CheckedBytes } from './checked-bytes.ts';
import type { FilePool, PooledFile } from './file-pool.ts';
import { segmentFile } from './names.ts';
import { newer } from './newer.ts';
import { SegmentIndex, type TimedOffset } from './segment-index.ts';
import { TransactionIndex } from './transaction-index.ts';

export class Segment {
  readonly base: Offset;
  readonly file: PooledFile;
  readonly index: SegmentIndex;
  readonly transactions: TransactionIndex;
  /** What of the file needs no check when it is read from memory. */
  readonly checked = new CheckedBytes();
  /**
   * The retention clock when the first batch came; undefined before, and after a start for all but the last segment.
   */
  openedMs: number | undefined;
  /** The retention clock when the last batch came, if that is known. */
  appendedMs: number | undefined;
  readonly #files: FilePool;
  #state: 'active' | 'closed' | 'doomed' | 'gone' = 'active';
  #size = Bytes(0);
  #end: Offset;
  #syncedSize = Bytes(0);
  #newest: TimedOffset | undefined;
  #newestKnown = true;
  #pins = 0;
  #cuts = 0;
  #whenGone: (() => void)[] = [];

  /** `path` is where its batches are as long as compaction has not given them their final name. */
  constructor(folder: string, base: Offset, files: FilePool, path: string = segmentFile(folder, base, 'log')) {
    this.base = base;
    this.#end = base;
    this.#files = files;
    this.file = files.file(path);
    this.index = new SegmentIndex(folder, base, files);
    this.transactions = new TransactionIndex(files.file(segmentFile(folder, base, 'txnindex')), files.disk);
  }

  get size(): Bytes {
    return this.#size;
  }

  /** The offset after the last one written. */
  get end(): Offset {
    return this.#end;
  }

  get syncedSize(): Bytes {
    return this.#syncedSize;
  }

  /** The newest time and where it is, if any; meaningful when {@link newestKnown}. */
  get newest(): TimedOffset | undefined {
    assert(this.#newestKnown, 'the newest time was looked up');
    return this.#newest;
  }

  get newestKnown(): boolean {
    return this.#newestKnown;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  get isDoomed(): boolean {
    return this.#state === 'doomed' || this.#state === 'gone';
  }

  /** Not so while compaction has it beside the files that it replaces; then its indexes have no files either. */
  get hasFinalName(): boolean {
    return !this.file.path.endsWith('.swap');
  }

  get isPinned(): boolean {
    return this.#pins > 0;
  }

  /** Grows when bytes are cut off: a reader that planned before must not read after. */
  get cuts(): number {
    return this.#cuts;
  }

  /** States what a file holds that was written in an earlier life: all of it safe. */
  resume(size: Bytes, end: Offset, newest: TimedOffset | 'unknown' | undefined): void {
    assert(end >= this.base, 'a segment ends after its base');
    this.#size = size;
    this.#syncedSize = size;
    this.checked.resume(size);
    this.#end = end;
    this.#newestKnown = newest !== 'unknown';
    this.#newest = newest === 'unknown' ? undefined : newest;
  }

  learnNewest(newest: TimedOffset | undefined): void {
    this.#newest = newest;
    this.#newestKnown = true;
  }

  /** Takes note of the batch in `bytes` from `at`, which was written, or found, at the end of the file. */
  wrote(bytes: Uint8Array, at: number, length: Bytes, indexInterval: number): void {
    const base = batchBaseOffset(bytes, at);
    assert(base >= this.#end, 'a batch comes after the one before');
    const lastOffset = offsetAfter(base, batchLastOffsetDelta(bytes, at));
    this.#newest = newer(this.newest, bytes, at);
    this.index.add(lastOffset, this.#size, indexInterval, this.#newest ?? { timestamp: -1, offset: lastOffset });
    this.#size = Bytes(this.#size + length);
    this.#end = offsetAfter(lastOffset, 1);
  }

  synced(size: Bytes): void {
    assert(size <= this.#size, 'only what was written is synced');
    if (size > this.#syncedSize) this.#syncedSize = size;
  }

  /** No batch comes after the last one: the time index gets its final entry. */
  close(): void {
    assert(this.#state === 'active', `a ${this.#state} segment is not closed`);
    this.#state = 'closed';
    if (!this.index.isUnread && this.newest !== undefined) this.index.addTime(this.newest);
  }

  /** Cuts the file at a batch's beginning. The indexes must be whole. */
  cut(size: Bytes, end: Offset, newest: TimedOffset | undefined): void {
    assert(!this.isDoomed && size <= this.#size && end <= this.#end, 'a cut makes shorter');
    const handle = this.file.handle();
    if (handle.size() > size) handle.truncate(size);
    this.#state = 'active';
    this.#cuts++;
    this.checked.cut(size);
    this.#size = size;
    this.#syncedSize = Bytes(Math.min(size, this.#syncedSize));
    this.#end = end;
    this.learnNewest(newest);
    this.index.cut(size, end);
    this.transactions.cut(end);
  }

  pin(): void {
    assert(!this.isDoomed, 'a doomed segment is not found');
    this.#pins++;
  }

  unpin(): void {
    assert(this.#pins > 0, 'a pin is released once');
    this.#pins--;
    if (this.#pins === 0 && this.#state === 'doomed') this.#remove();
  }

  /** Removes the files, once nobody reads them and no sync is under way, and then calls `gone`. */
  doom(gone?: () => void): void {
    assert(!this.isDoomed, 'a segment ends once');
    if (gone !== undefined) this.#whenGone.push(gone);
    this.#state = 'doomed';
    if (this.#pins === 0) this.#remove();
  }

  /**
   * Removes the files as soon as no call under way uses them, whoever has them pinned: their name is needed again.
   * Then calls `done`.
   */
  doomNow(done: () => void): void {
    assert(this.#state !== 'gone', 'a segment ends once');
    this.#state = 'gone';
    this.#cuts++;
    this.#remove(done);
  }

  /** Closes the files and keeps them: each as soon as no call under way uses it. */
  letGo(): void {
    for (const file of this.#allFiles) file.retire(() => {});
    this.index.forget();
  }

  #remove(done?: () => void): void {
    this.#state = 'gone';
    const files = this.#allFiles;
    let left = files.length;
    for (const file of files) {
      file.retire(() => {
        this.#files.disk.remove(file.path);
        left--;
        if (left > 0) return;
        this.index.forget();
        done?.();
        for (const gone of this.#whenGone.splice(0)) gone();
      });
    }
  }

  /** The log last: while it is there, a start finds the others and removes them with it. */
  get #allFiles(): readonly PooledFile[] {
    return [this.transactions.file, this.index.timesFile, this.index.offsetsFile, this.file];
  }
}
