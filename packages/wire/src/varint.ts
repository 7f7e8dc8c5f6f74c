/**
 * Zigzag variable-length integers, as records use them: seven bits a byte, lowest first, the top bit says that more
 * follow (KIP-98).
 *
 * 64-bit values are numbers, with the rule of big-endian.ts. Bits past the 32nd or 64th are dropped and overlong forms
 * are taken, as Java does.
 */
import { ProtocolError } from '@skerry/base';

const two32 = 0x1_0000_0000;

/** How many bytes a 32-bit `value` takes. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x20_0000) return 3;
  return zigzag < 0x1000_0000 ? 4 : 5;
}

/** How many bytes a 64-bit `value` takes. */
export function varlongSize(value: number): number {
  const signedHigh = Math.floor(value / two32);
  if (signedHigh === value >> 31) return varintSize(value);
  // More than 32 bits are in use, hence five bytes at least, which hold the three lowest of the high half.
  let size = 5;
  for (let rest = ((signedHigh << 1) ^ (signedHigh >> 31)) >>> 3; rest > 0; rest >>>= 7) size++;
  return size;
}

/** Writes a 32-bit `value` from `at`, where {@link varintSize} bytes of room must be; returns the position after it. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  let rest = (value << 1) ^ (value >> 31);
  while ((rest & ~0x7f) !== 0) {
    into[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}

/**
 * Writes a 64-bit `value` from `at`, where {@link varlongSize} bytes of room must be; returns the position after it.
 */
export function writeVarlong(into: Uint8Array, at: number, value: number): number {
  const signedHigh = Math.floor(value / two32);
  if (signedHigh === value >> 31) return writeVarint(into, at, value);
  const sign = signedHigh >> 31;
  let low = ((value << 1) ^ sign) >>> 0;
  let high = (((signedHigh << 1) | (value >>> 31)) ^ sign) >>> 0;
  while (high !== 0 || low > 0x7f) {
    into[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  into[at++] = low;
  return at;
}

/** Reads forward through `bytes`, never past `end`. */
export class VarReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw new ProtocolError('records are cut short');
    return this.bytes[this.at++] ?? 0;
  }

  varint(): number {
    let byte = this.byte();
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      if (shift > 28) throw new ProtocolError('a varint of more than five bytes');
      byte = this.byte();
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  varlong(): number {
    let byte = this.byte();
    let low = byte & 0x7f;
    let high = 0;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      if (shift > 63) throw new ProtocolError('a varlong of more than ten bytes');
      byte = this.byte();
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
    }
    const sign = -(low & 1);
    return ((high >>> 1) ^ sign) * two32 + ((((low >>> 1) | (high << 31)) ^ sign) >>> 0);
  }
}
