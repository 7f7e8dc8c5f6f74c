/** A log's segments in the order of their bases; there is always one. The last takes appends. */
import { assert, type Offset } from '@skerry/base';
import type { FilePool } from './file-pool.ts';
import { Segment } from './segment.ts';

export class SegmentList {
  readonly #folder: string;
  readonly #files: FilePool;
  #segments: Segment[];
  /** Taken off the list while readers had them pinned: their files are still there. */
  readonly lingering = new Set<Segment>();
  /** What compaction writes now: not on the list yet, but on the disk. */
  making: Segment | undefined;

  constructor(folder: string, files: FilePool, segments: Segment[]) {
    assert(segments.length > 0, 'a log has a segment');
    this.#folder = folder;
    this.#files = files;
    this.#segments = segments;
  }

  /** What all of them take on the disk. */
  get diskBytes(): number {
    let bytes = this.making?.size ?? 0;
    for (const { size } of this.#segments) bytes += size;
    for (const { size, isPinned } of this.lingering) if (isPinned) bytes += size;
    return bytes;
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get first(): Segment {
    return this.#at(0);
  }

  get last(): Segment {
    return this.#at(this.#segments.length - 1);
  }

  /** The segment that holds `offset`, or would: the last one that does not begin after it. */
  indexOf(offset: Offset): number {
    let [low, high] = [0, this.#segments.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle).base <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  at(index: number): Segment | undefined {
    return this.#segments[index];
  }

  /** Starts a segment at `base`, without a file yet. */
  add(base: Offset): Segment {
    const segment = freshSegment(this.#folder, base, this.#files);
    assert(this.#segments.length === 0 || base > this.last.base, 'segments begin in order');
    this.#segments.push(segment);
    return segment;
  }

  /** Takes the segments from number `index` on, or before it, off the list. At least one stays. */
  take(from: number, to: number): Segment[] {
    const taken = this.#segments.splice(from, to - from);
    assert(this.#segments.length > 0, 'a log has a segment');
    return taken;
  }

  /** Puts `segment` in the place of those that follow one another from `first` to `last`. */
  replace(first: Segment, last: Segment, segment: Segment): void {
    const [from, to] = [this.#segments.indexOf(first), this.#segments.indexOf(last)];
    assert(from >= 0 && to >= from && to < this.#segments.length - 1, 'closed segments are replaced');
    assert(segment.base === first.base && segment.end === last.end, 'a segment holds the offsets of those it replaces');
    this.#segments.splice(from, to - from + 1, segment);
  }

  /** Takes all off the list, and starts anew at `base`. */
  restart(base: Offset): Segment[] {
    const taken = this.#segments;
    this.#segments = [];
    this.add(base);
    return taken;
  }

  #at(index: number): Segment {
    const segment = this.#segments[index];
    assert(segment !== undefined, 'a segment of the list');
    return segment;
  }
}

/** A segment of which nothing is on the disk. */
export function freshSegment(folder: string, base: Offset, files: FilePool): Segment {
  const segment = new Segment(folder, base, files);
  segment.index.clear();
  segment.transactions.startEmpty();
  return segment;
}
