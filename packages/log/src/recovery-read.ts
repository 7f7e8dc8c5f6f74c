/** Reads what a crash may have torn: the way of recovery through a segment. */
import { type Bytes, limits, OperatingError } from '@skerry/base';
import {
  type BatchFault,
  batchBaseOffset,
  batchHeaderBytes,
  batchLength,
  batchShapeFault,
  checkBatch,
} from '@skerry/wire';
import type { Segment } from './segment.ts';
import type { LogWorld } from './world.ts';

/**
 * Gives each whole batch from the segment's end on whose CRC is right to `take`, which says whether it fits there; ends
 * at the first that is not, or does not.
 */
export function readBatches(
  segment: Segment,
  size: Bytes,
  world: LogWorld,
  take: (bytes: Uint8Array, at: number) => boolean,
): void {
  const { slabs } = world.files;
  let slab = slabs.take(Math.min(limits.slabBytes, size - segment.size));
  try {
    for (;;) {
      const start = segment.size;
      const count = segment.file.readNow(slab.subarray(0, Math.min(slab.length, size - start)), start);
      let at = 0;
      while (batchShapeFault(slab, at, count) === undefined) {
        const fault = checkBatch(slab, at, count, world.compute, 'log');
        if ((fault !== undefined && !isOffsetAlone(fault, slab, at, segment)) || !take(slab, at)) return;
        at = segment.size - start;
      }
      if (at > 0) {
        rewrite(segment, slab.subarray(0, at), start);
        continue;
      }
      const length = count < batchHeaderBytes ? 0 : batchLength(slab, 0);
      if (length <= slab.length || length > size - start || length > limits.frameBytesMax) return;
      slabs.give(slab);
      slab = slabs.take(length);
    }
  } finally {
    slabs.give(slab);
  }
}

/** Whether the CRC is right, which is checked first, and what stands before it makes no sense as an offset. */
function isOffsetAlone(fault: BatchFault, bytes: Uint8Array, at: number, { end }: Segment): boolean {
  return (fault === 'offsetRangeLies' || fault === 'numberInexact') && batchBaseOffset(bytes, at) !== end;
}

/**
 * Writes over the segment what was just read there. A process before this one may have ended by a failed sync, which
 * marks pages clean that never reached the disk (Rebello et al., ATC'20): they are dirty again, so that the sync before
 * anything is served does write them. Nothing is cut first: a power cut in between must leave what is there.
 */
function rewrite(segment: Segment, bytes: Uint8Array, at: Bytes): void {
  unlessFull(() => segment.file.handle().writeNow([bytes], at));
}

/**
 * Cuts the segment where it ends: the same for a cut that a process before this one made, and whose sync failed. Else
 * what was cut off would be back after a power cut, when other segments follow.
 */
export function cutAgain(segment: Segment): void {
  unlessFull(() => segment.file.handle().truncate(segment.size));
}

/** A file system that does not write in place may have no space: then all is what it was. */
function unlessFull(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof OperatingError) || error.code !== 'SKR_DISK_FULL') throw error;
  }
}
