/**
 * The journal that an earlier process left, read and checked.
 *
 * It ends at the first batch that is not whole. That is what a power cut leaves of a batch whose sync never ended, so
 * nobody was told of it. But if one behind it names a later predecessor than the last whole one, acknowledged bytes
 * are damaged: SKR_DATA_CORRUPT. The last batch cannot be told from a torn one.
 */
import { Bytes, type DiskFile, OperatingError, utf8Decode } from '@skerry/base';
import {
  type BatchHeader,
  batchHeaderBytes,
  blockBytes,
  type EntryKind,
  entryHeaderBytes,
  entryIsWhole,
  entryLength,
  padded,
  readBatchHeader,
  readEntryHeader,
} from './format.ts';
import { journalFile } from './journal-files.ts';
import { journalLimits } from './limits.ts';
import type { ReplayOptions } from './replay.ts';

export interface FoundEntry {
  readonly kind: EntryKind;
  readonly path: string;
  readonly at: number;
  /** Valid until the next entry is asked for. */
  readonly data: Uint8Array;
}

export interface FoundJournal {
  /**
   * Files that are there, in the order in which they must be emptied: also those that are empty already, since a
   * process that was killed may not have got to sync that.
   */
  readonly files: readonly string[];
  /** All that counts, in order; throws where acknowledged bytes are damaged. May be asked for again. */
  readonly entries: () => Iterable<FoundEntry>;
  readonly close: () => void;
}

type Predecessor = Pick<BatchHeader, 'generation' | 'nonce' | 'sequence'>;

interface FoundBatch {
  readonly header: BatchHeader;
  readonly entries: readonly FoundEntry[];
  /** Paths of entries that are not as they were written; '' where not even that can be read. */
  readonly bad: readonly string[];
  /** Where the next one is. */
  readonly end: number;
}

/** From one batch to the next. */
interface Step {
  readonly batch: FoundBatch | undefined;
  readonly position: number;
  readonly last: Predecessor;
}

/** A batch behind one that is not whole. */
interface Later {
  readonly header: BatchHeader;
  readonly position: number;
}

/** A search for one, and what it found. */
interface Search {
  readonly from: number;
  readonly sequence: number;
  readonly nonce: number | undefined;
  readonly later: Later | undefined;
}

export function findJournal(options: ReplayOptions): FoundJournal {
  const { disk } = options;
  const paths = [0, 1].map(journalFile).filter((path) => disk.exists(path));
  const sources = paths.map((path) => new Source(path, options));
  sources.sort((a, b) => (a.first?.generation ?? -1) - (b.first?.generation ?? -1));
  const filled = sources.filter(({ size }) => size > 0);
  return {
    files: sources.map(({ path }) => path),
    entries: () => entriesOf(filled.at(-1), filled.length > 1 ? filled[0] : undefined),
    close: () => {
      for (const source of sources) source.close();
    },
  };
}

function* entriesOf(newest: Source | undefined, other: Source | undefined): Iterable<FoundEntry> {
  if (newest === undefined) return;
  // The entries of the older file come first, and only the last batch says whether they count.
  let last: BatchHeader | undefined;
  for (const { header } of newest.batches()) last = header;
  const { first } = newest;
  if (first !== undefined && last !== undefined && other !== undefined) {
    if (last.oldest < first.generation) for (const { entries } of other.batches(first)) yield* entries;
    else other.checkUnused(last);
  }
  for (const { entries } of newest.batches()) yield* entries;
}

/** One file of the journal. */
class Source {
  readonly path: string;
  readonly size: number;
  /** The head of the first batch, if that is whole. */
  readonly first: BatchHeader | undefined;
  readonly #options: ReplayOptions;
  readonly #file: DiskFile;
  readonly #head = new Uint8Array(batchHeaderBytes);
  /** What was read last, and where it lies in the file: batches are small, and one read is for many. */
  #slab: Uint8Array = new Uint8Array(0);
  #slabAt = 0;
  /** The last one: each pass over the file ends in the same, which may read megabytes. */
  #searched: Search | undefined;

  constructor(path: string, options: ReplayOptions) {
    this.path = path;
    this.#options = options;
    this.#file = options.disk.open(path, { create: false });
    this.size = this.#file.size();
    const batch = this.#batchAt(0);
    this.first = batch?.bad.length === 0 ? batch.header : undefined;
  }

  close(): void {
    this.#file.close();
  }

  /** Whole batches in order; all those before the batch `next` of the other file, if one is given. */
  *batches(next?: BatchHeader): Iterable<FoundBatch> {
    let position = 0;
    let last: Predecessor | undefined;
    for (;;) {
      if (next !== undefined && last?.sequence === next.previous) return;
      const batch = this.#batchAfter(last, position, next);
      const step = batch?.bad.length === 0 ? stepOver(batch) : this.#stepOverBad(batch, last, position, next);
      if (step === undefined) return;
      if (step.batch !== undefined) yield step.batch;
      ({ position, last } = step);
    }
  }

