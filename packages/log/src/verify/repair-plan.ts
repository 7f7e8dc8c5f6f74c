/**
 * What a repair will do to a partition's files, found out before anything is changed.
 *
 * - `skipBad` gives up what is damaged, and nothing else. A batch without records takes its offsets, as compaction
 *   leaves them: consumers step over it, and a log has no gaps, by which a damaged offset is known (`recovery.ts`).
 *   Offsets that were given to records are never given again, also where the log's end was lost.
 * - `truncateAt` gives up all from the batch with that offset on; what is produced next gets these offsets anew.
 * - Without either nothing is given up: only what the next start would cut as a torn write.
 */
import { type Bytes, type DiskFile, LeaderEpoch, Offset, offsetAfter } from '@skerry/base';
import {
  batchBaseOffset,
  batchHeaderBytes,
  batchLastOffset,
  batchLastOffsetDelta,
  batchLeaderEpoch,
} from '@skerry/wire';
import { segmentBase, segmentFile, swapBase } from '../names.ts';
import { type Checkpoint, LogState } from '../state.ts';
import type { LostOffsets } from './empty-batch.ts';
import type { LogToVerify } from './verify-log.ts';
import { type BadStretch, walkSegment } from './walk.ts';

export interface Decision {
  readonly skipBad: boolean;
  readonly truncateAt: Offset | undefined;
}

/** Bytes that are taken out of a segment's file. */
interface CutStretch {
  readonly from: Bytes;
  readonly to: Bytes;
}

/** A batch without records that is put in before byte `position`. */
interface Fill extends LostOffsets {
  readonly position: Bytes;
}

export interface SegmentPlan {
  readonly base: Offset;
  readonly path: string;
  readonly size: Bytes;
  readonly cuts: readonly CutStretch[];
  /** Batches whose offset alone is wrong, and is set right. */
  readonly offsets: readonly { readonly position: Bytes; readonly offset: Offset }[];
  readonly fills: readonly Fill[];
  /** Nothing of it is left. */
  readonly isDropped: boolean;
}

export interface RepairPlan {
  readonly segments: readonly SegmentPlan[];
  readonly logStart: Offset;
  /** The offset that the next record gets. */
  readonly end: Offset;
  /** What is given up, in words. */
  readonly losses: readonly string[];
  /** Damage that this decision leaves: nothing is done while there is any. */
  readonly undecided: readonly string[];
}

export function planRepair(log: LogToVerify, decision: Decision): RepairPlan {
  return new Planner(log, decision).run();
}

class Planner {
  readonly #log: LogToVerify;
  readonly #decision: Decision;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #losses: string[] = [];
  readonly #undecided: string[] = [];
  /** After the last batch that stays. */
  #end = Offset(0);
  /** Of the last batch that stays. */
  #epoch = noEpoch;
  /** Where the log is cut; nothing behind it stays. */
  #isCut = false;
  readonly #segments: SegmentInWork[] = [];
  /** What is missing at the end of the segment before was told. */
  #toldToEnd = false;

  constructor(log: LogToVerify, decision: Decision) {
    this.#log = log;
    this.#decision = decision;
    const { state, compute } = log;
    this.#checkpoint =
      state === undefined ? undefined : new LogState(state.store, compute, state.prefix).readCheckpoint();
  }

  run(): RepairPlan {
    const { disk, folder } = this.#log;
    const names = disk.list(folder);
    const bases = names.flatMap((name) => segmentBase(name) ?? []);
    for (const name of names) {
      // It stands for segments that may be half removed: a start knows which.
      if (swapBase(name) !== undefined)
        this.#undecided.push(`${folder}/${name}: compaction was putting it in place, which the next start ends`);
    }
    const logStart = this.#checkpoint?.logStartOffset ?? bases[0] ?? Offset(0);
    this.#end = bases[0] ?? logStart;
    for (const [i, base] of bases.entries()) this.#segments.push(this.#segment(base, bases[i + 1]));
    return {
      segments: this.#segments,
      logStart: logStart < this.#end ? logStart : this.#end,
      end: this.#endOfLog(logStart),
      losses: this.#losses,
      undecided: this.#undecided,
    };
  }

  #segment(base: Offset, next: Offset | undefined): SegmentInWork {
    const { disk, folder } = this.#log;
    const path = segmentFile(folder, base, 'log');
    const file = disk.open(path, { create: false });
    try {
      const segment = { base, path, size: file.size(), cuts: [], offsets: [], fills: [], isDropped: false };
      const { truncateAt } = this.#decision;
      if (this.#isCut || (truncateAt !== undefined && base >= truncateAt)) {
        if (!this.#isCut) this.#cutAt(base);
        this.#losses.push(`${path}, all of its ${segment.size} bytes`);
        return { ...segment, isDropped: true };
      }
      this.#begin(base, path);
      this.#walk(segment, file, next);
      return segment;
    } finally {
      file.close();
    }
  }

