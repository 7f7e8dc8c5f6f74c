/**
 * Holds an entry of the time index against the batch that it names, before anything is concluded from it: its file has
 * no checksum. One that does not agree has the index made anew.
 */
import { batchLastOffset, batchMaxTimestamp } from '@skerry/wire';
import { DamageError } from './damage.ts';
import { type IndexOwner, remakeIndex } from './index-rebuild.ts';
import { scanHeaders } from './scan.ts';
import type { Segment } from './segment.ts';
import type { TimedOffset } from './segment-index.ts';

/** Calls back when the index of `segment` may be believed in what it says by `entry`; with an error if it cannot be. */
export function checkTime(
  segment: Segment,
  entry: TimedOffset | undefined,
  owner: IndexOwner,
  done: (error: Error | undefined, remade: boolean) => void,
): void {
  // What this process wrote is in its memory as it was written.
  const from = entry === undefined ? undefined : segment.index.positionBefore(entry.offset);
  if (entry === undefined || from === undefined || segment.checked.covers(0, segment.size)) {
    done(undefined, false);
    return;
  }
  let agrees = false;
  const { cuts } = segment;
  segment.pin();
  scanHeaders({
    file: segment.file,
    slabs: owner.world.files.slabs,
    from,
    end: segment.size,
    now: false,
    visit: (bytes, at) => {
      const last = batchLastOffset(bytes, at);
      agrees = last === entry.offset && batchMaxTimestamp(bytes, at) === entry.timestamp;
      return last >= entry.offset;
    },
    done: (error) => {
      segment.unpin();
      if (segment.isDoomed || segment.cuts !== cuts) done(undefined, false);
      else if (error !== undefined && !(error instanceof DamageError)) done(error, false);
      else if (agrees) done(undefined, false);
      else remakeIndex(segment, owner, (failed) => done(failed, true));
    },
  });
}
