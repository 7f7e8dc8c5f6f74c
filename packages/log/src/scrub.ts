/**
 * Reads closed segments through the pool, a stretch at a time, and checks every batch: damage is to be found while
 * there may still be a copy of the data elsewhere, not when somebody asks for it.
 */
import { Bytes, limits, Offset } from '@skerry/base';
import type { LeaderEpochs } from './epochs.ts';
import { checkSegment, type RangeCheck } from './range-check.ts';
import type { Segment } from './segment.ts';
import type { SegmentList } from './segment-list.ts';
import type { LogWorld } from './world.ts';

/** Where the next stretch begins. */
export interface ScrubCursor {
  readonly base: Offset;
  readonly position: Bytes;
  readonly offset: Offset;
}

export interface ScrubParts {
  readonly world: LogWorld;
  readonly segments: SegmentList;
  readonly epochs: LeaderEpochs;
}

/** Told how many bytes were read, and where to go on; nowhere when the closed segments are through. */
export type ScrubDone = (error: Error | undefined, bytes: number, next: ScrubCursor | undefined) => void;

/** Checks from `from` on at least one batch and about `bytesMax` bytes, within one segment. */
export function scrub(parts: ScrubParts, from: ScrubCursor | undefined, bytesMax: number, done: ScrubDone): void {
  const segment = parts.segments.all.find((each) => each.isClosed && each.size > 0 && each.base >= (from?.base ?? 0));
  if (segment === undefined) {
    done(undefined, 0, undefined);
    return;
  }
  const isSame = segment.base === from?.base && from.position < segment.size;
  const start = isSame ? from.position : Bytes(0);
  const check = checkSegment(parts, segment, start, isSame ? from.offset : segment.base);
  const slab = parts.world.files.slabs.take(limits.slabBytes);
  const { cuts } = segment;
  let at = start;
  segment.pin();
  const finish: ScrubDone = (error, bytes, next) => {
    parts.world.files.slabs.give(slab);
    segment.unpin();
    done(error, bytes, next);
  };
  const step = (): void => {
    const read = at - start;
    const isEnough = read >= bytesMax && check.checkedTo > start;
    if (isEnough || at === segment.size) {
      finish(undefined, read, after(segment, check));
      return;
    }
    const into = slab.subarray(0, Math.min(slab.length, segment.size - at));
    segment.file.read(into, at, (error, count) => {
      if (segment.cuts !== cuts || segment.isDoomed) finish(undefined, read, undefined);
      else if (error !== undefined) finish(error, read, undefined);
      else {
        const damage = check.take(into.subarray(0, count));
        at = Bytes(at + count);
        if (damage === undefined && count > 0) step();
        else finish(damage ?? check.cutOff(), at - start, undefined);
      }
    });
  };
  step();
}

function after(segment: Segment, check: RangeCheck): ScrubCursor {
  if (check.checkedTo < segment.size)
    return { base: segment.base, position: Bytes(check.checkedTo), offset: check.nextOffset };
  return { base: Offset(segment.base + 1), position: Bytes(0), offset: segment.end };
}
