/**
 * Makes sets of messages of format 0 and 1, for consumers before Kafka 0.11: uncompressed, each message with its own
 * offset. Headers of records are lost, and in format 0 their time.
 */
import type { TimestampType } from '../batch.ts';
import type { DecodedRecord } from '../batch-records.ts';
import { setInt32, setInt64 } from '../big-endian.ts';
import { roomFor } from '../room-for.ts';
import { crc32 } from './crc32.ts';

const overheadBytes = 12;
const firstCapacity = 1024;

/** What a record takes as a message, offset and size field included. */
export function messageBytes(magic: 0 | 1, { key, value }: Pick<DecodedRecord, 'key' | 'value'>): number {
  return overheadBytes + 14 + (magic === 1 ? 8 : 0) + (key?.length ?? 0) + (value?.length ?? 0);
}

export class MessageSetWriter {
  readonly #magic: 0 | 1;
  #bytes = new Uint8Array(firstCapacity);
  #end = 0;

  constructor(magic: 0 | 1) {
    this.#magic = magic;
  }

  get sizeBytes(): number {
    return this.#end;
  }

  append(record: Pick<DecodedRecord, 'offset' | 'timestamp' | 'key' | 'value'>, type: TimestampType): void {
    const size = messageBytes(this.#magic, record);
    this.#reserve(size);
    const bytes = this.#bytes;
    const start = this.#end;
    setInt64(bytes, start, record.offset);
    setInt32(bytes, start + 8, size - overheadBytes);
    bytes[start + 16] = this.#magic;
    bytes[start + 17] = this.#magic === 1 && type === 'logAppendTime' ? 0x08 : 0;
    let at = start + 18;
    if (this.#magic === 1) {
      setInt64(bytes, at, record.timestamp);
      at += 8;
    }
    at = this.#field(at, record.key);
    this.#end = this.#field(at, record.value);
    setInt32(bytes, start + overheadBytes, crc32(bytes, start + 16, this.#end));
  }

  /** What was appended: a view, and the end of the writer. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  #field(at: number, field: Uint8Array | null): number {
    setInt32(this.#bytes, at, field?.length ?? -1);
    if (field === null) return at + 4;
    this.#bytes.set(field, at + 4);
    return at + 4 + field.length;
  }

  #reserve(more: number): void {
    this.#bytes = roomFor(this.#bytes, this.#end, this.#end + more);
  }
}
