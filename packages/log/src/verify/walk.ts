/**
 * Walks through a segment file that may be damaged: good batches one by one, and stretches that are none.
 *
 * A good batch is whole, of a meaning that a log may hold, matches its CRC, and begins where the one before ended: a
 * log has no gaps, and no CRC covers an offset. One that stands elsewhere is misplaced, unless what follows it stands
 * there too: then what came before is missing. Behind damage the next good batch is looked for: at the place that the
 * damaged one's length tells, else byte by byte. A batch that a producer sent as a value could be taken for one there,
 * if its offsets fit: what was damaged is shown to the operator, not hidden.
 */
import { Bytes, type Compute, type DiskFile, limits, type Offset, offsetAfter } from '@skerry/base';
import {
  type BatchFault,
  batchBaseOffset,
  batchFaults,
  batchHeaderBytes,
  batchLastOffset,
  batchLastOffsetDelta,
  batchLength,
  batchMagic,
  batchOverheadBytes,
  checkBatch,
  setBatchBaseOffset,
} from '@skerry/wire';

interface Stretch {
  readonly position: Bytes;
  /** Where the next good batch begins, or the file ends. */
  readonly end: Bytes;
  /** The offset that should have come. */
  readonly offset: Offset;
}

/** Bytes that are no good batch. */
export interface BadStretch extends Stretch {
  /** That of the next good batch, if one follows. */
  readonly nextOffset: Offset | undefined;
  readonly fault: string;
  /** It is one whole batch under a CRC that is right, which leaves `offset` as the only one it can have had. */
  readonly isMisplaced: boolean;
}

/** The next thing in a segment. `bytes` are lent until the walk goes on. */
export type Step =
  | {
      readonly bad: undefined;
      readonly bytes: Uint8Array;
      readonly at: number;
      readonly position: Bytes;
      /** The offset that should have come, where the batch begins beyond it and no bad bytes lie between. */
      readonly missing: Offset | undefined;
    }
  | { readonly bad: BadStretch };

export interface Walk {
  readonly file: DiskFile;
  readonly compute: Pick<Compute, 'crc32c'>;
  /** What is read at most: the file may be longer. */
  readonly size: Bytes;
  /** The first offset that may come. */
  readonly expected: Offset;
  /** Where the next segment begins: all batches end there or before. */
  readonly next?: Offset | undefined;
  /** Gaps are nothing to speak of: it may be another's file, and compacted. */
  readonly mayHaveGaps?: boolean;
}

export function* walkSegment(walk: Walk): Generator<Step, void, undefined> {
  const window = new FileWindow(walk.file, walk.size);
  let position = 0;
  let expected = walk.expected;
  let mayJump = walk.mayHaveGaps ?? false;
  while (position < walk.size) {
    const fault = faultAt(walk, window, { position, expected, mayJump });
    if (fault === undefined) {
      const at = window.loadBatch(position);
      const { bytes } = window;
      const length = batchLength(bytes, at);
      const missing = mayJump || batchBaseOffset(bytes, at) === expected ? undefined : expected;
      expected = offsetAfter(batchLastOffset(bytes, at), 1);
      yield { bad: undefined, bytes, at, position: Bytes(position), missing };
      position += length;
      mayJump = walk.mayHaveGaps ?? false;
      continue;
    }
    const next = findNext(walk, window, position, expected);
    const nextOffset =
      next < walk.size ? batchBaseOffset(window.bytes, window.load(next, batchHeaderBytes)) : undefined;
    const upTo = nextOffset ?? walk.next;
    const stretch = { position: Bytes(position), end: Bytes(next), offset: expected, nextOffset };
    const isMisplaced = isWhole(walk, window, stretch, upTo === undefined ? undefined : upTo - expected);
    yield { bad: { ...stretch, fault, isMisplaced } };
    // What follows stands where the damaged batch would have ended, if it was one.
    mayJump = true;
    if (isMisplaced && upTo !== undefined) expected = upTo;
    position = next;
  }
}

interface Place {
  readonly position: number;
  readonly expected: Offset;
  /** What lies before it is damaged, and may have held offsets. */
  readonly mayJump: boolean;
}

