/** Replays what batches say into the producers of a log. */
import { Bytes, type Done, type Offset, offsetAfter } from '@skerry/base';
import { batchBaseOffset, batchIsControl, batchLastOffset, batchLength } from '@skerry/wire';
import type { ProducerStates } from './producers.ts';
import { scanHeaders, scanHeadersNow } from './scan.ts';
import type { Segment } from './segment.ts';
import type { LogWorld } from './world.ts';

/** Records in `producers` what the batches of `segment` from offset `since` up to byte `end` say, on the loop. */
export function replayProducersNow(
  producers: ProducerStates,
  segment: Segment,
  since: Offset,
  end: Bytes,
  world: LogWorld,
): void {
  scanHeadersNow(segment, end, world, recorder(producers, segment, since));
}

/** The same of several segments in order, each up to its byte `end`, through the pool. They stay until then. */
export function replayProducers(
  producers: ProducerStates,
  parts: readonly { readonly segment: Segment; readonly end: Bytes }[],
  since: Offset,
  world: LogWorld,
  done: Done,
): void {
  for (const { segment } of parts) segment.pin();
  const next = (index: number, failed?: Error): void => {
    const part = parts[index];
    if (failed !== undefined || part === undefined) {
      for (const { segment } of parts) segment.unpin();
      done(failed);
      return;
    }
    const record = recorder(producers, part.segment, since);
    scanHeaders({
      file: part.segment.file,
      slabs: world.files.slabs,
      from: Bytes(0),
      end: part.end,
      now: false,
      visit: (bytes, at, position) => {
        record(bytes, at, position);
        return false;
      },
      done: (error) => next(index + 1, error),
    });
  };
  next(0);
}

function recorder(producers: ProducerStates, segment: Segment, since: Offset) {
  return (bytes: Uint8Array, at: number, position: Bytes): void => {
    const base = batchBaseOffset(bytes, at);
    if (batchLastOffset(bytes, at) < since) return;
    if (batchIsControl(bytes, at)) {
      // A marker, whose header was just read: a few bytes from memory.
      const whole = new Uint8Array(batchLength(bytes, at));
      segment.file.readNow(whole, position);
      producers.record(whole, 0, base);
    } else producers.record(bytes, at, base);
    producers.settle(offsetAfter(batchLastOffset(bytes, at), 1));
  };
}
