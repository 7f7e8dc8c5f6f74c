/**
 * The header checksum of an lz4 frame. Kafka's clients before 0.10 summed the magic number as well (KAFKA-3160,
 * KIP-57), so no decoder but theirs takes such a frame: in messages of format 0 the byte is put right, not compared.
 */

const magicBytes = 4;
const contentSizeFlag = 0x08;

/** The frame with the checksum that its header should have; as it is when it is right, or too short to have one. */
export function withLz4HeaderChecksum(frame: Uint8Array): Uint8Array {
  const end = magicBytes + 2 + (((frame[magicBytes] ?? 0) & contentSizeFlag) === 0 ? 0 : 8);
  if (frame.length <= end) return frame;
  const checksum = (xxHash32(frame, magicBytes, end) >>> 8) & 0xff;
  if (frame[end] === checksum) return frame;
  const fixed = frame.slice();
  fixed[end] = checksum;
  return fixed;
}

const [prime1, prime2, prime3, prime4, prime5] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1];

/** xxHash32 with seed 0, of less than 16 bytes: the rest of the algorithm is for more. */
function xxHash32(bytes: Uint8Array, start: number, end: number): number {
  let hash = (prime5 + (end - start)) | 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    hash = Math.imul(rotated(hash + Math.imul(word, prime3), 17), prime4);
  }
  for (; at < end; at++) hash = Math.imul(rotated(hash + Math.imul(bytes[at] ?? 0, prime5), 11), prime1);
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return hash ^ (hash >>> 16);
}

const rotated = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
