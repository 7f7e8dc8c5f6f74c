/**
 * The records of a batch, one after the other, for compaction: where each is, its key and whether it has a value.
 * Nothing is allocated for a record; the fields hold until the next one.
 *
 * A length that does not fit is a ProtocolError, thrown when the cursor gets there. Headers are stepped over.
 */
import { ProtocolError } from '@skerry/base';
import { batchHeaderBytes, batchLastOffsetDelta, batchLength, batchRecordCount } from './batch.ts';
import { VarReader } from './varint.ts';

export class RecordCursor {
  readonly #reader: VarReader;
  readonly #deltaMax: number;
  #left: number;
  /** Where the record begins, its length field included, and where it ends. */
  start = 0;
  end = 0;
  timestampDelta = 0;
  offsetDelta = -1;
  keyStart = 0;
  /** −1 for no key. */
  keyLength = -1;
  hasValue = false;

  /** The records of the batch at `at`; of a compressed batch they are read from `plain`. */
  constructor(bytes: Uint8Array, at: number, plain: Uint8Array | undefined) {
    this.#reader =
      plain === undefined
        ? new VarReader(bytes, at + batchHeaderBytes, at + batchLength(bytes, at))
        : new VarReader(plain, 0, plain.length);
    this.#deltaMax = batchLastOffsetDelta(bytes, at);
    this.#left = batchRecordCount(bytes, at);
  }

  /** The bytes in which the positions lie. */
  get bytes(): Uint8Array {
    return this.#reader.bytes;
  }

  /** Goes on to the next record; false behind the last. */
  next(): boolean {
    const reader = this.#reader;
    if (this.#left === 0) {
      if (reader.at !== reader.end) throw new ProtocolError(`${reader.end - reader.at} bytes after the last record`);
      return false;
    }
    this.#left--;
    this.start = reader.at;
    const length = reader.varint();
    if (length < 0 || length > reader.end - reader.at) throw new ProtocolError(`a record of ${length} bytes`);
    this.end = reader.at + length;
    reader.byte();
    this.timestampDelta = reader.varlong();
    const before = this.offsetDelta;
    this.offsetDelta = reader.varint();
    if (this.offsetDelta <= before || this.offsetDelta > this.#deltaMax)
      throw new ProtocolError(`offset delta ${this.offsetDelta} after ${before}, of ${this.#deltaMax}`);
    this.keyLength = reader.varint();
    this.keyStart = reader.at;
    if (this.keyLength > 0) reader.at += this.keyLength;
    const valueLength = reader.varint();
    this.hasValue = valueLength >= 0;
    if (this.keyLength < -1 || valueLength < -1 || reader.at + Math.max(valueLength, 0) > this.end)
      throw new ProtocolError('a field of a record is longer than that');
    reader.at = this.end;
    return true;
  }
}
