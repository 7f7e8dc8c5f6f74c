/** Brings a segment's index into memory: from its files, or, if they are missing or cannot be right, from the log. */
import { assert, type Bytes, type Offset, OperatingError, offsetAfter } from '@skerry/base';
import { batchBaseOffset, batchLastOffsetDelta } from '@skerry/wire';
import { newer } from './newer.ts';
import { scanHeaders } from './scan.ts';
import type { Segment } from './segment.ts';
import type { TimedOffset } from './segment-index.ts';
import type { LogSettings } from './settings.ts';
import type { LogWorld } from './world.ts';

export interface IndexOwner {
  readonly folder: string;
  readonly world: LogWorld;
  readonly settings: () => LogSettings;
}

/** On the loop: for the active segment, before it grows or is cut. */
export function ensureIndexNow(segment: Segment, owner: IndexOwner): void {
  if (segment.index.isUnread) makeIndexWholeNow(segment, owner);
}

export function makeIndexWholeNow(segment: Segment, owner: IndexOwner): void {
  if (segment.index.isWhole || segment.index.loadNow(segment.size)) return;
  let failed: Error | undefined;
  rebuild(segment, owner, true, (error) => {
    failed = error;
  });
  if (failed !== undefined) throw failed;
  assert(segment.index.isWhole, 'an index made anew is whole');
}

/** Through the pool. The segment is pinned meanwhile; an error if it was removed all the same. */
export function makeIndexWhole(segment: Segment, owner: IndexOwner, done: (error?: Error) => void): void {
  if (segment.index.isWhole || segment.isDoomed) {
    done(removed(segment));
    return;
  }
  segment.pin();
  const finish = (error?: Error): void => {
    segment.unpin();
    done(error ?? removed(segment));
  };
  const { cuts } = segment;
  const isCurrent = (): boolean => segment.cuts === cuts && !segment.isDoomed;
  segment.index.load(segment.size, isCurrent, (error, good) => {
    if (error !== undefined || segment.isDoomed) finish(error);
    else if (good) finish();
    // The active segment grows: it is read at one go.
    else rebuild(segment, owner, !segment.isClosed, finish);
  });
}

/** Makes the index from the log, whatever its files say. Through the pool, unless the segment still grows. */
export function remakeIndex(segment: Segment, owner: IndexOwner, done: (error?: Error) => void): void {
  segment.pin();
  rebuild(segment, owner, !segment.isClosed, (error) => {
    segment.unpin();
    done(error ?? removed(segment));
  });
}

/** The error for whoever looked something up in a segment that is there no more. */
function removed(segment: Segment): Error | undefined {
  if (!segment.isDoomed) return undefined;
  return new OperatingError('SKR_DISK_FAILED', `${segment.file.path} was removed while it was searched`);
}

function rebuild(segment: Segment, owner: IndexOwner, now: boolean, done: (error?: Error) => void): void {
  const { world, folder } = owner;
  const found: { readonly lastOffset: Offset; readonly position: Bytes; readonly newest: TimedOffset }[] = [];
  const interval = owner.settings().indexIntervalBytes;
  let newest: TimedOffset | undefined;
  let indexed = 0;
  scanHeaders({
    file: segment.file,
    slabs: world.files.slabs,
    from: 0 as Bytes,
    end: segment.size,
    now,
    visit: (bytes, at, position) => {
      const lastOffset = offsetAfter(batchBaseOffset(bytes, at), batchLastOffsetDelta(bytes, at));
      newest = newer(newest, bytes, at);
      if (position - indexed > interval) {
        found.push({ lastOffset, position, newest: newest ?? { timestamp: -1, offset: lastOffset } });
        indexed = position;
      }
      return false;
    },
    done: (error) => {
      if (error !== undefined) {
        done(error);
        return;
      }
      segment.index.clear();
      for (const entry of found) segment.index.add(entry.lastOffset, entry.position, interval, entry.newest);
      if (segment.isClosed && newest !== undefined) segment.index.addTime(newest);
      world.report({ kind: 'indexRebuilt', folder, base: segment.base });
      done(fileQuietly(segment));
    },
  });
}

/** For want of space the index stays in memory. */
function fileQuietly(segment: Segment): Error | undefined {
  if (!segment.hasFinalName) return undefined;
  try {
    segment.index.fileNow(0);
    return undefined;
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    return error.code === 'SKR_DISK_FULL' ? undefined : error;
  }
}
