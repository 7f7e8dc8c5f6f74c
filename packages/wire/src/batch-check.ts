/**
 * Whether bytes are a record batch that may be stored: the first fault, or undefined.
 *
 * In three steps, as Kafka does, so that the answer carries the same error: shape (length, magic), CRC, meaning. The
 * records are not looked at; whoever reads them finds their lies (batch-records.ts).
 */
import {
  batchBaseOffset,
  batchBaseSequence,
  batchCodec,
  batchCrcIsValid,
  batchHeaderBytes,
  batchIsControl,
  batchLastOffsetDelta,
  batchLength,
  batchMagic,
  batchProducerId,
  batchRecordCount,
  type Checksum,
  noProducerId,
} from './batch.ts';
import { codecNumberMax } from './compression.ts';
import { magicEnd } from './legacy-batch.ts';

/** What can be wrong with a batch, and how Kafka answers a Produce that carries it. */
export const batchFaults = {
  cut: { error: 'INVALID_RECORD', text: 'the bytes end before the batch does' },
  lengthLies: { error: 'CORRUPT_MESSAGE', text: 'its length is less than its header' },
  oldMagic: { error: 'INVALID_RECORD', text: 'a message of format 0 or 1 (before Kafka 0.11)' },
  unknownMagic: { error: 'CORRUPT_MESSAGE', text: 'its magic is none of 0, 1, 2' },
  crcMismatch: { error: 'CORRUPT_MESSAGE', text: 'its CRC is not that of its bytes' },
  unknownCodec: { error: 'UNSUPPORTED_COMPRESSION_TYPE', text: 'its compression is none of 0 to 4' },
  offsetRangeLies: { error: 'INVALID_RECORD', text: 'its last offset is before its first' },
  countLies: { error: 'INVALID_RECORD', text: 'its count of records does not fit its offsets, or its bytes' },
  controlByClient: { error: 'INVALID_RECORD', text: 'clients must not write control batches' },
  sequenceMissing: { error: 'INVALID_RECORD', text: 'it has a producer id, but no sequence number' },
  numberInexact: { error: 'INVALID_RECORD', text: 'an offset or a producer id is beyond 2^53' },
} as const;

export type BatchFault = keyof typeof batchFaults;

/** Who wrote the batch: a client must not send what compaction may leave, nor markers. */
export type BatchOrigin = 'client' | 'log';

/** Of each record at least: length, attributes, two deltas, key and value length, count of headers. */
const recordBytesMin = 7;

/**
 * The first fault of the batch that starts at `at` and must end by `end`, or undefined. It may be followed by others.
 */
export function checkBatch(
  bytes: Uint8Array,
  at: number,
  end: number,
  checksum: Checksum,
  origin: BatchOrigin,
): BatchFault | undefined {
  const fault = batchShapeFault(bytes, at, end);
  if (fault !== undefined) return fault;
  if (!batchCrcIsValid(bytes, at, checksum)) return 'crcMismatch';
  return batchMeaningFault(bytes, at, origin);
}

/** Whether there is a whole batch of magic 2 at `at`: cheap, and enough to walk from one batch to the next. */
export function batchShapeFault(bytes: Uint8Array, at: number, end: number): BatchFault | undefined {
  const left = end - at;
  if (left < magicEnd) return 'cut';
  // The magic stands at the same place in all formats.
  const magic = batchMagic(bytes, at);
  if (magic === 0 || magic === 1) return 'oldMagic';
  if (magic !== 2) return 'unknownMagic';
  const length = batchLength(bytes, at);
  if (length < batchHeaderBytes) return 'lengthLies';
  return length > left ? 'cut' : undefined;
}

/** Whether the header of a whole batch makes sense. */
export function batchMeaningFault(bytes: Uint8Array, at: number, origin: BatchOrigin): BatchFault | undefined {
  const codec = batchCodec(bytes, at);
  if (codec > codecNumberMax) return 'unknownCodec';
  const delta = batchLastOffsetDelta(bytes, at);
  if (delta < 0) return 'offsetRangeLies';
  const count = batchRecordCount(bytes, at);
  if (count < 0 || count > delta + 1) return 'countLies';
  if (codec === 0 && count * recordBytesMin > batchLength(bytes, at) - batchHeaderBytes) return 'countLies';
  const producerId = batchProducerId(bytes, at);
  if (!Number.isSafeInteger(producerId)) return 'numberInexact';
  return origin === 'client' ? clientFault(bytes, at) : logFault(bytes, at);
}

function clientFault(bytes: Uint8Array, at: number): BatchFault | undefined {
  if (batchRecordCount(bytes, at) !== batchLastOffsetDelta(bytes, at) + 1) return 'countLies';
  if (batchIsControl(bytes, at)) return 'controlByClient';
  if (batchProducerId(bytes, at) > noProducerId && batchBaseSequence(bytes, at) < 0) return 'sequenceMissing';
  return undefined;
}

/** In a log the base offset counts: from a client it means nothing, the broker sets it. */
function logFault(bytes: Uint8Array, at: number): BatchFault | undefined {
  const base = batchBaseOffset(bytes, at);
  if (base < 0) return 'offsetRangeLies';
  return Number.isSafeInteger(base + batchLastOffsetDelta(bytes, at) + 1) ? undefined : 'numberInexact';
}
