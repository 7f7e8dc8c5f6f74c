/**
 * The newest time among a segment's batches up to a position.
 *
 * Every entry of the offset index has one of the time index beside it or before it, so only the batches from the last
 * entry on need reading.
 */
import { Bytes } from '@skerry/base';
import { type IndexOwner, makeIndexWhole } from './index-rebuild.ts';
import { newer } from './newer.ts';
import { scanHeaders } from './scan.ts';
import type { Segment } from './segment.ts';
import type { TimedOffset } from './segment-index.ts';
import { checkTime } from './time-check.ts';

export function findNewest(
  segment: Segment,
  end: Bytes,
  owner: IndexOwner,
  done: (error: Error | undefined, newest: TimedOffset | undefined) => void,
): void {
  const { cuts } = segment;
  makeIndexWhole(segment, owner, (failed) => {
    if (failed !== undefined) {
      done(failed, undefined);
      return;
    }
    // Taken now: the index may be dropped from memory while it is checked.
    const known = segment.index.newestBefore(end);
    checkTime(segment, known.newest, owner, (unsure, remade) => {
      // A cut has told the newest time of what is left.
      if (unsure !== undefined || segment.isDoomed || segment.cuts !== cuts)
        done(unsure, segment.newestKnown ? segment.newest : undefined);
      else scanFromNewest(segment, remade ? segment.index.newestBefore(end) : known, end, owner, done);
    });
  });
}

function scanFromNewest(
  segment: Segment,
  known: { readonly position: Bytes; readonly newest: TimedOffset | undefined },
  end: Bytes,
  owner: IndexOwner,
  done: (error: Error | undefined, newest: TimedOffset | undefined) => void,
): void {
  let newest = known.newest;
  segment.pin();
  scanHeaders({
    file: segment.file,
    slabs: owner.world.files.slabs,
    from: known.position,
    end,
    now: false,
    visit: (bytes, at) => {
      newest = newer(newest, bytes, at);
      return false;
    },
    done: (error) => {
      segment.unpin();
      done(error, newest);
    },
  });
}

/** Looks the newest time up for a segment of an earlier life, once. */
export function learnNewest(segment: Segment, owner: IndexOwner, done: (error?: Error) => void): void {
  if (segment.newestKnown) {
    done();
    return;
  }
  findNewest(segment, Bytes(segment.size), owner, (error, newest) => {
    if (error === undefined) segment.learnNewest(newest);
    done(error);
  });
}
