/**
 * The newest offset of each key, in bounded memory: of a key only 128 bits are kept (MurmurHash3, x86, 128 bit).
 *
 * Two keys of one hash would be taken for one, and the older record lost. By chance that does not happen; who makes
 * such keys on purpose may write to the topic, and could as well have written over the other key.
 *
 * It is made of parts that double one by one, so that no single step is long. A slot takes 24 bytes, and from a quarter
 * to five eighths of the slots stay free: 64 bytes a key at most.
 */
import { assert } from '@skerry/base';

const slotBytes = 24;
const loadMax = 0.75;
const keyBytesMax = (2 * slotBytes) / loadMax;
const partBits = 6;
const firstSlots = 64;
/** What an empty one takes. */
const bytesMin = 2 ** partBits * firstSlots * slotBytes;

/** The keys whose hashes begin with the same bits. */
class Part {
  hashes = new Int32Array(4 * firstSlots);
  /** One more than the offset; 0 is a free slot. */
  offsets = new Float64Array(firstSlots);
  count = 0;

  /** Where the hash is, or would be. */
  find(hash: Int32Array): number {
    const { hashes, offsets } = this;
    // No destructuring: that would iterate, in the midst of the hottest loop.
    const a = hash[0] ?? 0;
    const b = hash[1] ?? 0;
    const c = hash[2] ?? 0;
    const d = hash[3] ?? 0;
    const mask = offsets.length - 1;
    let slot = a & mask;
    while (offsets[slot] !== 0) {
      const at = 4 * slot;
      if (hashes[at] === a && hashes[at + 1] === b && hashes[at + 2] === c && hashes[at + 3] === d) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  keep(slot: number, hash: Int32Array): void {
    for (let i = 0; i < 4; i++) this.hashes[4 * slot + i] = hash[i] ?? 0;
  }

  grow(): void {
    const { hashes, offsets } = this;
    this.hashes = new Int32Array(2 * hashes.length);
    this.offsets = new Float64Array(2 * offsets.length);
    for (let slot = 0; slot < offsets.length; slot++) {
      const offset = offsets[slot] ?? 0;
      if (offset === 0) continue;
      const hash = hashes.subarray(4 * slot, 4 * slot + 4);
      const to = this.find(hash);
      this.keep(to, hash);
      this.offsets[to] = offset;
    }
  }
}

export class OffsetMap {
  readonly #bytesMax: number;
  readonly #hash = new Int32Array(4);
  readonly #parts = Array.from({ length: 2 ** partBits }, () => new Part());
  #count = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = Math.max(bytesMax, bytesMin);
  }

  /** Keys in it. */
  get size(): number {
    return this.#count;
  }

  get byteLength(): number {
    return this.#parts.reduce((sum, { offsets }) => sum + offsets.length * slotBytes, 0);
  }

  /** Whether so many further keys are within its bound; an empty one always takes what one batch holds. */
  hasRoom(keys: number): boolean {
    return this.#count === 0 || (this.#count + keys) * keyBytesMax <= this.#bytesMax;
  }

  /** Takes note of a key's newest offset; offsets come in ascending order. */
  put(bytes: Uint8Array, start: number, length: number, offset: number): void {
    murmur3(bytes, start, length, this.#hash);
    const part = this.#part();
    let slot = part.find(this.#hash);
    if (part.offsets[slot] === 0) {
      if (part.count + 1 > part.offsets.length * loadMax) {
        part.grow();
        slot = part.find(this.#hash);
      }
      part.keep(slot, this.#hash);
      part.count++;
      this.#count++;
    }
    part.offsets[slot] = offset + 1;
  }

  /** The newest offset of the key, or −1. */
  get(bytes: Uint8Array, start: number, length: number): number {
    murmur3(bytes, start, length, this.#hash);
    const part = this.#part();
    return (part.offsets[part.find(this.#hash)] ?? 0) - 1;
  }

  #part(): Part {
    const part = this.#parts[(this.#hash[3] ?? 0) >>> (32 - partBits)];
    assert(part !== undefined, 'each hash has a part');
    return part;
  }
}

const [c1, c2, c3, c4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

function mixed(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);

/** The word at `at` of which only what lies before `end` counts. */
function rest(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = Math.min(end - at, 4) - 1; i >= 0; i--) value = (value << 8) | (bytes[at + i] ?? 0);
  return value;
}

/** MurmurHash3_x86_128 with seed 0, as four words. */
function murmur3(bytes: Uint8Array, start: number, length: number, into: Int32Array): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  const end = start + length;
  let at = start;
  for (; end - at >= 16; at += 16) {
    h1 ^= Math.imul(rotated(Math.imul(word(bytes, at), c1), 15), c2);
    h1 = (Math.imul(rotated(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotated(Math.imul(word(bytes, at + 4), c2), 16), c3);
    h2 = (Math.imul(rotated(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotated(Math.imul(word(bytes, at + 8), c3), 17), c4);
    h3 = (Math.imul(rotated(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotated(Math.imul(word(bytes, at + 12), c4), 18), c1);
    h4 = (Math.imul(rotated(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  if (end - at > 12) h4 ^= Math.imul(rotated(Math.imul(rest(bytes, at + 12, end), c4), 18), c1);
  if (end - at > 8) h3 ^= Math.imul(rotated(Math.imul(rest(bytes, at + 8, end), c3), 17), c4);
  if (end - at > 4) h2 ^= Math.imul(rotated(Math.imul(rest(bytes, at + 4, end), c2), 16), c3);
  if (end > at) h1 ^= Math.imul(rotated(Math.imul(rest(bytes, at, end), c1), 15), c2);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mixed(h1);
  h2 = mixed(h2);
  h3 = mixed(h3);
  h4 = mixed(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  into[0] = h1;
  into[1] = h2 + h1;
  into[2] = h3 + h1;
  into[3] = h4 + h1;
}
