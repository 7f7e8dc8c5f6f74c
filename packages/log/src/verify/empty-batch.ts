/** What stands in a log for offsets whose records are gone: a batch of magic 2 (wire/batch.ts) that has none. */
import type { Compute, LeaderEpoch, Offset } from '@skerry/base';
import {
  batchHeaderBytes,
  batchOverheadBytes,
  setBatchBaseOffset,
  setBatchCrc,
  setBatchLeaderEpoch,
} from '@skerry/wire';

export interface LostOffsets {
  readonly from: Offset;
  /** The first offset behind them. */
  readonly end: Offset;
  readonly epoch: LeaderEpoch;
}

export function emptyBatch({ from, end, epoch }: LostOffsets, compute: Compute): Uint8Array {
  const bytes = new Uint8Array(batchHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setInt32(8, batchHeaderBytes - batchOverheadBytes);
  view.setInt8(16, 2);
  view.setInt32(23, end - from - 1);
  // Neither times, nor a producer: all of these are -1.
  bytes.fill(0xff, 27, 57);
  setBatchBaseOffset(bytes, 0, from);
  setBatchLeaderEpoch(bytes, 0, epoch);
  setBatchCrc(bytes, 0, compute);
  return bytes;
}
