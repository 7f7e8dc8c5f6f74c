/**
 * Checks batches on their way from the disk to a client, as their bytes come: piece by piece, whatever the pieces are.
 *
 * What the CRC covers is summed. What it does not cover is held against what is known: offsets follow one another,
 * lengths stay within the segment, the epoch is the one of that offset. A gap between offsets is what compaction or a
 * repair leaves, or a base offset that was damaged; the batch behind tells which.
 */
import { Bytes, type Compute, crc32c, type LeaderEpoch, type Offset, offsetAfter } from '@skerry/base';
import {
  batchBaseOffset,
  batchCrc,
  batchCrcStart,
  batchHeaderBytes,
  batchLastOffset,
  batchLeaderEpoch,
  batchLength,
  batchMagic,
  batchOverheadBytes,
} from '@skerry/wire';
import { DamageError } from './damage.ts';
import type { LeaderEpochs } from './epochs.ts';
import type { Segment } from './segment.ts';
import type { LogWorld } from './world.ts';

export interface CheckedRange {
  readonly path: string;
  readonly compute: Compute;
  /** Where the first batch begins. */
  readonly start: Bytes;
  /** The first batch holds this offset, or begins after it where that is gone. */
  readonly from: Offset;
  /** Where the segment ends, as far as it was written. */
  readonly end: Bytes;
  readonly endOffset: Offset;
  readonly epochAt: (offset: Offset) => LeaderEpoch | undefined;
  /** The base offset of the batch that begins at `position`; undefined if none does. */
  readonly baseAt: (position: number) => Offset | undefined;
}

/** A check of what `segment` holds from byte `start` on, where the batch of offset `from` lies. */
export function checkSegment(
  { world, epochs }: { readonly world: LogWorld; readonly epochs: LeaderEpochs },
  segment: Segment,
  start: Bytes,
  from: Offset,
): RangeCheck {
  const { file, size, end } = segment;
  return new RangeCheck({
    path: file.path,
    compute: world.compute,
    start,
    from,
    end: size,
    endOffset: end,
    epochAt: (offset) => epochs.epochAt(offset),
    baseAt: (position) => {
      const bytes = new Uint8Array(batchOverheadBytes);
      return file.readNow(bytes, Bytes(position)) < bytes.length ? undefined : batchBaseOffset(bytes, 0);
    },
  });
}

export class RangeCheck {
  readonly #range: CheckedRange;
  /** Where the batch under way begins. */
  #position: number;
  #expected: Offset | undefined;
  /** A header of which only a part has come. */
  #header: Uint8Array | undefined;
  #headerBytes = 0;
  /** Of the batch under way: bytes still to come, its sum so far, and the sum it states. */
  #left = 0;
  #sum = 0;
  #stated = 0;
  #length = 0;
  #base: Offset;
  #next: Offset;

  constructor(range: CheckedRange) {
    this.#range = range;
    this.#position = range.start;
    this.#base = range.from;
    this.#next = range.from;
  }

  /** All batches that end at or before this position were checked, and are good. */
  get checkedTo(): number {
    return this.#position;
  }

  /** The offset after those batches. */
  get nextOffset(): Offset {
    return this.#expected ?? this.#range.from;
  }

  /** The damage that it is for the bytes to end here. */
  cutOff(): DamageError {
    return this.#damage('the file ends inside a batch');
  }

  /** Takes the bytes that follow those taken before. Returns what is wrong, if anything is. */
  take(bytes: Uint8Array): DamageError | undefined {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === 0) {
        const count = this.#takeHeader(bytes, at);
        if (typeof count !== 'number') return count;
        at += count;
      } else {
        const count = Math.min(this.#left, bytes.length - at);
        this.#sum = this.#range.compute.crc32c(bytes, at, at + count, this.#sum);
        this.#left -= count;
        at += count;
        if (this.#left > 0) return undefined;
      }
      if (this.#left === 0 && this.#length > 0) {
        if (this.#sum !== this.#stated)
          return this.#damage(`the CRC of the batch is ${hex(this.#sum)}, and it states ${hex(this.#stated)}`);
        this.#position += this.#length;
        this.#expected = this.#next;
        this.#length = 0;
      }
    }
    return undefined;
  }

  /** Takes as much of a header as there is; how much that was. */
  #takeHeader(bytes: Uint8Array, at: number): number | DamageError {
    if (this.#headerBytes === 0 && at + batchHeaderBytes <= bytes.length)
      return this.#begin(bytes, at) ?? batchHeaderBytes;
    this.#header ??= new Uint8Array(batchHeaderBytes);
    const count = Math.min(batchHeaderBytes - this.#headerBytes, bytes.length - at);
    this.#header.set(bytes.subarray(at, at + count), this.#headerBytes);
    this.#headerBytes += count;
    if (this.#headerBytes < batchHeaderBytes) return count;
    this.#headerBytes = 0;
    return this.#begin(this.#header, 0) ?? count;
  }

  #begin(bytes: Uint8Array, at: number): DamageError | undefined {
    const { end, endOffset, epochAt, from } = this.#range;
    const length = batchLength(bytes, at);
    const base = batchBaseOffset(bytes, at);
    const last = batchLastOffset(bytes, at);
    const next = offsetAfter(last, 1);
    this.#base = this.#expected ?? from;
    if (batchMagic(bytes, at) !== 2 || length < batchHeaderBytes || this.#position + length > end)
      return this.#damage('the header of a batch makes no sense');
    const isOrdered = this.#expected === undefined ? last >= from : base >= this.#expected;
    if (!isOrdered || last < base || next > endOffset)
      return this.#damage(`a batch of offsets ${base} to ${last} where ${this.#expected ?? from} may come`);
    const isGap = base > (this.#expected ?? from);
    if (isGap && !this.#isFollowed(this.#position + length, next))
      return this.#damage(`a batch of offsets ${base} to ${last}, which the next one does not follow`);
    const epoch = epochAt(base);
    if (epoch !== undefined && batchLeaderEpoch(bytes, at) !== epoch)
      return this.#damage(`a batch of epoch ${batchLeaderEpoch(bytes, at)} among those of epoch ${epoch}`);
    this.#length = length;
    this.#next = next;
    this.#stated = batchCrc(bytes, at);
    this.#sum = crc32c(bytes, at + batchCrcStart, at + batchHeaderBytes);
    this.#left = length - batchHeaderBytes;
    return undefined;
  }

  #isFollowed(position: number, next: Offset): boolean {
    if (position >= this.#range.end) return true;
    const base = this.#range.baseAt(position);
    return base !== undefined && base >= next;
  }

  #damage(what: string): DamageError {
    return new DamageError(this.#range.path, this.#position, what, this.#base);
  }
}

const hex = (sum: number): string => sum.toString(16).padStart(8, '0');
