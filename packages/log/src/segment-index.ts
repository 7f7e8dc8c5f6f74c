/**
 * Where in a segment an offset or a time is found: Kafka's `.index` and `.timeindex`.
 *
 * - `.index`: (last offset of a batch less the segment's base, its position), of a batch that begins more than an
 *   interval after the last one with an entry. So an entry depends on the log alone, and an index made anew equals
 *   the first.
 * - `.timeindex`: (newest timestamp so far, last offset of the batch that holds it less the base), one with each of
 *   those, if newer than the last, and one when the segment is closed: its last entry is the newest timestamp of the
 *   segment.
 */
import { assert, Bytes, Offset } from '@skerry/base';
import { DamageError } from './damage.ts';
import type { FilePool, PooledFile } from './file-pool.ts';
import { IndexTable } from './index-table.ts';
import { segmentFile } from './names.ts';
import { logLimits } from './settings.ts';

/** A time, and the last offset of the batch that holds it. */
export interface TimedOffset {
  readonly timestamp: number;
  readonly offset: Offset;
}

const offsetEntry = { bytes: 8, offset: 0, position: 4 } as const;
const timeEntry = { bytes: 12, timestamp: 0, offset: 8 } as const;

/** 0 if it cannot be opened: then it cannot be read either, and is made anew. */
function sizeOf(file: PooledFile): number {
  try {
    return file.size();
  } catch (error) {
    if (error instanceof DamageError) return 0;
    throw error;
  }
}

export class SegmentIndex {
  readonly #base: Offset;
  readonly #files: FilePool;
  readonly offsetsFile: PooledFile;
  readonly timesFile: PooledFile;
  readonly #offsets: IndexTable;
  readonly #times: IndexTable;
  /** How many entries of the files are believed when they are read first; all of them without one. */
  #filedMax: { readonly offsets: number; readonly times: number } | undefined;
  #lastPosition = 0;
  #lastTimestamp = -1;

  constructor(folder: string, base: Offset, files: FilePool) {
    this.#base = base;
    this.#files = files;
    this.offsetsFile = files.file(segmentFile(folder, base, 'index'));
    this.timesFile = files.file(segmentFile(folder, base, 'timeindex'));
    this.#offsets = new IndexTable(offsetEntry.bytes, files.indexes);
    this.#times = new IndexTable(timeEntry.bytes, files.indexes);
  }

  get isUnread(): boolean {
    return this.#offsets.isUnread;
  }

  get isWhole(): boolean {
    return this.#offsets.isWhole && this.#times.isWhole;
  }

