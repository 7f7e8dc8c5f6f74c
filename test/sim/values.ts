/** Records whose bytes say which they are: a number of their own, and a filling that follows from it. */

const headerBytes = 8;

/** The bytes of record `id`, `size` of them, eight at least. */
export function encodeValue(id: number, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(size, headerBytes));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, id);
  view.setUint32(4, (bytes.length ^ Math.imul(id, 0x9e3779b1)) >>> 0);
  bytes.fill(fillOf(id), headerBytes);
  return bytes;
}

/** The record that `bytes` are, or −1 if they are none. */
export function decodeValue(bytes: Uint8Array | null): number {
  if (bytes === null || bytes.length < headerBytes) return -1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = view.getUint32(0);
  if (view.getUint32(4) !== (bytes.length ^ Math.imul(id, 0x9e3779b1)) >>> 0) return -1;
  const fill = fillOf(id);
  // The batch has a checksum that the client checks; what is looked for here is another record's bytes.
  const step = 1 + (bytes.length >> 4);
  for (let at = headerBytes; at < bytes.length; at += step) if (bytes[at] !== fill) return -1;
  return bytes.length > headerBytes && bytes.at(-1) !== fill ? -1 : id;
}

const fillOf = (id: number): number => (Math.imul(id, 31) + 7) & 0xff;
