/**
 * Finds records by time: the first at or after one, and the newest of all (ListOffsets, KIP-79 and KIP-734).
 *
 * Segment, then time index, then headers, then the records of the one batch; a compressed batch is decompressed for
 * it. A batch whose records cannot be read answers with its first offset and its header's time: later than asked for,
 * never too late.
 */
import { Bytes, inTurn, type LeaderEpoch, limits, type Offset, OperatingError, ProtocolError } from '@skerry/base';
import {
  batchBaseOffset,
  batchCodec,
  batchCrcIsValid,
  batchLastOffset,
  batchLeaderEpoch,
  batchLength,
  batchMaxTimestamp,
  decompressBatch,
  records,
} from '@skerry/wire';
import { type IndexOwner, makeIndexWhole } from './index-rebuild.ts';
import type { LogReader } from './log-reader.ts';
import { learnNewest } from './newest.ts';
import { corrupt, scanHeaders } from './scan.ts';
import type { Segment } from './segment.ts';
import type { TimedOffset } from './segment-index.ts';
import type { SegmentList } from './segment-list.ts';
import { checkTime } from './time-check.ts';

/** A record, found by its time. */
export interface TimedRecord {
  readonly offset: Offset;
  readonly timestamp: number;
  readonly leaderEpoch: LeaderEpoch;
}

export type TimeDone = (error: Error | undefined, record: TimedRecord | undefined) => void;

export interface TimeParts extends IndexOwner {
  readonly segments: SegmentList;
  readonly reader: LogReader;
}

/** What is searched: from the log start to the high watermark, or the last stable offset. */
export interface Bounds {
  readonly from: Offset;
  readonly upTo: Offset;
}

/** The first record at or after `timestamp`. */
export function findByTime(parts: TimeParts, timestamp: number, bounds: Bounds, done: TimeDone): void {
  const sought = { timestamp, bounds };
  const none = (): void => done(undefined, undefined);
  const step = (segment: Segment, next: () => void): void => {
    const ended = (error: Error): void => (segment.isDoomed ? next() : done(error, undefined));
    // Retention may have taken it while an earlier one was looked up.
    if (segment.isDoomed || segment.size === 0) next();
    else if (segment.base >= bounds.upTo) none();
    else {
      learnNewest(segment, parts, (error) => {
        if (error !== undefined) ended(error);
        else if ((segment.newest?.timestamp ?? -1) < timestamp) next();
        else {
          findInSegment(parts, segment, sought, (failed, record) => {
            if (failed !== undefined) ended(failed);
            else if (record === undefined) next();
            else done(undefined, record);
          });
        }
      });
    }
  };
  inTurn(parts.segments.all.slice(parts.segments.indexOf(bounds.from)), step, none);
}

/** The first record that has the newest time of all. */
export function findNewestRecord(parts: TimeParts, bounds: Bounds, done: TimeDone): void {
  // What is known is taken now: the last segment may grow while the others are looked up.
  const left = parts.segments.all
    .filter((segment) => segment.size > 0 && segment.end > bounds.from)
    .map((segment) => ({ segment, timestamp: known(segment, bounds) }));
  let best: { readonly segment: Segment; readonly timestamp: number } | undefined;
  const step = (looked: (typeof left)[number], next: () => void): void => {
    const { segment } = looked;
    if (segment.isDoomed) {
      next();
      return;
    }
    newestFrom(parts, segment, bounds.from, (error, newest) => {
      if (error !== undefined && !segment.isDoomed) {
        done(error, undefined);
        return;
      }
      const timestamp = looked.timestamp ?? newest;
      if (timestamp > (best?.timestamp ?? -1)) best = { segment, timestamp };
      next();
    });
  };
  inTurn(left, step, () => {
    if (best === undefined || best.segment.isDoomed) done(undefined, undefined);
    else findInSegment(parts, best.segment, { timestamp: best.timestamp, bounds }, done);
  });
}

function known(segment: Segment, { from }: Bounds): number | undefined {
  return segment.newestKnown && segment.base >= from ? (segment.newest?.timestamp ?? -1) : undefined;
}

/** The newest time in `segment` from offset `from` on, or −1. */
function newestFrom(
  parts: TimeParts,
  segment: Segment,
  from: Offset,
  done: (error: Error | undefined, timestamp: number) => void,
): void {
  if (segment.base >= from) {
    learnNewest(segment, parts, (error) => done(error, error === undefined ? (segment.newest?.timestamp ?? -1) : -1));
    return;
  }
  makeIndexWhole(segment, parts, (failed) => {
    if (failed !== undefined || segment.isDoomed) {
      done(failed, -1);
      return;
    }
    let newest = -1;
    segment.pin();
    scanHeaders({
      file: segment.file,
      slabs: parts.world.files.slabs,
      from: segment.index.positionBefore(from) ?? Bytes(0),
      end: segment.size,
      now: false,
      visit: (bytes, at) => {
        if (batchLastOffset(bytes, at) >= from) newest = Math.max(newest, batchMaxTimestamp(bytes, at));
        return false;
      },
      done: (error) => {
        segment.unpin();
        done(error, newest);
      },
    });
  });
}

