/**
 * The codecs kafkajs leaves to plug-ins, as thin as their formats allow: snappy as literals, lz4 as stored blocks,
 * zstd by Node. They prove that a batch travels unchanged under its codec's bit, and that the broker reads it; real
 * compressors are what the Java and Python suites bring.
 */
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

export const zstd: Codec = {
  compress: ({ buffer }) => promisify(zstdCompress)(buffer),
  decompress: async (bytes) => Buffer.from(await promisify(zstdDecompress)(bytes)),
};

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

/** Snappy's raw format: the length, then literals of at most 2^16 bytes (tag 61: two bytes of length). */
export const snappy: Codec = {
  async compress({ buffer }) {
    const parts: Uint8Array[] = [Buffer.from(varint(buffer.length))];
    for (let at = 0; at < buffer.length; at += 65_536) {
      const literal = buffer.subarray(at, at + 65_536);
      const size = literal.length - 1;
      parts.push(Buffer.from([61 << 2, size & 255, size >> 8]), literal);
    }
    return Buffer.concat(parts);
  },
  async decompress(bytes) {
    let at = bytes.findIndex((byte) => byte < 128) + 1;
    const parts: Uint8Array[] = [];
    while (at < bytes.length) {
      if (bytes[at] !== 61 << 2) throw new Error('a snappy element that this codec did not write');
      const size = bytes.readUInt16LE(at + 1) + 1;
      parts.push(bytes.subarray(at + 3, at + 3 + size));
      at += 3 + size;
    }
    return Buffer.concat(parts);
  },
};

const blockBytes = 65_536;
/** Magic, flags (version 1, independent blocks), 64 KiB blocks, the second byte of the xxHash32 of these two. */
const lz4Header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);
const storedBit = 0x8000_0000;

export const lz4: Codec = {
  async compress({ buffer }) {
    const parts: Uint8Array[] = [lz4Header];
    for (let at = 0; at < buffer.length; at += blockBytes) {
      const block = buffer.subarray(at, at + blockBytes);
      const size = Buffer.alloc(4);
      size.writeUInt32LE((storedBit | block.length) >>> 0);
      parts.push(size, block);
    }
    return Buffer.concat([...parts, Buffer.alloc(4)]);
  },
  async decompress(bytes) {
    const parts: Uint8Array[] = [];
    let at = lz4Header.length;
    for (let size = bytes.readUInt32LE(at); size !== 0; size = bytes.readUInt32LE(at)) {
      const length = size & ~storedBit;
      parts.push(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return Buffer.concat(parts);
  },
};
