/** Records whose bytes say which they are: a number of their own, and a filling that follows from it. */
import { newBytes } from '@skerry/base';

const headerBytes = 8;

/** The bytes of record `id`, `size` of them, eight at least. */
export function encodeValue(id: number, size: number): Uint8Array {
  const bytes = newBytes(Math.max(size, headerBytes));
  putInt32(bytes, 0, id);
  putInt32(bytes, 4, bytes.length ^ Math.imul(id, 0x9e3779b1));
  bytes.fill(fillOf(id), headerBytes);
  return bytes;
}

/** The record that `bytes` are, or −1 if they are none. */
export function decodeValue(bytes: Uint8Array | null): number {
  if (bytes === null || bytes.length < headerBytes) return -1;
  const id = int32At(bytes, 0) >>> 0;
  if (int32At(bytes, 4) !== (bytes.length ^ Math.imul(id, 0x9e3779b1))) return -1;
  const fill = fillOf(id);
  // The batch has a checksum that the client checks; what is looked for here is another record's bytes.
  const step = 1 + (bytes.length >> 4);
  for (let at = headerBytes; at < bytes.length; at += step) if (bytes[at] !== fill) return -1;
  return bytes.length > headerBytes && bytes.at(-1) !== fill ? -1 : id;
}

function putInt32(bytes: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = value >> (24 - 8 * i);
}

function int32At(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value = (value << 8) | (bytes[at + i] ?? 0);
  return value;
}

const fillOf = (id: number): number => (Math.imul(id, 31) + 7) & 0xff;
