/** Replays what batches say into the producers of a log. */
import { type Bytes, type Offset, offsetAfter } from '@skerry/base';
import { batchBaseOffset, batchIsControl, batchLastOffset, batchLength } from '@skerry/wire';
import type { ProducerStates } from './producers.ts';
import { scanHeadersNow } from './scan.ts';
import type { Segment } from './segment.ts';
import type { LogWorld } from './world.ts';

/** Records in `producers` what the batches of `segment` from offset `since` up to byte `end` say. */
export function replayProducers(
  producers: ProducerStates,
  segment: Segment,
  since: Offset,
  end: Bytes,
  world: LogWorld,
): void {
  scanHeadersNow(segment, end, world, (bytes, at, position) => {
    const base = batchBaseOffset(bytes, at);
    if (batchLastOffset(bytes, at) < since) return;
    if (batchIsControl(bytes, at)) {
      const whole = new Uint8Array(batchLength(bytes, at));
      segment.file.readNow(whole, position);
      producers.record(whole, 0, base);
    } else producers.record(bytes, at, base);
    producers.settle(offsetAfter(batchLastOffset(bytes, at), 1));
  });
}
