/** Messages of format 0 and 1, made and read byte by byte by Node's own means: a second opinion on ours. */
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import type { CompressionAlgorithm } from '@skerry/base';
import { nodeCompute } from '@skerry/io';

type Field = string | Uint8Array | null;

export interface OldMessage {
  readonly magic?: number;
  readonly offset?: number;
  readonly attributes?: number;
  readonly timestamp?: number | bigint;
  readonly key?: Field;
  readonly value?: Field;
  /** After its fields, under its CRC. */
  readonly trailing?: string;
  /** Other bytes where the CRC should be. */
  readonly crc?: number;
}

export function oldMessage(given: OldMessage): Uint8Array {
  const { magic = 1, offset = 0, attributes = 0, timestamp = 1000, key = null, value = null, trailing = '' } = given;
  const head = Buffer.alloc(magic === 0 ? 2 : 10);
  head.writeInt8(magic, 0);
  head.writeInt8(attributes, 1);
  if (magic !== 0) head.writeBigInt64BE(BigInt(timestamp), 2);
  const body = Buffer.concat([head, sized(key), sized(value), Buffer.from(trailing)]);
  const frame = Buffer.alloc(16);
  frame.writeBigInt64BE(BigInt(offset), 0);
  frame.writeInt32BE(body.length + 4, 8);
  frame.writeUInt32BE(given.crc ?? crc32(body), 12);
  return Uint8Array.from(Buffer.concat([frame, body]));
}

function sized(field: Field): Buffer {
  const length = Buffer.alloc(4);
  if (field === null) {
    length.writeInt32BE(-1);
    return length;
  }
  const bytes = Buffer.from(field as Uint8Array);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export const oldSet = (...messages: readonly (OldMessage | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(messages.map((each) => (each instanceof Uint8Array ? each : oldMessage(each)))));

const compute = nodeCompute({ inline: true });

function packedBy(codec: CompressionAlgorithm, bytes: Uint8Array): Uint8Array {
  let packed = new Uint8Array(0);
  compute.compress(codec, bytes, (_error, output) => (packed = Uint8Array.from(output ?? [])));
  return packed;
}

function unpackedBy(codec: CompressionAlgorithm, bytes: Uint8Array): Uint8Array | undefined {
  let plain: Uint8Array | undefined;
  compute.decompress(codec, bytes, 2 ** 30, (_error, output) => (plain = output));
  return plain;
}

const xerialHeader = Buffer.from('82534e41505059000000000100000001', 'hex');

/** By name: the number in the attributes, and how it is packed and unpacked. */
const packings = {
  gzip: { codec: 1, pack: (bytes: Uint8Array) => gzipSync(bytes) },
  snappy: { codec: 2, pack: (bytes: Uint8Array) => packedBy('snappy', bytes) },
  xerial: {
    codec: 2,
    pack: (bytes: Uint8Array) => {
      const block = packedBy('snappy', bytes);
      const length = Buffer.alloc(4);
      length.writeInt32BE(block.length);
      return Buffer.concat([xerialHeader, length, block]);
    },
  },
  lz4: { codec: 3, pack: (bytes: Uint8Array) => packedBy('lz4', bytes) },
  /** As clients before 0.10 wrote it: the header's checksum is another. */
  brokenLz4: {
    codec: 3,
    pack: (bytes: Uint8Array) => {
      const frame = packedBy('lz4', bytes);
      const end = ((frame[4] ?? 0) & 0x08) === 0 ? 6 : 14;
      frame[end] = (frame[end] ?? 0) ^ 0x55;
      return frame;
    },
  },
} as const;

export type Packing = keyof typeof packings;

/** One message that holds a set. */
export function wrapper(packing: Packing, inner: Uint8Array, more: OldMessage = {}): Uint8Array {
  const { codec, pack } = packings[packing];
  return oldMessage({ value: pack(inner), ...more, attributes: codec | (more.attributes ?? 0) });
}

export interface ReadMessage {
  readonly offset: number;
  readonly magic: number;
  readonly timestamp: number | undefined;
  readonly logAppendTime: boolean;
  readonly key: string | null;
  readonly value: string | null;
}

/** What an old consumer makes of a set: wrappers opened, offsets made absolute (KIP-31), a cut message left out. */
export function readOldSet(bytes: Uint8Array): ReadMessage[] {
  const view = Buffer.from(bytes);
  const found: ReadMessage[] = [];
  for (let at = 0; at + 12 <= view.length; ) {
    const end = at + 12 + view.readInt32BE(at + 8);
    if (end > view.length) break;
    if (view.readUInt32BE(at + 12) !== crc32(view.subarray(at + 16, end))) throw new Error(`a wrong CRC at ${at}`);
    const offset = Number(view.readBigInt64BE(at));
    const magic = view.readInt8(at + 16);
    const attributes = view.readInt8(at + 17);
    const timestamp = magic === 0 ? undefined : Number(view.readBigInt64BE(at + 18));
    const keyAt = at + (magic === 0 ? 18 : 26);
    const key = fieldAt(view, keyAt);
    const value = fieldAt(view, keyAt + 4 + (key?.length ?? 0));
    const logAppendTime = (attributes & 8) !== 0;
    const codec = attributes & 7;
    if (codec === 0) {
      found.push({ offset, magic, timestamp, logAppendTime, key: text(key), value: text(value) });
    } else {
      const inner = readOldSet(unpacked(codec, value ?? Buffer.alloc(0)));
      const shift = magic === 0 ? 0 : offset - (inner.at(-1)?.offset ?? 0);
      found.push(...inner.map((each) => ({ ...each, offset: each.offset + shift })));
    }
    at = end;
  }
  return found;
}

function fieldAt(view: Buffer, at: number): Buffer | null {
  const length = view.readInt32BE(at);
  return length < 0 ? null : view.subarray(at + 4, at + 4 + length);
}

const text = (bytes: Buffer | null): string | null => bytes?.toString('latin1') ?? null;

function unpacked(codec: number, bytes: Buffer): Uint8Array {
  if (codec === 1) return gunzipSync(bytes);
  if (codec === 3) return unpackedLz4(bytes);
  const plain: Uint8Array[] = [];
  for (let at = 16; at < bytes.length; at += 4 + bytes.readInt32BE(at)) {
    plain.push(unpackedBy('snappy', bytes.subarray(at + 4, at + 4 + bytes.readInt32BE(at))) ?? new Uint8Array(0));
  }
  return Buffer.concat(plain);
}

/** Whatever its header's checksum is: one of the 256 is right. */
function unpackedLz4(frame: Buffer): Uint8Array {
  const end = ((frame[4] ?? 0) & 0x08) === 0 ? 6 : 14;
  for (let checksum = 0; checksum < 256; checksum++) {
    const tried = Uint8Array.from(frame);
    if (checksum > 0) tried[end] = ((tried[end] ?? 0) + checksum) & 0xff;
    const plain = unpackedBy('lz4', tried);
    if (plain !== undefined) return plain;
  }
  throw new Error('not lz4');
}
