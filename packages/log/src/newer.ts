import { type Offset, offsetAfter } from '@skerry/base';
import { batchBaseOffset, batchLastOffsetDelta, batchMaxTimestamp } from '@skerry/wire';
import type { TimedOffset } from './segment-index.ts';

/** `newest`, or the time of the batch at `at` if that is newer. */
export function newer(newest: TimedOffset | undefined, bytes: Uint8Array, at: number): TimedOffset | undefined {
  // Beyond 2^53 a timestamp is not exact; it is far beyond any that makes sense.
  const timestamp = Math.min(batchMaxTimestamp(bytes, at), Number.MAX_SAFE_INTEGER);
  if (timestamp < 0 || timestamp <= (newest?.timestamp ?? -1)) return newest;
  const offset: Offset = offsetAfter(batchBaseOffset(bytes, at), batchLastOffsetDelta(bytes, at));
  return { timestamp, offset };
}
