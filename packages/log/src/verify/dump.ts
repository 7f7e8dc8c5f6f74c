/** What a segment's batches say of themselves, good or not: for who looks into a file. */
import { type Compute, type DiskFile, Offset } from '@skerry/base';
import {
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchCodec,
  batchCrc,
  batchHasDeleteHorizon,
  batchIsControl,
  batchIsTransactional,
  batchLastOffset,
  batchLastSequence,
  batchLeaderEpoch,
  batchLength,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  batchTimestampType,
  codecName,
} from '@skerry/wire';
import { type BadStretch, walkSegment } from './walk.ts';

export interface BatchFacts {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly count: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitionLeaderEpoch: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly deleteHorizonMs: number | null;
  readonly position: number;
  readonly timestampType: 'createTime' | 'logAppendTime';
  readonly timestamp: number;
  readonly size: number;
  readonly codec: string;
  readonly crc: number;
}

/** A batch; `bytes` are lent until the dump goes on, and it begins at `at`. */
export type DumpStep =
  | { readonly bad: undefined; readonly facts: BatchFacts; readonly bytes: Uint8Array; readonly at: number }
  | { readonly bad: BadStretch };

/** All good batches of a segment, and what lies between them, in the order of the file. */
export function* dumpSegment(file: DiskFile, compute: Compute): Generator<DumpStep, void, undefined> {
  const whole = { file, compute, size: file.size(), expected: Offset(0), mayHaveGaps: true };
  for (const step of walkSegment(whole)) {
    if (step.bad !== undefined) yield step;
    else yield { ...step, facts: batchFacts(step.bytes, step.at, step.position) };
  }
}

function batchFacts(bytes: Uint8Array, at: number, position: number): BatchFacts {
  return {
    baseOffset: batchBaseOffset(bytes, at),
    lastOffset: batchLastOffset(bytes, at),
    count: batchRecordCount(bytes, at),
    baseSequence: batchBaseSequence(bytes, at),
    lastSequence: batchLastSequence(bytes, at),
    producerId: batchProducerId(bytes, at),
    producerEpoch: batchProducerEpoch(bytes, at),
    partitionLeaderEpoch: batchLeaderEpoch(bytes, at),
    isTransactional: batchIsTransactional(bytes, at),
    isControl: batchIsControl(bytes, at),
    deleteHorizonMs: batchHasDeleteHorizon(bytes, at) ? batchBaseTimestamp(bytes, at) : null,
    position,
    timestampType: batchTimestampType(bytes, at),
    timestamp: batchMaxTimestamp(bytes, at),
    size: batchLength(bytes, at),
    codec: codecName(batchCodec(bytes, at)) ?? 'unknown',
    crc: batchCrc(bytes, at),
  };
}
