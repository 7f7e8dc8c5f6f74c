/**
 * CRC-32C (Castagnoli; RFC 3720 appendix B.4) in plain code, eight bytes a step ("slicing by 8", Kounavis and Berry 2005): for short
 * inputs, where a native call costs more than the sum, and where there is no native code.
 */

const polynomialReflected = 0x82f63b78;

/** `tables[k * 256 + b]`: what the byte b adds to the remainder when k more bytes follow it. */
const tables = makeTables();

/**
 * The checksum of `bytes` from `start` to `end`, as an unsigned number. `seed` is the checksum of what came before, so that pieces can be
 * summed one after the other.
 */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  const t = tables;
  let crc = ~seed;
  let at = start;
  // An index outside the tables cannot happen (they have 2,048 entries, every index is a byte plus a row); `?? 0` satisfies the compiler and
  // costs nothing once compiled.
  for (const last = end - 8; at <= last; at += 8) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    crc =
      (t[1792 + (crc & 0xff)] ?? 0) ^
      (t[1536 + ((crc >>> 8) & 0xff)] ?? 0) ^
      (t[1280 + ((crc >>> 16) & 0xff)] ?? 0) ^
      (t[1024 + (crc >>> 24)] ?? 0) ^
      (t[768 + (bytes[at + 4] ?? 0)] ?? 0) ^
      (t[512 + (bytes[at + 5] ?? 0)] ?? 0) ^
      (t[256 + (bytes[at + 6] ?? 0)] ?? 0) ^
      (t[bytes[at + 7] ?? 0] ?? 0);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (t[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomialReflected : 0);
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i++) {
    const before = made[i - 256] ?? 0;
    made[i] = (before >>> 8) ^ (made[before & 0xff] ?? 0);
  }
  return made;
}
