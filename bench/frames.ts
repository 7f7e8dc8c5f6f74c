/**
 * The few Kafka frames that the bench sends, laid out by hand: a benchmark must not measure the library of the broker
 * it judges, and both brokers must get the very same bytes. Layouts: kafka.apache.org/protocol, versions that every
 * broker since Kafka 2.7 speaks.
 *
 * A frame is built once and sent often; only its correlation id changes ({@link correlate}).
 */
import { crc32c } from '@node-rs/crc32';

const clientId = 'skerry-bench';
/** All of a batch in front of its first record. */
export const batchHeaderBytes = 61;
/** A larger batch holds more records rather than larger ones, as producers fill them. */
export const recordBytesAbout = 1024;

/** Writes a frame front to back; the size in its first four bytes is set by {@link FrameWriter.frame}. */
class FrameWriter {
  readonly #chunks: Buffer[] = [];

  int8(value: number): this {
    return this.#put(1, (at) => at.writeInt8(value));
  }
  int16(value: number): this {
    return this.#put(2, (at) => at.writeInt16BE(value));
  }
  int32(value: number): this {
    return this.#put(4, (at) => at.writeInt32BE(value));
  }
  int64(value: number): this {
    return this.#put(8, (at) => at.writeBigInt64BE(BigInt(value)));
  }
  uvarint(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 0x7f) {
      bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.bytes(Buffer.from([...bytes, rest]));
  }
  string(value: string): this {
    return this.int16(Buffer.byteLength(value)).bytes(Buffer.from(value));
  }
  compactString(value: string): this {
    return this.uvarint(Buffer.byteLength(value) + 1).bytes(Buffer.from(value));
  }
  /** No tagged fields. */
  tags(): this {
    return this.int8(0);
  }
  bytes(value: Uint8Array): this {
    this.#chunks.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    return this;
  }
  done(): Buffer {
    return Buffer.concat(this.#chunks);
  }
  frame(): Buffer {
    const body = this.done();
    const size = Buffer.alloc(4);
    size.writeInt32BE(body.length);
    return Buffer.concat([size, body]);
  }

  #put(size: number, write: (at: Buffer) => void): this {
    const at = Buffer.alloc(size);
    write(at);
    return this.bytes(at);
  }
}

/** Header v1, and with `flexible` v2. */
function request(apiKey: number, version: number, flexible = false): FrameWriter {
  const writer = new FrameWriter().int16(apiKey).int16(version).int32(0).string(clientId);
  return flexible ? writer.tags() : writer;
}

/** Gives a built frame another correlation id. */
export function correlate(frame: Buffer, id: number): void {
  frame.writeInt32BE(id, 8);
}

/** A record batch of format 2 (KIP-98) and how many records it holds. */
export interface RecordBatch {
  readonly bytes: Uint8Array;
  readonly records: number;
}

/** Kafka's numbers of the codecs that a batch may be compressed with (KIP-110 for zstd). */
const codecs = { none: 0, lz4: 3, zstd: 4 } as const;
export type Codec = keyof typeof codecs;

/**
 * A batch of exactly `size` bytes, uncompressed, in records of about `recordBytes` without a key. The values are noise
 * from a fixed seed, so that neither disk nor file system can squeeze them; `timestampMs` is of now, or retention would
 * take the batch away.
 */
export function recordBatch(size: number, timestampMs: number, recordBytes = recordBytesAbout): RecordBatch {
  const { bytes, count } = recordsOf(size - batchHeaderBytes, recordBytes, noise);
  const batch = { bytes: sealedBatch(bytes, count, timestampMs, 'none'), records: count };
  if (batch.bytes.length !== size) throw new Error(`a batch of ${batch.bytes.length} bytes where ${size} were meant`);
  return batch;
}

/** The header in front of `records`, which are compressed as `codec` says. */
export function sealedBatch(records: Uint8Array, count: number, timestampMs: number, codec: Codec): Buffer {
  const checked = new FrameWriter()
    .int16(codecs[codec])
    .int32(count - 1)
    .int64(timestampMs)
    .int64(timestampMs);
  const body = checked.int64(-1).int16(-1).int32(-1).int32(count).bytes(records).done();
  const head = new FrameWriter()
    .int64(0)
    .int32(body.length + 9)
    .int32(-1)
    .int8(2)
    .int32(crc32c(body) | 0);
  return head.bytes(body).done();
}

type Value = (length: number, seed: number) => Buffer;