interface Sought {
  readonly timestamp: number;
  readonly bounds: Bounds;
}

function findInSegment(parts: TimeParts, segment: Segment, sought: Sought, done: TimeDone): void {
  makeIndexWhole(segment, parts, (error) => {
    if (error !== undefined || segment.isDoomed) {
      done(error, undefined);
      return;
    }
    const startOf = (before: TimedOffset | undefined): Bytes => {
      const offset = Math.max(before?.offset ?? segment.base, sought.bounds.from) as Offset;
      return segment.index.positionBefore(offset) ?? Bytes(0);
    };
    // Taken now: the index may be dropped from memory while it is checked.
    const before = segment.index.timeBefore(sought.timestamp);
    const start = startOf(before);
    checkTime(segment, before, parts, (unsure, remade) => {
      if (unsure !== undefined || segment.isDoomed) done(unsure, undefined);
      else {
        const from = remade ? startOf(segment.index.timeBefore(sought.timestamp)) : start;
        findFrom(parts, segment, from, sought, done);
      }
    });
  });
}

/** Walks the headers from `position`, and reads the records of each batch that may hold one. */
function findFrom(parts: TimeParts, segment: Segment, position: Bytes, sought: Sought, done: TimeDone): void {
  if (segment.isDoomed) {
    done(undefined, undefined);
    return;
  }
  const { bounds, timestamp } = sought;
  let length = 0;
  let beyond = false;
  // The segment may grow meanwhile.
  const end = segment.size;
  segment.pin();
  const finish: TimeDone = (error, record) => {
    segment.unpin();
    done(error, record);
  };
  scanHeaders({
    file: segment.file,
    slabs: parts.world.files.slabs,
    from: position,
    end,
    now: false,
    visit: (bytes, at) => {
      beyond = batchBaseOffset(bytes, at) >= bounds.upTo;
      length = batchLength(bytes, at);
      return beyond || (batchMaxTimestamp(bytes, at) >= timestamp && batchLastOffset(bytes, at) >= bounds.from);
    },
    done: (error, found) => {
      if (error !== undefined || beyond || found >= end) {
        finish(error, undefined);
        return;
      }
      findInBatch(parts, segment, { position: found, length }, sought, (failed, record) => {
        if (failed !== undefined || record !== undefined) finish(failed, record);
        else findFrom(parts, segment, Bytes(found + length), sought, finish);
      });
    },
  });
}

function findInBatch(
  parts: TimeParts,
  segment: Segment,
  at: { readonly position: Bytes; readonly length: number },
  sought: Sought,
  done: TimeDone,
): void {
  const { slabs } = parts.world.files;
  const slab = slabs.take(at.length);
  const finish: TimeDone = (error, record) => {
    slabs.give(slab);
    done(error, record);
  };
  segment.file.read(slab.subarray(0, at.length), at.position, (error, count) => {
    if (error !== undefined || count < at.length) {
      finish(error ?? corrupt(segment.file.path, at.position, 'the file ends inside a batch'), undefined);
      return;
    }
    if (!batchCrcIsValid(slab, 0, parts.world.compute)) {
      const what = 'the CRC of the batch is not that of its bytes';
      finish(corrupt(segment.file.path, at.position, what, batchBaseOffset(slab, 0)), undefined);
      return;
    }
    if (batchCodec(slab, 0) === 0) {
      finish(undefined, firstRecord(slab, undefined, sought));
      return;
    }
    decompressBatch(slab, 0, limits.frameBytesMax, parts.world.compute, (failed, plain) => {
      if (failed instanceof OperatingError) finish(failed, undefined);
      else finish(undefined, failed === undefined ? firstRecord(slab, plain, sought) : firstOffset(slab, sought));
    });
  });
}

function firstRecord(
  batch: Uint8Array,
  plain: Uint8Array | undefined,
  { timestamp, bounds }: Sought,
): TimedRecord | undefined {
  try {
    for (const record of records(batch, 0, plain)) {
      if (record.offset >= bounds.upTo) return undefined;
      if (record.timestamp < timestamp || record.offset < bounds.from) continue;
      return { offset: record.offset, timestamp: record.timestamp, leaderEpoch: batchLeaderEpoch(batch, 0) };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return firstOffset(batch, { timestamp, bounds });
  }
}

function firstOffset(batch: Uint8Array, { bounds }: Sought): TimedRecord {
  const offset = Math.max(batchBaseOffset(batch, 0), bounds.from) as Offset;
  return { offset, timestamp: batchMaxTimestamp(batch, 0), leaderEpoch: batchLeaderEpoch(batch, 0) };
}
