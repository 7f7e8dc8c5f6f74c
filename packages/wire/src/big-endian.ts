/**
 * Fixed-size integers in network order, read and written with shifts: no DataView to allocate, no BigInt. A position
 * must lie within the bytes; the caller has checked that.
 *
 * 64-bit fields are numbers. They are exact to ±2^53; beyond it a value is rounded to the nearest double, which is then
 * never a safe integer, so `Number.isSafeInteger` tells. Order is kept.
 */

const two32 = 0x1_0000_0000;

export function int16At(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) >> 16) | (bytes[at + 1] ?? 0);
}

export function int32At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

export function uint32At(bytes: Uint8Array, at: number): number {
  return int32At(bytes, at) >>> 0;
}

export function int64At(bytes: Uint8Array, at: number): number {
  return int32At(bytes, at) * two32 + uint32At(bytes, at + 4);
}

export function setInt16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}

export function setInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 24;
  bytes[at + 1] = value >> 16;
  bytes[at + 2] = value >> 8;
  bytes[at + 3] = value;
}

export function setInt64(bytes: Uint8Array, at: number, value: number): void {
  setInt32(bytes, at, Math.floor(value / two32));
  setInt32(bytes, at + 4, value >>> 0);
}