/** Records of `room` bytes together. */
export function recordsOf(
  room: number,
  recordBytes: number,
  value: Value,
): { readonly bytes: Buffer; readonly count: number } {
  const count = Math.max(1, Math.floor(room / recordBytes));
  const records = new FrameWriter();
  let left = room;
  for (let i = 0; i < count; i++) {
    const record = recordOf(Math.floor(left / (count - i)), i, value);
    left -= record.length;
    records.bytes(record);
  }
  return { bytes: records.done(), count };
}

/** A record of exactly `size` bytes, its own length prefix included. */
function recordOf(size: number, offsetDelta: number, fill: Value): Buffer {
  const fixed = 1 + 1 + varint(offsetDelta).length + varint(-1).length + 1;
  for (let value = size; value >= 0; value--) {
    const inner = fixed + varint(value).length + value;
    if (varint(inner).length + inner !== size) continue;
    const head = [...varint(inner), 0, 0, ...varint(offsetDelta), ...varint(-1), ...varint(value)];
    return Buffer.concat([Buffer.from(head), fill(value, offsetDelta + 1), Buffer.from([0])]);
  }
  throw new Error(`no record takes ${size} bytes`);
}

/** Zigzag, seven bits a byte. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** Bytes of a linear congruential generator (Numerical Recipes' constants): the same in every run. */
export function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** ApiVersions v0: whoever answers this is a Kafka broker. */
export const apiVersionsRequest = (): Buffer => request(18, 0).frame();

/** CreateTopics v4, one topic with one replica. */
export function createTopicRequest(
  topic: string,
  partitions: number,
  configs: Readonly<Record<string, string>>,
): Buffer {
  const writer = request(19, 4).int32(1).string(topic).int32(partitions).int16(1).int32(0);
  const pairs = Object.entries(configs);
  writer.int32(pairs.length);
  for (const [name, value] of pairs) writer.string(name).string(value);
  return writer.int32(60_000).int8(0).frame();
}

/** DeleteTopics v3. */
export const deleteTopicRequest = (topic: string): Buffer =>
  request(20, 3).int32(1).string(topic).int32(30_000).frame();

/** ListOffsets v5 of the partitions from 0: where the next record of each goes. */
export function latestOffsetsRequest(topic: string, partitions: number, committed = false): Buffer {
  const writer = request(2, 5)
    .int32(-1)
    .int8(committed ? 1 : 0)
    .int32(1)
    .string(topic)
    .int32(partitions);
  for (let index = 0; index < partitions; index++) writer.int32(index).int32(-1).int64(-1);
  return writer.frame();
}

/** Produce v9 of one batch, acks=all; {@link setProducePartition} directs it to another partition than 0. */
export function produceRequest(topic: string, batch: Uint8Array): Buffer {
  const writer = request(0, 9, true).uvarint(0).int16(-1).int32(30_000).uvarint(2).compactString(topic).uvarint(2);
  const records = writer
    .int32(0)
    .uvarint(batch.length + 1)
    .bytes(batch);
  return records.tags().tags().tags().frame();
}

/**
 * In front of a Produce's partition: length, header with its tags, transactional id, acks, timeout, topics, name,
 * partitions. Names here are ASCII and short.
 */
const producePartitionAfterTopic = 4 + 8 + 2 + clientId.length + 1 + 1 + 2 + 4 + 1 + 1 + 1;

export function setProducePartition(frame: Buffer, topic: string, partition: number): void {
  frame.writeInt32BE(partition, producePartitionAfterTopic + topic.length);
}

/** Fetch v12 of one partition without a session; {@link setFetchOffset} moves it. */
export function fetchRequest(topic: string, bytesMax: number, partition = 0): Buffer {
  const writer = request(1, 12, true).int32(-1).int32(500).int32(1).int32(bytesMax).int8(0).int32(0).int32(-1);
  writer.uvarint(2).compactString(topic).uvarint(2).int32(partition).int32(-1).int64(0);
  return writer.int32(-1).int64(-1).int32(bytesMax).tags().tags().uvarint(1).compactString('').tags().frame();
}

/** An API of the floor alone: the frame comes back as it is, behind its id. */
export const echoApi = 0x7ffe;
export const echoRequest = (payload: Uint8Array): Buffer => request(echoApi, 0).bytes(payload).frame();

/**
 * From the end of a Fetch frame back to its offset: tags, rack, forgotten topics, tags of topic and partition, four
 * fields.
 */
const fetchOffsetFromEnd = 1 + 1 + 1 + 1 + 1 + 4 + 8 + 4 + 8;

export function setFetchOffset(frame: Buffer, offset: number): void {
  const at = frame.length - fetchOffsetFromEnd;
  frame.writeUInt32BE(Math.floor(offset / 2 ** 32), at);
  frame.writeUInt32BE(offset % 2 ** 32, at + 4);
}