  /** What comes behind a batch that is not whole, or not there; undefined at the end of the journal. */
  #stepOverBad(
    batch: FoundBatch | undefined,
    last: Predecessor | undefined,
    position: number,
    next: BatchHeader | undefined,
  ): Step | undefined {
    const later = this.#later(position + blockBytes, last?.sequence ?? 0, last?.nonce ?? next?.nonce);
    if (later === undefined && next === undefined) return undefined;
    this.#damaged(position, batch?.bad[0]);
    if (batch !== undefined) return stepOver(batch);
    if (later === undefined) return undefined;
    const { header } = later;
    return { batch: undefined, position: later.position, last: { ...header, sequence: header.previous } };
  }

  /** Holds nothing that came after `last`, the newest batch of the other file. */
  checkUnused(last: BatchHeader): void {
    if (this.first !== undefined) return;
    const later = this.#later(0, last.sequence, last.nonce);
    if (later !== undefined) this.#damaged(0, undefined);
  }

  #damaged(position: number, path: string | undefined): void {
    const named = path === undefined || path === '' ? this.path : path;
    if (this.#options.skipDamaged !== true) {
      const where = `${this.path}, batch at ${position}`;
      const what = named === this.path ? 'bytes of some files' : `bytes of ${named}`;
      throw new OperatingError('SKR_DATA_CORRUPT', `the journal no longer holds ${what} that it was given: ${where}`);
    }
    this.#options.report({ kind: 'journalDamaged', path: named, position });
  }

  /** The first head behind `from` that names a predecessor later than `sequence`. */
  #later(from: number, sequence: number, nonce: number | undefined): Later | undefined {
    const known = this.#searched;
    if (known?.from === from && known.sequence === sequence && known.nonce === nonce) return known.later;
    const later = this.#search(from, sequence, nonce);
    this.#searched = { from, sequence, nonce, later };
    return later;
  }

  #search(from: number, sequence: number, nonce: number | undefined): Later | undefined {
    const end = Math.min(this.size, from + journalLimits.searchBytes);
    const head = this.#head;
    for (let position = from; position < end; position += blockBytes) {
      this.#file.readNow(head, Bytes(position));
      const header = readBatchHeader(head, 0, this.#options.compute);
      if (header === undefined || header.previous <= sequence) continue;
      if (nonce === undefined || header.nonce === nonce) return { header, position };
    }
    return undefined;
  }

  /** The batch at `position`, if it is the one that follows `last`. */
  #batchAfter(last: Predecessor | undefined, position: number, next: BatchHeader | undefined): FoundBatch | undefined {
    const batch = this.#batchAt(position);
    return batch !== undefined && follows(batch.header, last, next) ? batch : undefined;
  }

  /** The batch at `position`, or undefined if none begins there that ends within the file. */
  #batchAt(position: number): FoundBatch | undefined {
    const { compute } = this.#options;
    if (position + batchHeaderBytes > this.size) return undefined;
    const header = readBatchHeader(this.#read(position, batchHeaderBytes), 0, compute);
    if (header === undefined) return undefined;
    const start = position + batchHeaderBytes;
    if (start + header.length > this.size) return undefined;
    const bytes = this.#read(start, header.length);
    const entries: FoundEntry[] = [];
    const bad: string[] = [];
    let at = 0;
    let index = 0;
    for (; index < header.count; index++) {
      const entry = readEntryHeader(bytes, at);
      if (entry === undefined) break;
      const pathStart = at + entryHeaderBytes;
      const dataStart = pathStart + entry.pathLength;
      const end = at + entryLength(entry);
      const path = utf8Decode(bytes, pathStart, dataStart);
      const isOurs = entry.stamp === header.stamp && entry.index === index;
      if (!isOurs || !entryIsWhole(bytes, at, entry, compute)) bad.push(path);
      else entries.push({ kind: entry.kind, path, at: entry.at, data: bytes.subarray(dataStart, end) });
      at = end;
    }
    if (index < header.count || at !== header.length) bad.push('');
    return { header, entries, bad, end: position + padded(batchHeaderBytes + header.length) };
  }

  /** `length` bytes from `position` on, all within the file. Valid until the next call. */
  #read(position: number, length: number): Uint8Array {
    const from = position - this.#slabAt;
    if (from >= 0 && from + length <= this.#slab.length) return this.#slab.subarray(from, from + length);
    const count = Math.min(Math.max(length, journalLimits.readBytes), this.size - position);
    if (this.#slab.buffer.byteLength < count) this.#slab = new Uint8Array(count);
    else this.#slab = new Uint8Array(this.#slab.buffer, 0, count);
    this.#slabAt = position;
    this.#file.readNow(this.#slab, Bytes(position));
    return this.#slab.subarray(0, length);
  }
}

const stepOver = (batch: FoundBatch): Step => ({ batch, position: batch.end, last: batch.header });

function follows(header: BatchHeader, last: Predecessor | undefined, next: BatchHeader | undefined): boolean {
  if (last !== undefined) {
    return header.generation === last.generation && header.nonce === last.nonce && header.previous === last.sequence;
  }
  return next === undefined || (header.generation === next.generation - 1 && header.nonce === next.nonce);
}
