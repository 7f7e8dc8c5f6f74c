/** CRC-32 (IEEE 802.3, as gzip has it): what messages carried before record batches, which have CRC-32C. */

const polynomialReflected = 0xedb88320;

/** What a byte adds to the remainder. */
const table = makeTable();

/** The checksum of `bytes` from `start` to `end`, as an unsigned number. */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let crc = -1;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

function makeTable(): Int32Array {
  const made = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomialReflected : 0);
    made[byte] = crc;
  }
  return made;
}
