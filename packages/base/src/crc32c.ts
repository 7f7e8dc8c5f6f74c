/**
 * CRC-32C (Castagnoli; RFC 3720 appendix B.4) in plain code, eight bytes a step ("slicing by 8", Kounavis and Berry
 * 2005): for short inputs, where a native call costs more than the sum, and where there is no native code.
 */

const polynomialReflected = 0x82f63b78;

/** `tables[k * 256 + b]`: what the byte b adds to the remainder when k more bytes follow it. */
const tables = makeTables();

/**
 * The checksum of `bytes` from `start` to `end`, as an unsigned number. `seed` is the checksum of what came before, so
 * that pieces can be summed one after the other.
 */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  let crc = ~seed;
  let at = start;
  // No index can miss: the loops end before `end`, and a table's is a row plus a byte.
  for (const last = end - 8; at <= last; at += 8) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (tables[1792 + (crc & 0xff)] as number) ^
      (tables[1536 + ((crc >>> 8) & 0xff)] as number) ^
      (tables[1280 + ((crc >>> 16) & 0xff)] as number) ^
      (tables[1024 + (crc >>> 24)] as number) ^
      (tables[768 + (bytes[at + 4] as number)] as number) ^
      (tables[512 + (bytes[at + 5] as number)] as number) ^
      (tables[256 + (bytes[at + 6] as number)] as number) ^
      (tables[bytes[at + 7] as number] as number);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] as number)) & 0xff] as number);
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
