import {
  assert,
  Bytes,
  type Compute,
  type DiskFile,
  type Done,
  OperatingError,
  utf8Length,
  utf8Write,
} from '@skerry/base';
import type { SlabPool } from '@skerry/wire';
import {
  type BatchHeader,
  batchHeaderBytes,
  blockBytes,
  type EntryKind,
  entryHeaderBytes,
  entryLength,
  padded,
  writeBatchHeader,
  writeEntryHeader,
} from './format.ts';
import { journalLimits } from './limits.ts';

export interface BatchWorld {
  readonly compute: Compute;
  readonly slabs: SlabPool;
}

interface Piece {
  readonly slab: Uint8Array;
  used: number;
}

const zeros = new Uint8Array(blockBytes);

/** What one sync of the journal makes durable, in pooled buffers, and who waits for it. */
export class Batch {
  /** Never used for another. */
  readonly stamp: number;
  /** By path of the files that it holds bytes of: where the furthest end. */
  readonly ends = new Map<string, number>();
  /** Of these nothing counts that came before. */
  readonly forgets = new Set<string>();
  readonly waiting: Done[] = [];
  readonly #world: BatchWorld;
  readonly #pieces: Piece[] = [];
  #length = 0;
  #count = 0;

  constructor(stamp: number, world: BatchWorld) {
    this.stamp = stamp;
    this.#world = world;
    this.#pieces.push({ slab: world.slabs.take(journalLimits.slabBytes), used: batchHeaderBytes });
  }

  /** It only says which generation is the oldest that counts. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Bytes that it takes in the file. */
  get fileBytes(): number {
    return padded(batchHeaderBytes + this.#length);
  }

  /** Takes the bytes of `file` from `start` to `end`, as they are now. */
  addData(file: DiskFile, start: number, end: number): void {
    this.#add('data', file.path, start, end - start, (into) => {
      const count = file.readNow(into, Bytes(start));
      if (count === into.length) return;
      throw new OperatingError('SKR_DISK_FAILED', `read ${file.path}: ${count} of ${into.length} bytes just written`);
    });
    this.ends.set(file.path, Math.max(this.ends.get(file.path) ?? 0, end));
  }

  addForget(path: string): void {
    this.#add('forget', path, 0, 0, () => {});
    this.ends.delete(path);
    this.forgets.add(path);
  }

  #add(kind: EntryKind, path: string, at: number, dataLength: number, fill: (into: Uint8Array) => void): void {
    const pathLength = utf8Length(path);
    const length = entryLength({ pathLength, dataLength });
    const piece = this.#room(length);
    const start = piece.used;
    const data = start + entryHeaderBytes + pathLength;
    utf8Write(path, piece.slab, start + entryHeaderBytes);
    fill(piece.slab.subarray(data, data + dataLength));
    const entry = { kind, pathLength, dataLength, index: this.#count, stamp: this.stamp, at };
    writeEntryHeader(piece.slab, start, entry, this.#world.compute);
    piece.used += length;
    this.#length += length;
    this.#count++;
  }

  #room(length: number): Piece {
    const last = this.#pieces.at(-1);
    assert(last !== undefined, 'a batch has room for its head');
    if (last.used + length <= last.slab.length) return last;
    const piece = { slab: this.#world.slabs.take(Math.max(length, journalLimits.slabBytes)), used: 0 };
    this.#pieces.push(piece);
    return piece;
  }

  /** The bytes for the file, up to the next border. */
  chunks(header: Omit<BatchHeader, 'stamp' | 'length' | 'count'>): Uint8Array[] {
    const [first] = this.#pieces;
    assert(first !== undefined, 'a batch is written before it is released');
    const whole = { ...header, stamp: this.stamp, length: this.#length, count: this.#count };
    writeBatchHeader(first.slab, whole, this.#world.compute);
    const chunks = this.#pieces.map(({ slab, used }) => slab.subarray(0, used));
    const missing = this.fileBytes - batchHeaderBytes - this.#length;
    if (missing > 0) chunks.push(zeros.subarray(0, missing));
    return chunks;
  }

  /** Gives the buffers back. */
  release(): void {
    for (const { slab } of this.#pieces.splice(0)) this.#world.slabs.give(slab);
  }
}
