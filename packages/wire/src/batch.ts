/**
 * A record batch, magic 2 (KIP-98), as a view over bytes: `at` is where it starts. Nothing is decoded, nothing
 * allocated.
 *
 * ```
 *  0 base offset      int64 ┐ not under the CRC:      23 last offset delta  int32
 *  8 length           int32 │ length counts what      27 base timestamp     int64, or the delete horizon
 * 12 leader epoch     int32 │ follows it              35 max timestamp      int64
 * 16 magic             int8 │                         43 producer id        int64
 * 17 CRC-32C         uint32 ┘ of 21 to the end        51 producer epoch     int16
 * 21 attributes       int16                           53 base sequence      int32
 *                                                     57 record count       int32
 * ```
 * Attributes: bits 0-2 codec, 3 log append time, 4 transactional, 5 control, 6 base timestamp is the delete horizon
 * (KIP-534).
 *
 * The getters trust their position: `checkBatch` (batch-check.ts) has approved the batch, or the log wrote it. 64-bit
 * fields are numbers, exact to ±2^53 (big-endian.ts). `checkBatch` refuses offsets and producer ids beyond that; a
 * timestamp beyond it is rounded, and only when shown: the bytes stay as they came.
 */
import { Bytes, type Compute, LeaderEpoch, Offset } from '@skerry/base';
import { int16At, int32At, int64At, setInt16, setInt32, setInt64, uint32At } from './big-endian.ts';

/** The sums a batch needs from {@link Compute}. */
export type Checksum = Pick<Compute, 'crc32c'>;

/** Whether a record's time was set by its producer, or by the broker at the append. */
export type TimestampType = 'createTime' | 'logAppendTime';

/** Base offset and length: what stands before the part that the length counts. */
export const batchOverheadBytes = 12;
/** All that stands before the records. */
export const batchHeaderBytes = 61;
/** Where the part under the CRC begins. */
export const batchCrcStart = 21;

/** "No producer": what a batch without idempotence holds (KIP-98). */
export const noProducerId = -1;
export const noProducerEpoch = -1;
export const noSequence = -1;
/** "No time", in timestamps. */
export const noTimestamp = -1;

export const attributeBits = {
  codec: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
};

export const batchBaseOffset = (bytes: Uint8Array, at: number): Offset => Offset(int64At(bytes, at));

/** The whole batch in bytes, base offset and length field included. */
export const batchLength = (bytes: Uint8Array, at: number): Bytes => Bytes(int32At(bytes, at + 8) + batchOverheadBytes);

/** The epoch of the leader that appended it; what a producer sends there means nothing. */
export const batchLeaderEpoch = (bytes: Uint8Array, at: number): LeaderEpoch => LeaderEpoch(int32At(bytes, at + 12));

/** 2 here; messages before Kafka 0.11 hold 0 or 1 at the same place. */
export const batchMagic = (bytes: Uint8Array, at: number): number => ((bytes[at + 16] ?? 0) << 24) >> 24;

export const batchCrc = (bytes: Uint8Array, at: number): number => uint32At(bytes, at + 17);

export const batchAttributes = (bytes: Uint8Array, at: number): number => int16At(bytes, at + 21);

/** The codec's number: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; 5 to 7 are not assigned. */
export const batchCodec = (bytes: Uint8Array, at: number): number => (bytes[at + 22] ?? 0) & attributeBits.codec;

export const batchTimestampType = (bytes: Uint8Array, at: number): TimestampType =>
  ((bytes[at + 22] ?? 0) & attributeBits.logAppendTime) === 0 ? 'createTime' : 'logAppendTime';

export const batchIsTransactional = (bytes: Uint8Array, at: number): boolean =>
  ((bytes[at + 22] ?? 0) & attributeBits.transactional) !== 0;

/** Whether it holds a transaction's marker, or another record that applications must not see. */
export const batchIsControl = (bytes: Uint8Array, at: number): boolean =>
  ((bytes[at + 22] ?? 0) & attributeBits.control) !== 0;

/**
 * Whether the base timestamp is when tombstones and markers in it may go (KIP-534). Deltas count from there all the
 * same.
 */
export const batchHasDeleteHorizon = (bytes: Uint8Array, at: number): boolean =>
  ((bytes[at + 22] ?? 0) & attributeBits.deleteHorizon) !== 0;

/**
 * The last record's offset less the base offset. Compaction leaves it as it was, so it may exceed the count of records.
 */
export const batchLastOffsetDelta = (bytes: Uint8Array, at: number): number => int32At(bytes, at + 23);

/** The offset of the batch's last record, as produced. */
export const batchLastOffset = (bytes: Uint8Array, at: number): Offset =>
  Offset(int64At(bytes, at) + int32At(bytes, at + 23));

export const batchBaseTimestamp = (bytes: Uint8Array, at: number): number => int64At(bytes, at + 27);

export const batchMaxTimestamp = (bytes: Uint8Array, at: number): number => int64At(bytes, at + 35);

export const batchProducerId = (bytes: Uint8Array, at: number): number => int64At(bytes, at + 43);

export const batchProducerEpoch = (bytes: Uint8Array, at: number): number => int16At(bytes, at + 51);

export const batchBaseSequence = (bytes: Uint8Array, at: number): number => int32At(bytes, at + 53);

/** The sequence number of the last record: after 2^31 − 1 comes 0. */
export const batchLastSequence = (bytes: Uint8Array, at: number): number => {
  const base = batchBaseSequence(bytes, at);
  return base === noSequence ? noSequence : (base + batchLastOffsetDelta(bytes, at)) & 0x7fff_ffff;
};

export const batchRecordCount = (bytes: Uint8Array, at: number): number => int32At(bytes, at + 57);

export function setBatchBaseOffset(bytes: Uint8Array, at: number, offset: Offset): void {
  setInt64(bytes, at, offset);
}

export function setBatchLeaderEpoch(bytes: Uint8Array, at: number, epoch: LeaderEpoch): void {
  setInt32(bytes, at + 12, epoch);
}

/**
 * Sets what kind of time the batch carries and its newest, then its CRC: with `logAppendTime`, every record's time is
 * `timestamp`.
 */
export function setBatchMaxTimestamp(
  bytes: Uint8Array,
  at: number,
  timestamp: number,
  type: TimestampType,
  checksum: Checksum,
): void {
  const others = batchAttributes(bytes, at) & ~attributeBits.logAppendTime;
  setInt16(bytes, at + 21, others | (type === 'logAppendTime' ? attributeBits.logAppendTime : 0));
  setInt64(bytes, at + 35, timestamp);
  setBatchCrc(bytes, at, checksum);
}

/** Makes the CRC that of the bytes. */
export function setBatchCrc(bytes: Uint8Array, at: number, checksum: Checksum): void {
  setInt32(bytes, at + 17, checksum.crc32c(bytes, at + batchCrcStart, at + batchLength(bytes, at)));
}

/** Whether the CRC is that of the bytes. The batch must be whole. */
export function batchCrcIsValid(bytes: Uint8Array, at: number, checksum: Checksum): boolean {
  return checksum.crc32c(bytes, at + batchCrcStart, at + batchLength(bytes, at)) === batchCrc(bytes, at);
}
