/**
 * The records of a batch, one by one, for those who need them: consumers, coordinators, compaction. The broker's way of
 * a record has none.
 *
 * Every length is held against what is left before it is used; a lie is a ProtocolError, thrown when the iteration gets
 * there. Keys and values are views of the bytes given, to be copied by whoever keeps them longer than those.
 */
import { assert, Offset, ProtocolError, utf8Decode } from '@skerry/base';
import {
  batchBaseOffset,
  batchBaseTimestamp,
  batchCodec,
  batchHeaderBytes,
  batchIsControl,
  batchLastOffsetDelta,
  batchLength,
  batchMaxTimestamp,
  batchRecordCount,
  batchTimestampType,
} from './batch.ts';
import { int16At, int32At } from './big-endian.ts';
import { VarReader } from './varint.ts';

export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

export interface DecodedRecord {
  readonly offset: Offset;
  /** Milliseconds since 1970, or −1 for none; in a batch of log append time that one for all. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

/**
 * What a control record says (KIP-98): how a transaction ended, and by which coordinator's epoch. Other kinds are
 * Raft's, with no epoch.
 */
export interface ControlRecord {
  readonly kind: 'abort' | 'commit' | 'other';
  readonly coordinatorEpoch: number;
}

const noHeaders: readonly RecordHeader[] = [];

/**
 * The records of the batch at `at`, which checkBatch has approved. A compressed batch needs `plain`, what its records
 * are decompressed (`decompressRecords` in compression.ts).
 */
export function* records(bytes: Uint8Array, at: number, plain?: Uint8Array): Generator<DecodedRecord, void, undefined> {
  assert(
    plain !== undefined || batchCodec(bytes, at) === 0,
    'records of a compressed batch are read from its plain bytes',
  );
  if (batchLength(bytes, at) > bytes.length - at) throw new ProtocolError('a batch that is cut short');
  const reader =
    plain === undefined
      ? new VarReader(bytes, at + batchHeaderBytes, at + batchLength(bytes, at))
      : new VarReader(plain, 0, plain.length);
  const baseOffset = batchBaseOffset(bytes, at);
  const baseTimestamp = batchBaseTimestamp(bytes, at);
  const appendTime = batchTimestampType(bytes, at) === 'logAppendTime' ? batchMaxTimestamp(bytes, at) : undefined;
  const deltaMax = batchLastOffsetDelta(bytes, at);
  for (let left = batchRecordCount(bytes, at); left > 0; left--) {
    yield readRecord(reader, baseOffset, deltaMax, baseTimestamp, appendTime);
  }
  if (reader.at !== reader.end) throw new ProtocolError(`${reader.end - reader.at} bytes after the last record`);
}

function readRecord(
  reader: VarReader,
  baseOffset: Offset,
  deltaMax: number,
  baseTimestamp: number,
  appendTime: number | undefined,
): DecodedRecord {
  const length = reader.varint();
  if (length < 0 || length > reader.end - reader.at) throw new ProtocolError(`a record of ${length} bytes`);
  const end = reader.at + length;
  reader.byte(); // Attributes of a record: none are assigned.
  const timestampDelta = reader.varlong();
  const offsetDelta = reader.varint();
  if (offsetDelta < 0 || offsetDelta > deltaMax) throw new ProtocolError(`offset delta ${offsetDelta} of ${deltaMax}`);
  const key = readBytes(reader);
  const value = readBytes(reader);
  const headers = readHeaders(reader);
  if (reader.at !== end) throw new ProtocolError(`a record of ${length} bytes ends elsewhere`);
  const timestamp = appendTime ?? baseTimestamp + timestampDelta;
  return { offset: Offset(baseOffset + offsetDelta), timestamp, key, value, headers };
}

function readBytes(reader: VarReader): Uint8Array | null {
  const length = reader.varint();
  if (length === -1) return null;
  return reader.bytes.subarray(reader.at, skip(reader, length));
}

function readHeaders(reader: VarReader): readonly RecordHeader[] {
  const count = reader.varint();
  if (count === 0) return noHeaders;
  // Two lengths each at least: a count beyond that is a lie. The array grows as headers are found, not by what is
  // declared.
  if (count < 0 || count * 2 > reader.end - reader.at) throw new ProtocolError(`${count} record headers`);
  const headers: RecordHeader[] = [];
  for (let i = 0; i < count; i++) {
    const length = reader.varint();
    const start = reader.at;
    const key = utf8Decode(reader.bytes, start, skip(reader, length));
    headers.push({ key, value: readBytes(reader) });
  }
  return headers;
}

function skip(reader: VarReader, length: number): number {
  if (length < 0 || length > reader.end - reader.at) throw new ProtocolError(`a field of ${length} bytes in a record`);
  reader.at += length;
  return reader.at;
}

/**
 * What the record of a control batch says, or undefined if the batch is none or holds no record (compaction leaves
 * such).
 */
export function controlRecord(bytes: Uint8Array, at: number): ControlRecord | undefined {
  if (!batchIsControl(bytes, at)) return undefined;
  const { value: record } = records(bytes, at).next();
  if (record === undefined) return undefined;
  const { key, value } = record;
  if (key === null || key.length < 4 || int16At(key, 0) < 0) throw new ProtocolError('a control record without a type');
  const type = int16At(key, 2);
  if (type !== 0 && type !== 1) return { kind: 'other', coordinatorEpoch: -1 };
  if (value === null || value.length < 6) throw new ProtocolError('a transaction marker without an epoch');
  return { kind: type === 0 ? 'abort' : 'commit', coordinatorEpoch: int32At(value, 2) };
}