/** What is wrong with the batch at a place, in words. A good one is then in the window whole. */
function faultAt(walk: Walk, window: FileWindow, { position, expected, mayJump }: Place): string | undefined {
  const at = window.loadBatch(position);
  const fault = checkBatch(window.bytes, at, window.end, walk.compute, 'log');
  if (fault !== undefined) return describe(fault);
  const [base, last] = [batchBaseOffset(window.bytes, at), batchLastOffset(window.bytes, at)];
  if (base < expected) return `it holds offsets ${base} to ${last}, but ${expected} is to come`;
  if (last >= (walk.next ?? Infinity))
    return `it holds offsets ${base} to ${last}, but the segment ends before ${walk.next}`;
  if (base === expected) return undefined;
  const next = baseAt(window, position + batchLength(window.bytes, at), walk.size);
  if (next === undefined && !mayJump && walk.next !== last + 1)
    return `it holds offsets ${base} to ${last}, but ${expected} is to come`;
  if (next === undefined || next < expected || next > last) return undefined;
  return `it holds offsets ${base} to ${last}, but stands between ${expected} and ${next}`;
}

/** The base offset of what may be a batch at `position`. */
function baseAt(window: FileWindow, position: number, size: number): Offset | undefined {
  if (position + batchHeaderBytes > size) return undefined;
  const at = window.load(position, batchHeaderBytes);
  return batchMagic(window.bytes, at) === 2 ? batchBaseOffset(window.bytes, at) : undefined;
}

/** Whether the bytes of `stretch` are one good batch but for its offset, of so many offsets if that is known. */
function isWhole(walk: Walk, window: FileWindow, stretch: Stretch, offsets: number | undefined): boolean {
  const { position, end, offset } = stretch;
  const at = window.loadBatch(position);
  const { bytes } = window;
  // What stands there may not even be an offset.
  const field = bytes.slice(at, at + batchOverheadBytes);
  setBatchBaseOffset(bytes, at, offset);
  const isGood = checkBatch(bytes, at, window.end, walk.compute, 'log') === undefined;
  bytes.set(field, at);
  if (!isGood || batchLength(bytes, at) !== end - position) return false;
  return offsets === undefined || batchLastOffsetDelta(bytes, at) + 1 === offsets;
}

const describe = (fault: BatchFault): string => batchFaults[fault].text;

/** Where a good batch begins after the damage at `position`, or the end. */
function findNext(walk: Walk, window: FileWindow, position: number, expected: Offset): number {
  const at = window.load(position, batchHeaderBytes);
  if (window.end - at >= batchHeaderBytes) {
    const told = position + batchLength(window.bytes, at);
    const isPlausible = told >= position + batchHeaderBytes && told < walk.size;
    if (isPlausible && faultAt(walk, window, { position: told, expected, mayJump: true }) === undefined) return told;
  }
  for (let next = position + 1; next + batchHeaderBytes <= walk.size; next++) {
    const start = window.load(next, batchHeaderBytes);
    if (!mayBegin(window.bytes, start, walk.size - next)) continue;
    if (faultAt(walk, window, { position: next, expected, mayJump: true }) === undefined) return next;
  }
  return walk.size;
}

/** The cheap part of a batch's check: its magic, its length, and the upper bits of its offset. */
function mayBegin(bytes: Uint8Array, at: number, left: number): boolean {
  if (batchMagic(bytes, at) !== 2 || bytes[at] !== 0) return false;
  const length = batchLength(bytes, at);
  return length >= batchHeaderBytes && length <= left;
}

/** A part of a file in memory: as much as is worth a system call, or one batch that is larger. */
class FileWindow {
  readonly #file: DiskFile;
  readonly #size: number;
  #slab: Uint8Array;
  #start = 0;
  #count = 0;

  constructor(file: DiskFile, size: Bytes) {
    this.#file = file;
    this.#size = size;
    this.#slab = new Uint8Array(Math.min(windowBytes, Math.max(size, batchHeaderBytes)));
  }

  get bytes(): Uint8Array {
    return this.#slab;
  }

  /** Where what is loaded ends in {@link bytes}. */
  get end(): number {
    return this.#count;
  }

  /** Makes `count` bytes from `position` be in {@link bytes}, or what the file has of them; returns where. */
  load(position: number, count: number): number {
    const wanted = Math.min(count, this.#size - position);
    if (position >= this.#start && position + wanted <= this.#start + this.#count) return position - this.#start;
    if (wanted > this.#slab.length) this.#slab = new Uint8Array(wanted);
    const into = this.#slab.subarray(0, Math.min(this.#slab.length, this.#size - position));
    this.#start = position;
    this.#count = this.#file.readNow(into, Bytes(position));
    return 0;
  }

  /** The same for the batch at `position`, as long as it says it is, unless that is a lie. */
  loadBatch(position: number): number {
    const at = this.load(position, batchHeaderBytes);
    if (this.#count - at < batchHeaderBytes) return at;
    const length = batchLength(this.#slab, at);
    const isPlausible = length >= batchHeaderBytes && length <= Math.min(limits.frameBytesMax, this.#size - position);
    return isPlausible ? this.load(position, length) : at;
  }
}

const windowBytes = 4 * 1024 * 1024;
