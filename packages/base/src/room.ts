/**
 * Room for small arrays of bytes. On Node each array has memory of its own from the system, which costs more than most
 * small copies do; so many share one. A piece is nobody else's, and is zero at first.
 *
 * A piece that is kept keeps the room that it is a part of: what lives for long copies it into bytes of its own.
 */
const roomBytes = 64 * 1024;
/** Larger ones are worth their own. */
const pieceBytesMax = 4096;

let room = new Uint8Array(roomBytes);
let used = 0;

export function newBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > pieceBytesMax) return new Uint8Array(length);
  if (used + length > roomBytes) {
    room = new Uint8Array(roomBytes);
    used = 0;
  }
  const piece = room.subarray(used, used + length);
  used += length;
  return piece;
}

export function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = newBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