  /** Whether its files have reached `bytesMax`, with room for the entry of the segment's end. */
  isFull(bytesMax: number): boolean {
    return (
      (this.#offsets.count + 1) * offsetEntry.bytes > bytesMax || (this.#times.count + 2) * timeEntry.bytes > bytesMax
    );
  }

  /** Entries in the files, by number; undefined before they are read. */
  get filed(): { readonly offsets: number; readonly times: number } | undefined {
    if (this.#offsets.isUnread || this.#times.isUnread) return this.#filedMax;
    return {
      offsets: this.#offsets.count - this.#offsets.unfiled,
      times: this.#times.count - this.#times.unfiled,
    };
  }

  /** A crash may have left anything behind the first entries of the files; −1 is none of them. */
  believe(filed: { readonly offsets: number; readonly times: number } | undefined): void {
    assert(this.isUnread, 'said before the files are read');
    this.#filedMax = filed;
  }

  /** Starts without entries: the segment is new, or its index is to be made again. */
  clear(): void {
    this.#filedMax = undefined;
    this.#offsets.clear();
    this.#times.clear();
    this.#noteLast();
  }

  /**
   * Takes note of a batch at `position` whose last offset is `lastOffset`; `newest` is the newest time so far, it
   * included.
   */
  add(lastOffset: Offset, position: number, interval: number, newest: TimedOffset): void {
    if (position - this.#lastPosition <= interval) return;
    const entry = this.#offsets.add();
    this.#offsets.setInt32(entry, offsetEntry.offset, lastOffset - this.#base);
    this.#offsets.setInt32(entry, offsetEntry.position, position);
    this.#lastPosition = position;
    this.addTime(newest);
  }

  /** The time alone: with an entry of the offsets, and at the segment's end. */
  addTime(newest: TimedOffset): void {
    if (newest.timestamp <= this.#lastTimestamp) return;
    const entry = this.#times.add();
    this.#times.setInt64(entry, timeEntry.timestamp, newest.timestamp);
    this.#times.setInt32(entry, timeEntry.offset, newest.offset - this.#base);
    this.#lastTimestamp = newest.timestamp;
  }

  /**
   * A position at or before the batch with `offset`, as near as the index knows; undefined if that part must be read
   * first.
   */
  positionBefore(offset: Offset): Bytes | undefined {
    const { count, firstInMemory } = this.#offsets;
    const relative = offset - this.#base;
    // An entry names the last offset of its batch, so the batch with `offset` may be that of the first entry at or
    // after it.
    let [low, high] = [firstInMemory, count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets.int32(middle, offsetEntry.offset) <= relative) low = middle + 1;
      else high = middle;
    }
    if (low === firstInMemory && firstInMemory > 0) return undefined;
    this.#offsets.touch();
    return Bytes(low === 0 ? 0 : this.#offsets.int32(low - 1, offsetEntry.position));
  }

  /** The last entry older than `timestamp`; none if there is none. Only when whole. */
  timeBefore(timestamp: number): TimedOffset | undefined {
    assert(this.#times.isWhole, 'times are searched in a whole index');
    let [low, high] = [0, this.#times.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times.int64(middle, timeEntry.timestamp) < timestamp) low = middle + 1;
      else high = middle;
    }
    this.#times.touch();
    return low === 0 ? undefined : this.#time(low - 1);
  }

  /** The last entry before byte `end`, and the newest time up to there, its own batch included. Only when whole. */
  newestBefore(end: Bytes): { readonly position: Bytes; readonly newest: TimedOffset | undefined } {
    assert(this.isWhole, 'times are searched in a whole index');
    let entry = this.#offsets.count - 1;
    while (entry >= 0 && this.#offsets.int32(entry, offsetEntry.position) >= end) entry--;
    if (entry < 0) return { position: Bytes(0), newest: undefined };
    const last = this.#base + this.#offsets.int32(entry, offsetEntry.offset);
    let time = this.#times.count - 1;
    while (time >= 0 && this.#base + this.#times.int32(time, timeEntry.offset) > last) time--;
    return {
      position: Bytes(this.#offsets.int32(entry, offsetEntry.position)),
      newest: time < 0 ? undefined : this.#time(time),
    };
  }

  /** Forgets what lies at or after `position` and `offset`. */
  cut(position: Bytes, offset: Offset): void {
    assert(this.isWhole, 'only a whole index is cut');
    let offsets = this.#offsets.count;
    while (offsets > 0 && this.#offsets.int32(offsets - 1, offsetEntry.position) >= position) offsets--;
    let times = this.#times.count;
    while (times > 0 && this.#time(times - 1).offset >= offset) times--;
    const inFile = [this.#offsets.cut(offsets), this.#times.cut(times)];
    this.#noteLast();
    if (inFile.includes(true)) this.fileNow(0);
  }

  /**
   * Writes entries that the files lack, if they come to `bytesMin`. Times first: an entry of the offsets promises
   * that the newest time up to there is known.
   */
  fileNow(bytesMin: number): void {
    if (this.#offsets.unfiled * offsetEntry.bytes < bytesMin) return;
    this.#times.fileNow(this.timesFile.handle(true));
    this.#offsets.fileNow(this.offsetsFile.handle(true));
  }

  get wantsFiling(): boolean {
    return this.#offsets.unfiled * offsetEntry.bytes >= logLimits.indexWriteBytes;
  }

  /** Reads both files now. False if they are missing or cannot be right for a log of `logBytes`. */
  loadNow(logBytes: Bytes): boolean {
    try {
      return this.#loadNow(logBytes);
    } catch (error) {
      // It is made anew.
      if (error instanceof DamageError) return false;
      throw error;
    }
  }

  #loadNow(logBytes: Bytes): boolean {
    for (const [file, table] of this.#both()) {
      if (!file.isOpen && !this.#files.disk.exists(file.path)) return false;
      const bytes = new Uint8Array(file.size());
      if (file.readNow(bytes, Bytes(0)) < bytes.length || !this.#accept(table, bytes)) return false;
    }
    return this.#isPlausible(logBytes);
  }

  /** The same through the pool. What was read while `isCurrent` ceased to hold is not taken. */
  load(logBytes: Bytes, isCurrent: () => boolean, done: (error: Error | undefined, good: boolean) => void): void {
    const left = [...this.#both()];
    const next = (): void => {
      const pair = left.pop();
      if (pair === undefined) {
        const isThere = isCurrent() && !this.#offsets.isUnread && !this.#times.isUnread;
        const good = isThere && this.#isPlausible(logBytes);
        if (isThere && !good) this.forget();
        done(undefined, good);
        return;
      }
      const [file, table] = pair;
      if (!file.isOpen && !this.#files.disk.exists(file.path)) {
        done(undefined, false);
        return;
      }
      const bytes = new Uint8Array(sizeOf(file));
      file.read(bytes, Bytes(0), (error, count) => {
        if (error instanceof DamageError) done(undefined, false);
        else if (error !== undefined || !isCurrent()) done(error, false);
        else if (count < bytes.length || !this.#accept(table, bytes)) done(undefined, false);
        else next();
      });
    };
    next();
  }

  /** Frees the memory: the segment is gone, or its log closed. */
  forget(): void {
    for (const [, table] of this.#both()) table.forget();
  }

  #both(): readonly (readonly [PooledFile, IndexTable])[] {
    return [
      [this.offsetsFile, this.#offsets],
      [this.timesFile, this.#times],
    ];
  }

  #accept(table: IndexTable, bytes: Uint8Array): boolean {
    const most = table === this.#offsets ? this.#filedMax?.offsets : this.#filedMax?.times;
    const entries = table.isUnread ? most : table.count - table.unfiled;
    const length = entries === undefined ? bytes.length : entries * table.entryBytes;
    if (length % table.entryBytes !== 0 || length < 0 || length > bytes.length) return false;
    table.loaded(bytes.subarray(0, length));
    return true;
  }

  /**
   * Positions and times grow, offsets with them, and no position lies outside the log. What they point at is checked
   * by who reads there.
   */
  #isPlausible(logBytes: Bytes): boolean {
    let [offset, position] = [-1, 0];
    for (let i = 0; i < this.#offsets.count; i++) {
      const [nextOffset, nextPosition] = [this.#offsets.int32(i, 0), this.#offsets.int32(i, offsetEntry.position)];
      if (nextOffset <= offset || nextPosition <= position || nextPosition >= logBytes) return false;
      [offset, position] = [nextOffset, nextPosition];
    }
    let timestamp = -1;
    offset = -1;
    for (let i = 0; i < this.#times.count; i++) {
      const [nextTime, nextOffset] = [this.#times.int64(i, 0), this.#times.int32(i, timeEntry.offset)];
      if (nextTime <= timestamp || nextOffset <= offset) return false;
      [timestamp, offset] = [nextTime, nextOffset];
    }
    this.#noteLast();
    return true;
  }

  #noteLast(): void {
    const [offsets, times] = [this.#offsets.count, this.#times.count];
    this.#lastPosition = offsets === 0 ? 0 : this.#offsets.int32(offsets - 1, offsetEntry.position);
    this.#lastTimestamp = times === 0 ? -1 : this.#times.int64(times - 1, timeEntry.timestamp);
  }

  #time(entry: number): TimedOffset {
    const offset = Offset(this.#base + this.#times.int32(entry, timeEntry.offset));
    return { timestamp: this.#times.int64(entry, timeEntry.timestamp), offset };
  }
}
