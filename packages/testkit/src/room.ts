/**
 * Room for small copies. On Node every array of bytes has memory of its own from the system, which costs more than what
 * most copies hold; so many share one. A piece is nobody else's, and is zero at first.
 */
const roomBytes = 64 * 1024;
/** Larger ones are worth their own. */
const pieceBytesMax = 4096;

let room = new Uint8Array(roomBytes);
let used = 0;

export function newBytes(length: number): Uint8Array {
  if (length > pieceBytesMax) return new Uint8Array(length);
  if (used + length > roomBytes) {
    room = new Uint8Array(roomBytes);
    used = 0;
  }
  const piece = room.subarray(used, used + length);
  used += length;
  return piece;
}

export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = newBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
