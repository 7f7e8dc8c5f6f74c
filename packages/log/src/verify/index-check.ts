/**
 * Holds a segment's indexes against its batches, as they are walked through: each entry must be true. Entries that are
 * missing are no fault, since a search goes on in the log; but a transaction's end that is not in its index is.
 */
import { Bytes, type Disk, type Offset } from '@skerry/base';
import { batchLastOffset } from '@skerry/wire';
import { segmentFile } from '../names.ts';
import { newer } from '../newer.ts';
import type { AbortedTransaction } from '../producers.ts';
import type { TimedOffset } from '../segment-index.ts';
import {
  type AbortEntry,
  abortEntries,
  entryBytes,
  type IndexContent,
  type OffsetEntry,
  offsetEntries,
  type TimeEntry,
  timeEntries,
} from './index-files.ts';
import type { Found, Problem } from './problem.ts';

export class IndexCheck {
  readonly #base: Offset;
  readonly #files: { readonly index: string; readonly timeindex: string; readonly txnindex: string };
  readonly #offsets: readonly OffsetEntry[];
  readonly #times: readonly TimeEntry[];
  readonly #aborts: readonly AbortEntry[];
  readonly #problems: { readonly problem: Omit<Problem, 'remedy'>; readonly noticedAt: Offset }[] = [];
  readonly #ended: AbortedTransaction[] = [];
  #nextOffset = 0;
  #nextTime = 0;
  #newest: TimedOffset | undefined;

  constructor(disk: Disk, folder: string, base: Offset) {
    this.#base = base;
    this.#files = {
      index: segmentFile(folder, base, 'index'),
      timeindex: segmentFile(folder, base, 'timeindex'),
      txnindex: segmentFile(folder, base, 'txnindex'),
    };
    const { index, timeindex, txnindex } = this.#files;
    this.#offsets = this.#sorted(offsetEntries(disk, index), 'index', (a, b) => {
      return a.offset < b.offset && a.position < b.position;
    });
    this.#times = this.#sorted(timeEntries(disk, timeindex), 'timeindex', (a, b) => {
      return a.offset < b.offset && a.timestamp < b.timestamp;
    });
    this.#aborts = this.#sorted(abortEntries(disk, txnindex), 'txnindex', (a, b) => a.lastOffset < b.lastOffset);
  }

  /** The newest time of the batches so far. */
  get newest(): TimedOffset | undefined {
    return this.#newest;
  }

  /** Takes note of the next batch; `aborted` is the transaction that it ends, if it aborts one. */
  batch(bytes: Uint8Array, at: number, position: Bytes, aborted: AbortedTransaction | undefined): void {
    const last = batchLastOffset(bytes, at);
    this.#newest = newer(this.#newest, bytes, at);
    this.#offsetEntry(last, position);
    this.#timeEntry(last);
    if (aborted !== undefined) this.#ended.push(aborted);
  }

  /**
   * Tells what was wrong, once the segment ends at `end`. All below `safeEnd` was safe: what concerns batches beyond
   * it, the next start puts right.
   */
  end(end: Offset, safeEnd: Offset, found: Found): void {
    for (; this.#nextOffset < this.#offsets.length; this.#nextOffset++) {
      const entry = this.#offsets[this.#nextOffset];
      if (entry !== undefined) this.#wrong('index', this.#nextOffset, entry.offset, 'no batch is where it points', end);
    }
    for (; this.#nextTime < this.#times.length; this.#nextTime++) {
      const entry = this.#times[this.#nextTime];
      if (entry !== undefined) this.#wrong('timeindex', this.#nextTime, entry.offset, 'no batch has that offset', end);
    }
    this.#abortEntries(end);
    for (const { problem, noticedAt } of this.#problems)
      found({ ...problem, remedy: noticedAt <= safeEnd ? 'rebuild' : 'start' });
  }

  #offsetEntry(last: Offset, position: Bytes): void {
    const entry = this.#offsets[this.#nextOffset];
    if (entry === undefined || entry.position > position) return;
    if (entry.position < position || entry.offset !== last - this.#base) {
      const said = `it says offset ${this.#base + entry.offset} at byte ${entry.position}`;
      const told = `${said}, where no batch ends with that`;
      this.#wrong('index', this.#nextOffset, entry.offset, told, last);
    }
    this.#nextOffset++;
    if (entry.position < position) this.#offsetEntry(last, position);
  }

  #timeEntry(last: Offset): void {
    const entry = this.#times[this.#nextTime];
    if (entry === undefined || this.#base + entry.offset > last) return;
    const isTrue = entry.timestamp === this.#newest?.timestamp && this.#base + entry.offset === this.#newest.offset;
    if (!isTrue) {
      const told = `it says that time ${entry.timestamp} is the newest up to offset ${this.#base + entry.offset}`;
      this.#wrong('timeindex', this.#nextTime, entry.offset, `${told}, which is not so`, last);
    }
    this.#nextTime++;
    if (this.#base + entry.offset < last) this.#timeEntry(last);
  }

  #abortEntries(end: Offset): void {
    const known = new Map(this.#ended.map((entry) => [entry.lastOffset as number, entry]));
    for (const [i, entry] of this.#aborts.entries()) {
      const ended = known.get(entry.lastOffset);
      known.delete(entry.lastOffset);
      const isTrue = entry.version === 0 && ended?.producerId === entry.producerId;
      // Where it began may lie before the first batch that is left.
      if (isTrue && entry.firstOffset <= ended.firstOffset) continue;
      const what = `it says that producer ${entry.producerId} aborted a transaction at ${entry.lastOffset}`;
      this.#wrong('txnindex', i, entry.lastOffset - this.#base, `${what}, which the log does not`, end);
    }
    for (const { producerId, lastOffset } of known.values()) {
      const what = `the transaction that producer ${producerId} aborted at offset ${lastOffset} is missing`;
      this.#wrong('txnindex', this.#aborts.length, lastOffset - this.#base, what, lastOffset);
    }
  }

  /** The entries, if they are in order and whole. Out of order they tell nothing. */
  #sorted<Entry>(
    content: IndexContent<Entry> | undefined,
    kind: keyof typeof entryBytes,
    isBefore: (a: Entry, b: Entry) => boolean,
  ): readonly Entry[] {
    const { entries, restBytes } = content ?? { entries: [], restBytes: 0 };
    if (restBytes > 0) this.#wrong(kind, entries.length, 0, `${restBytes} bytes that are no whole entry`, this.#base);
    const wrong = entries.findIndex((entry, i) => {
      const before = entries[i - 1];
      return before !== undefined && !isBefore(before, entry);
    });
    if (wrong < 0) return entries;
    this.#wrong(kind, wrong, 0, 'its entries are out of order', this.#base);
    return [];
  }

  #wrong(kind: keyof typeof entryBytes, entry: number, relative: number, what: string, noticedAt: Offset): void {
    const position = entry * entryBytes[kind];
    const offset = this.#base + relative;
    this.#problems.push({ problem: { file: this.#files[kind], position, offset, what }, noticedAt });
  }
}
