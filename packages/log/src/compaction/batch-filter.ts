/**
 * What compaction leaves of a batch (Kafka's rules): of each key the newest record; a tombstone until the delete
 * horizon of its batch has passed, which is set when a pass first meets it (KIP-534); no record without a key.
 *
 * The batch keeps its offsets, its base timestamp and its producer's numbers, so what stays of the records is copied as
 * it is. Only a new delete horizon, which takes the place of the base timestamp, has them written anew.
 */
import type { Compute } from '@skerry/base';
import {
  attributeBits,
  BatchBuilder,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchCodec,
  batchHasDeleteHorizon,
  batchHeaderBytes,
  batchLastOffsetDelta,
  batchLeaderEpoch,
  batchMaxTimestamp,
  batchOverheadBytes,
  batchProducerEpoch,
  batchProducerId,
  batchTimestampType,
  codecName,
  compressRecords,
  noTimestamp,
  RecordCursor,
  records,
  setBatchCrc,
  setBatchMaxTimestamp,
} from '@skerry/wire';
import type { OffsetMap } from './offset-map.ts';
import { recordsAtOnce } from './slices.ts';

export interface FilterRules {
  readonly map: OffsetMap;
  /** Records from here on are not in the map. */
  readonly mapEnd: number;
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
}

/** Looks at the records of one batch, some at each step. */
export class BatchFilter {
  readonly #rules: FilterRules;
  readonly #bytes: Uint8Array;
  readonly #at: number;
  readonly #cursor: RecordCursor;
  readonly #isExpired: boolean;
  readonly #baseOffset: number;
  readonly #baseTimestamp: number;
  /** The batch as it will be, uncompressed; made with the first record that goes. */
  #kept: Uint8Array | undefined;
  #keptEnd = batchHeaderBytes;
  /** Where the records begin that follow one another, stay, and are not copied yet. */
  #runStart = -1;
  #runEnd = 0;
  #maxTimestamp = noTimestamp;
  #hasTombstones = false;
  #count = 0;
  #dropped = 0;

  constructor(rules: FilterRules, bytes: Uint8Array, at: number, plain: Uint8Array | undefined) {
    this.#rules = rules;
    this.#bytes = bytes;
    this.#at = at;
    this.#cursor = new RecordCursor(bytes, at, plain);
    this.#baseOffset = batchBaseOffset(bytes, at);
    this.#baseTimestamp = batchBaseTimestamp(bytes, at);
    this.#isExpired = batchHasDeleteHorizon(bytes, at) && rules.nowMs >= this.#baseTimestamp;
  }