  /** Holds where a segment begins against where the one before it ends. */
  #begin(base: Offset, path: string): void {
    if (base < this.#end)
      this.#undecided.push(`${path} begins at offset ${base}, and the one before it ends at ${this.#end}`);
    const before = this.#segments.at(-1);
    if (before !== undefined && base > this.#end) {
      if (!this.#toldToEnd) this.#giveUp(`${path} begins at offset ${base}: ${offsets(this.#end, base)} in no file`);
      this.#fill(before, before.size, base);
    }
    this.#end = base;
  }

  #walk(segment: SegmentInWork, file: DiskFile, next: Offset | undefined): void {
    const { base, path, size } = segment;
    const { truncateAt } = this.#decision;
    this.#toldToEnd = false;
    const walk = { file, compute: this.#log.compute, size, expected: base, next };
    for (const step of walkSegment(walk)) {
      if (step.bad === undefined) {
        const { bytes, at, position, missing } = step;
        const [first, last] = [batchBaseOffset(bytes, at), batchLastOffset(bytes, at)];
        if (truncateAt !== undefined && last >= truncateAt) {
          this.#cutAt(first);
          this.#losses.push(`${path} from byte ${position}, ${size - position} bytes (offsets from ${first} on)`);
          segment.cuts.push({ from: position, to: size });
          return;
        }
        if (missing !== undefined) this.#giveUp(`${path} at byte ${position}: ${offsets(missing, first)} missing`);
        if (first > this.#end) this.#fill(segment, position, first);
        this.#end = offsetAfter(last, 1);
        this.#epoch = batchLeaderEpoch(bytes, at);
      } else if (step.bad.isMisplaced) {
        const { position, offset } = step.bad;
        segment.offsets.push({ position, offset });
        this.#end = offsetAfter(offset, lastOffsetDelta(file, position) + 1);
      } else if (this.#isEnd(step.bad, base, next === undefined)) {
        const { position, offset, fault } = step.bad;
        const lost = `${size - position} bytes (offsets from ${offset} on)`;
        this.#losses.push(`${path} from byte ${position}, ${lost}: ${fault}`);
        segment.cuts.push({ from: position, to: size });
        return;
      } else {
        const { position, end, offset, nextOffset, fault } = step.bad;
        const lost = nextOffset === undefined ? `offsets from ${offset} on` : offsets(offset, nextOffset);
        this.#giveUp(`${path} from byte ${position}, ${end - position} bytes (${lost}): ${fault}`);
        this.#toldToEnd = nextOffset === undefined;
        if (this.#decision.skipBad) segment.cuts.push({ from: position, to: end });
      }
    }
  }

  /** Takes note of what is lost for good, if that was decided. */
  #giveUp(what: string): void {
    (this.#decision.skipBad ? this.#losses : this.#undecided).push(what);
  }

  /** Has a batch without records stand in `segment` for what is missing before `upTo`. */
  #fill(segment: SegmentInWork, position: Bytes, upTo: Offset): void {
    segment.fills.push({ position, from: this.#end, end: upTo, epoch: this.#epoch });
    this.#end = upTo;
  }

  #cutAt(offset: Offset): void {
    this.#isCut = true;
    this.#end = offset;
  }

  /** Whether the log is cut at a stretch: where it is to be, or at a torn write, as a start does. */
  #isEnd(stretch: BadStretch, base: Offset, isLast: boolean): boolean {
    const { truncateAt } = this.#decision;
    if (truncateAt === undefined || (stretch.nextOffset ?? Infinity) <= truncateAt)
      return isLast && this.#isTorn(stretch, base);
    this.#cutAt(stretch.offset);
    return true;
  }

  /** A write in the last segment that was not over when the node ended: nothing in it was safe. */
  #isTorn({ position, nextOffset }: BadStretch, base: Offset): boolean {
    const checkpoint = this.#checkpoint;
    if (checkpoint === undefined) return nextOffset === undefined;
    return base > checkpoint.segmentBase || (base === checkpoint.segmentBase && position >= checkpoint.position);
  }

  /** The log goes on behind all that was safe, lost or not, unless it is to be cut. */
  #endOfLog(logStart: Offset): Offset {
    const { skipBad } = this.#decision;
    const safe = this.#isCut ? 0 : Math.max(this.#checkpoint?.recoveryPoint ?? 0, logStart);
    if (safe <= this.#end) return this.#end;
    if (skipBad) this.#losses.push(`${offsets(this.#end, safe)}, which are in no file`);
    else if (this.#decision.truncateAt === undefined || this.#decision.truncateAt < this.#end)
      this.#undecided.push(`${offsets(this.#end, safe)} are in no file`);
    else return this.#end;
    return Offset(safe);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
type SegmentInWork = Mutable<SegmentPlan>;

const noEpoch = LeaderEpoch(-1);
const offsets = (from: number, end: number): string => `offsets ${from} to ${end - 1}`;

function lastOffsetDelta(file: DiskFile, position: Bytes): number {
  const header = new Uint8Array(batchHeaderBytes);
  file.readNow(header, position);
  return batchLastOffsetDelta(header, 0);
}
