import { type Done, type Offset, OperatingError, offsetAfter } from '@skerry/base';
import { batchBaseOffset, batchLastOffsetDelta, batchLength, batchOverheadBytes } from '@skerry/wire';
import type { Partition } from './partition.ts';

/** Bytes read at a time. A batch larger than this is read alone. */
const windowBytes = 256 * 1024;

/**
 * Visits the batches of a partition from the one holding `from` up to `to`, in order; for start-up, not for the hot
 * path. The buffer belongs to the scan: `visit` copies what it keeps.
 */
export function scan(
  partition: Partition,
  from: Offset,
  to: Offset,
  visit: (buffer: Uint8Array, at: number) => void,
  done: Done,
): void {
  if (from >= to) return done();
  partition.log.read(from, windowBytes, to, true, (error, range) => {
    if (error !== undefined) return done(error);
    if (range === undefined) return done();
    const buffer = new Uint8Array(range.byteLength);
    range.read(buffer, 0, (readError) => {
      range.release();
      if (readError !== undefined) return done(readError);
      const next = visitWhole(buffer, from, visit);
      if (next === from)
        return done(
          new OperatingError(
            'SKR_DATA_CORRUPT',
            `${partition.topic}-${partition.index}: no whole batch at offset ${from}`,
          ),
        );
      scan(partition, next, to, visit, done);
    });
  });
}

/** Visits the whole batches in `buffer`; returns the offset after the last. */
function visitWhole(buffer: Uint8Array, from: Offset, visit: (buffer: Uint8Array, at: number) => void): Offset {
  let next = from;
  let at = 0;
  while (at + batchOverheadBytes <= buffer.length) {
    const length = batchLength(buffer, at);
    if (at + length > buffer.length) break;
    visit(buffer, at);
    next = offsetAfter(batchBaseOffset(buffer, at), batchLastOffsetDelta(buffer, at) + 1);
    at += length;
  }
  return next;
}