  /** Looks at some records; true when it has seen all. */
  step(): boolean {
    const cursor = this.#cursor;
    for (let left = recordsAtOnce; left > 0; left--) {
      if (!cursor.next()) {
        if (this.#dropped > 0) this.#copyRun();
        return true;
      }
      if (this.#stays()) this.#keep();
      else this.#drop();
    }
    return false;
  }

  /** No record stays. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** All stay, and nothing else of the batch changes. */
  get isSame(): boolean {
    return this.#dropped === 0 && !this.#needsHorizon;
  }

  get #needsHorizon(): boolean {
    return this.#hasTombstones && !batchHasDeleteHorizon(this.#bytes, this.#at);
  }

  #stays(): boolean {
    const { map, mapEnd } = this.#rules;
    const { offsetDelta, keyStart, keyLength, hasValue, bytes } = this.#cursor;
    const offset = this.#baseOffset + offsetDelta;
    if (offset >= mapEnd) return true;
    if (keyLength < 0 || (!hasValue && this.#isExpired)) return false;
    return offset >= map.get(bytes, keyStart, keyLength);
  }

  #keep(): void {
    const { start, end, timestampDelta, hasValue } = this.#cursor;
    this.#count++;
    if (!hasValue) this.#hasTombstones = true;
    const timestamp = this.#baseTimestamp + timestampDelta;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    if (this.#runStart < 0) this.#runStart = start;
    this.#runEnd = end;
  }

  #drop(): void {
    if (this.#runStart >= 0) this.#copyRun();
    this.#dropped++;
  }

  #copyRun(): void {
    if (this.#runStart < 0) return;
    const from = this.#cursor.bytes;
    this.#kept ??= new Uint8Array(batchHeaderBytes + from.length);
    this.#kept.set(from.subarray(this.#runStart, this.#runEnd), this.#keptEnd);
    this.#keptEnd += this.#runEnd - this.#runStart;
    this.#runStart = -1;
  }

  /** Calls back with the batch that stays, in bytes of its own. */
  build(compute: Compute, done: (error: Error | undefined, batch?: Uint8Array) => void): void {
    this.#copyRun();
    const plain = headed(this.#bytes, this.#at, this.#kept?.subarray(0, this.#keptEnd) ?? new Uint8Array(0), {
      count: this.#count,
      codec: 0,
    });
    if (batchTimestampType(plain, 0) === 'createTime')
      setBatchMaxTimestamp(plain, 0, this.#maxTimestamp, 'createTime', compute);
    const batch = this.#needsHorizon ? this.#withHorizon(plain) : plain;
    const codec = codecName(batchCodec(this.#bytes, this.#at)) ?? 'none';
    if (codec === 'none') {
      setBatchCrc(batch, 0, compute);
      done(undefined, batch);
      return;
    }
    compressRecords(codec, batch.subarray(batchHeaderBytes), compute, (error, packed) => {
      if (packed === undefined) {
        done(error);
        return;
      }
      const whole = new Uint8Array(batchHeaderBytes + packed.length);
      whole.set(packed, batchHeaderBytes);
      headed(batch, 0, whole, { count: this.#count, codec: batchCodec(this.#bytes, this.#at) });
      setBatchCrc(whole, 0, compute);
      done(undefined, whole);
    });
  }

  #withHorizon(plain: Uint8Array): Uint8Array {
    const { nowMs, deleteRetentionMs } = this.#rules;
    const builder = new BatchBuilder({
      baseOffset: batchBaseOffset(plain, 0),
      leaderEpoch: batchLeaderEpoch(plain, 0),
      timestampType: batchTimestampType(plain, 0),
      maxTimestamp: batchMaxTimestamp(plain, 0),
      producerId: batchProducerId(plain, 0),
      producerEpoch: batchProducerEpoch(plain, 0),
      baseSequence: batchBaseSequence(plain, 0),
      lastOffsetDelta: batchLastOffsetDelta(plain, 0),
      deleteHorizonMs: nowMs + deleteRetentionMs,
    });
    for (const record of records(plain, 0))
      builder.append({ ...record, offsetDelta: record.offset - this.#baseOffset });
    return builder.build();
  }
}

/** Puts the header of the batch at `at` before the records in `batch`, which has room for it. */
function headed(
  bytes: Uint8Array,
  at: number,
  batch: Uint8Array,
  { count, codec }: { readonly count: number; readonly codec: number },
): Uint8Array {
  batch.set(bytes.subarray(at, at + batchHeaderBytes));
  const view = new DataView(batch.buffer, batch.byteOffset);
  view.setInt32(8, batch.length - batchOverheadBytes);
  view.setUint8(22, ((batch[22] ?? 0) & ~attributeBits.codec) | codec);
  view.setInt32(57, count);
  return batch;
}

/**
 * The batch at `at` without its records: what the producer's state is made of stays (its last sequence number, and
 * where that was). No time stays: no record has it.
 */
export function emptied(bytes: Uint8Array, at: number, compute: Compute): Uint8Array {
  const batch = headed(bytes, at, new Uint8Array(batchHeaderBytes), { count: 0, codec: 0 });
  batch[22] = (batch[22] ?? 0) | attributeBits.deleteHorizon;
  setBatchMaxTimestamp(batch, 0, noTimestamp, batchTimestampType(batch, 0), compute);
  return batch;
}

/** Puts the keys of one batch into the map, some at each step. */
export class BatchMapper {
  readonly #map: OffsetMap;
  readonly #cursor: RecordCursor;
  readonly #baseOffset: number;

  constructor(map: OffsetMap, bytes: Uint8Array, at: number, plain: Uint8Array | undefined) {
    this.#map = map;
    this.#cursor = new RecordCursor(bytes, at, plain);
    this.#baseOffset = batchBaseOffset(bytes, at);
  }

  step(): boolean {
    const cursor = this.#cursor;
    for (let left = recordsAtOnce; left > 0; left--) {
      if (!cursor.next()) return true;
      if (cursor.keyLength >= 0)
        this.#map.put(cursor.bytes, cursor.keyStart, cursor.keyLength, this.#baseOffset + cursor.offsetDelta);
    }
    return false;
  }
}
