/**
 * Murmur2 (Austin Appleby, seed 0x9747b28c), as Java's producer applies it to keys: the same key goes to the same
 * partition whoever sends it.
 */
export function murmur2(key: Uint8Array): number {
  const factor = 0x5bd1e995;
  let hash = 0x9747b28c ^ key.length;
  let at = 0;
  for (; at + 4 <= key.length; at += 4) {
    let word = byte(key, at) | (byte(key, at + 1) << 8) | (byte(key, at + 2) << 16) | (byte(key, at + 3) << 24);
    word = Math.imul(word, factor);
    word ^= word >>> 24;
    hash = Math.imul(hash, factor) ^ Math.imul(word, factor);
  }
  for (let left = key.length - at; left > 0; left--) hash ^= byte(key, at + left - 1) << (8 * (left - 1));
  if (at < key.length) hash = Math.imul(hash, factor);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, factor);
  return hash ^ (hash >>> 15);
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

/** The partition of a key. */
export const partitionOf = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fff_ffff) % partitions;
