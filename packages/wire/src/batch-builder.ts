/**
 * Makes record batches of magic 2: for producers, for what the broker writes itself (markers, coordinators' and
 * metadata logs), and for compaction, which keeps offsets and sequence numbers as they were.
 *
 * A builder is used once: append, then `build`, or `compress` for a codec.
 */
import { assert, type Compute, crc32c, LeaderEpoch, newBytes, Offset, utf8Length, utf8Write } from '@skerry/base';
import {
  attributeBits,
  batchCrcStart,
  batchHeaderBytes,
  batchOverheadBytes,
  type Checksum,
  noProducerEpoch,
  noProducerId,
  noSequence,
  noTimestamp,
  type TimestampType,
} from './batch.ts';
import type { RecordHeader } from './batch-records.ts';
import { setInt16, setInt32, setInt64 } from './big-endian.ts';
import { type CodecChoice, type CodecName, codecNumber, compressRecords } from './compression.ts';
import { roomFor } from './room-for.ts';
import { varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts';

/** A record to append. Nothing of it is kept: its bytes are copied. */
export interface NewRecord {
  /** Milliseconds since 1970; −1, the default, for none. */
  readonly timestamp?: number;
  readonly key?: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
  /** Its distance from the base offset. By default one more than the record before; compaction leaves gaps. */
  readonly offsetDelta?: number;
}

export interface BatchOptions {
  readonly baseOffset?: Offset;
  readonly leaderEpoch?: LeaderEpoch;
  readonly timestampType?: TimestampType;
  /** The newest timestamp that the header states, if not the newest of the records: the time of the append, say. */
  readonly maxTimestamp?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** From when on compaction may drop tombstones and markers (KIP-534). */
  readonly deleteHorizonMs?: number;
  /** Where the batch ends, if later than its last record: compaction keeps what it was. */
  readonly lastOffsetDelta?: number;
}

/** Plain sums, for small batches and where no Compute is at hand. */
const plainChecksum: Checksum = { crc32c };

const firstCapacity = 512;

export class BatchBuilder {
  readonly #options: BatchOptions;
  #bytes = newBytes(firstCapacity);
  #end = batchHeaderBytes;
  #count = 0;
  #lastDelta = -1;
  #baseTimestamp = noTimestamp;
  #maxTimestamp = noTimestamp;

  constructor(options: BatchOptions = {}) {
    this.#options = options;
    if (options.deleteHorizonMs !== undefined) this.#baseTimestamp = options.deleteHorizonMs;
  }

  get recordCount(): number {
    return this.#count;
  }

  /** Bytes of the batch so far, before compression. */
  get sizeBytes(): number {
    return this.#end;
  }

  /** Bytes that the batch would have with `record`, before compression. */
  sizeBytesWith(record: NewRecord): number {
    const body = this.#bodySize(record);
    return this.#end + varintSize(body) + body;
  }

  append(record: NewRecord): this {
    const { timestamp = noTimestamp, key = null, value, headers = [] } = record;
    const delta = record.offsetDelta ?? this.#lastDelta + 1;
    assert(delta > this.#lastDelta, 'records are appended in the order of their offsets');
    assert(Number.isSafeInteger(timestamp), 'a timestamp is a whole number');
    if (this.#count === 0 && this.#options.deleteHorizonMs === undefined) this.#baseTimestamp = timestamp;
    const body = this.#bodySize(record);
    this.#reserve(varintSize(body) + body);
    const bytes = this.#bytes;
    let at = writeVarint(bytes, this.#end, body);
    bytes[at++] = 0;
    at = writeVarlong(bytes, at, timestamp - this.#baseTimestamp);
    at = writeVarint(bytes, at, delta);
    at = writeBytes(bytes, at, key);
    at = writeBytes(bytes, at, value);
    at = writeVarint(bytes, at, headers.length);
    for (const header of headers) {
      at = writeVarint(bytes, at, utf8Length(header.key));
      at = utf8Write(header.key, bytes, at);
      at = writeBytes(bytes, at, header.value);
    }
    assert(at === this.#end + varintSize(body) + body, 'a record has the size that was computed');
    this.#end = at;
    this.#count++;
    this.#lastDelta = delta;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    return this;
  }

  /** The batch, uncompressed, in bytes of its own. */
  build(checksum: Checksum = plainChecksum): Uint8Array {
    // Most are small, and stay where they are; of a large one the room to spare would be kept with it.
    const isSmall = this.#bytes.length === firstCapacity;
    const batch = isSmall ? this.#bytes.subarray(0, this.#end) : this.#bytes.slice(0, this.#end);
    this.#writeHeader(batch, 'none', checksum);
    return batch;
  }

  /** Calls back with the batch compressed by a codec; with 'none', as {@link build}. */
  compress(
    choice: CodecName | CodecChoice,
    compute: Compute,
    done: (error: Error | undefined, batch?: Uint8Array) => void,
  ): void {
    const { codec, level } = typeof choice === 'string' ? { codec: choice, level: undefined } : choice;
    if (codec === 'none') return done(undefined, this.build(compute));
    compressRecords({ codec, level }, this.#bytes.subarray(batchHeaderBytes, this.#end), compute, (error, packed) => {
      if (packed === undefined) return done(error);
      const batch = new Uint8Array(batchHeaderBytes + packed.length);
      batch.set(packed, batchHeaderBytes);
      this.#writeHeader(batch, codec, compute);
      done(undefined, batch);
    });
  }

  #writeHeader(batch: Uint8Array, codec: CodecName, checksum: Checksum): void {
    const options = this.#options;
    const lastDelta = options.lastOffsetDelta ?? this.#lastDelta;
    assert(lastDelta >= 0 && lastDelta >= this.#lastDelta, 'a batch spans its records');
    setInt64(batch, 0, options.baseOffset ?? 0);
    setInt32(batch, 8, batch.length - batchOverheadBytes);
    setInt32(batch, 12, options.leaderEpoch ?? -1);
    batch[16] = 2;
    setInt16(
      batch,
      21,
      codecNumber(codec) |
        (options.timestampType === 'logAppendTime' ? attributeBits.logAppendTime : 0) |
        (options.transactional === true ? attributeBits.transactional : 0) |
        (options.control === true ? attributeBits.control : 0) |
        (options.deleteHorizonMs === undefined ? 0 : attributeBits.deleteHorizon),
    );
    setInt32(batch, 23, lastDelta);
    setInt64(batch, 27, this.#baseTimestamp);
    setInt64(batch, 35, options.maxTimestamp ?? this.#maxTimestamp);
    setInt64(batch, 43, options.producerId ?? noProducerId);
    setInt16(batch, 51, options.producerEpoch ?? noProducerEpoch);
    setInt32(batch, 53, options.baseSequence ?? noSequence);
    setInt32(batch, 57, this.#count);
    setInt32(batch, 17, checksum.crc32c(batch, batchCrcStart, batch.length));
  }

  /** The size of a record without its length field. */
  #bodySize(record: NewRecord): number {
    const { timestamp = noTimestamp, key = null, value, headers = [] } = record;
    const first = this.#count === 0 && this.#options.deleteHorizonMs === undefined;
    let size = 1 + varlongSize(first ? 0 : timestamp - this.#baseTimestamp);
    size += varintSize(record.offsetDelta ?? this.#lastDelta + 1) + bytesSize(key) + bytesSize(value);
    size += varintSize(headers.length);
    for (const header of headers) {
      const keySize = utf8Length(header.key);
      size += varintSize(keySize) + keySize + bytesSize(header.value);
    }
    return size;
  }

  #reserve(more: number): void {
    this.#bytes = roomFor(this.#bytes, this.#end, this.#end + more);
  }
}

/** What a transaction's coordinator writes into each partition that took part. */
export interface Marker {
  readonly kind: 'abort' | 'commit';
  readonly coordinatorEpoch: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly timestamp: number;
}

/** The control batch that ends a transaction (KIP-98). */
export function markerBatch(marker: Marker, checksum?: Checksum): Uint8Array {
  const key = new Uint8Array(4);
  setInt16(key, 2, marker.kind === 'abort' ? 0 : 1);
  const value = new Uint8Array(6);
  setInt32(value, 2, marker.coordinatorEpoch);
  const { producerId, producerEpoch, timestamp } = marker;
  return new BatchBuilder({ producerId, producerEpoch, transactional: true, control: true })
    .append({ timestamp, key, value })
    .build(checksum);
}

function bytesSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

function writeBytes(into: Uint8Array, at: number, bytes: Uint8Array | null): number {
  if (bytes === null) return writeVarint(into, at, -1);
  const start = writeVarint(into, at, bytes.length);
  into.set(bytes, start);
  return start + bytes.length;
}
