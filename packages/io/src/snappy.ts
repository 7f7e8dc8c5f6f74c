/**
 * The raw block format of snappy (format_description.txt of google/snappy), in plain code: on these sizes faster than a
 * native addon, whose buffers cost more than the work.
 *
 * A block is the plain length as a varint, then elements. The two low bits of an element's first byte tell its kind: 0
 * a literal, 1 to 3 a copy of what stands up to `offset` bytes back, with one, two or four bytes of offset.
 */
import { ProtocolError } from '@skerry/base';

/** An input is compressed in pieces of this size, so that every offset fits two bytes. */
const pieceBytes = 64 * 1024;
const tableBitsMax = 14;
/** The last bytes of a piece are literals, so that reading four bytes ahead needs no check. */
const marginBytes = 15;
/** One copy of three bytes yields 64: no block grows more than this. */
const growthMax = 22;

const table = new Uint16Array(1 << tableBitsMax);
/**
 * Grows to the largest input's worst case and is kept, up to a bound: a fresh one per call costs more than the work on
 * it.
 */
let scratch = new Uint8Array(0);
const scratchBytesMax = 1024 * 1024;

/** `input` as one block, in bytes of its own. */
export function snappyCompress(input: Uint8Array): Uint8Array {
  const worst = 32 + input.length + Math.floor(input.length / 6);
  if (scratch.length < worst) scratch = new Uint8Array(worst);
  const output = scratch;
  let to = 0;
  let rest = input.length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) output[to++] = (rest & 0x7f) | 0x80;
  output[to++] = rest;
  for (let start = 0; start < input.length; start += pieceBytes) {
    to = compressPiece(input, start, Math.min(start + pieceBytes, input.length), output, to);
  }
  const packed = output.slice(0, to);
  if (scratch.length > scratchBytesMax) scratch = new Uint8Array(0);
  return packed;
}

/** Greedy matching by a hash of the next four bytes; the longer nothing matches, the larger the steps. */
function compressPiece(input: Uint8Array, start: number, end: number, output: Uint8Array, to: number): number {
  if (end - start < marginBytes + 4) return literal(input, start, end, output, to);
  const bits = tableBits(end - start);
  table.fill(0, 0, 1 << bits);
  const shift = 32 - bits;
  const limit = end - marginBytes;
  let copied = start;
  let at = start + 1;
  let hash = hashAt(input, at, shift);
  for (;;) {
    let skip = 32;
    let next = at;
    let candidate = start;
    do {
      at = next;
      next = at + (skip++ >>> 5);
      if (next > limit) return literal(input, copied, end, output, to);
      candidate = start + (table[hash] as number);
      table[hash] = at - start;
      hash = hashAt(input, next, shift);
    } while (!sameFour(input, at, candidate));
    to = literal(input, copied, at, output, to);
    do {
      const length = 4 + matchLength(input, candidate + 4, at + 4, end);
      to = copy(at - candidate, length, output, to);
      at += length;
      copied = at;
      if (at >= limit) return literal(input, copied, end, output, to);
      table[hashAt(input, at - 1, shift)] = at - 1 - start;
      hash = hashAt(input, at, shift);
      candidate = start + (table[hash] as number);
      table[hash] = at - start;
    } while (sameFour(input, at, candidate));
    hash = hashAt(input, ++at, shift);
  }
}

/** A table no larger than the piece has use for: it must be cleared each time. */
function tableBits(length: number): number {
  let bits = 8;
  while (bits < tableBitsMax && 1 << bits < length) bits++;
  return bits;
}

function hashAt(input: Uint8Array, at: number, shift: number): number {
  return Math.imul(wordAt(input, at), 0x1e35a7bd) >>> shift;
}

function wordAt(input: Uint8Array, at: number): number {
  return (
    (input[at] as number) |
    ((input[at + 1] as number) << 8) |
    ((input[at + 2] as number) << 16) |
    ((input[at + 3] as number) << 24)
  );
}

function sameFour(input: Uint8Array, one: number, other: number): boolean {
  return (
    input[one] === input[other] &&
    input[one + 1] === input[other + 1] &&
    input[one + 2] === input[other + 2] &&
    input[one + 3] === input[other + 3]
  );
}

function matchLength(input: Uint8Array, earlier: number, later: number, end: number): number {
  const from = later;
  while (later < end && input[earlier] === input[later]) {
    earlier++;
    later++;
  }
  return later - from;
}

function literal(input: Uint8Array, start: number, end: number, output: Uint8Array, to: number): number {
  const length = end - start;
  if (length === 0) return to;
  if (length <= 60) output[to++] = (length - 1) << 2;
  else if (length <= 256) {
    output[to++] = 60 << 2;
    output[to++] = length - 1;
  } else {
    output[to++] = 61 << 2;
    output[to++] = length - 1;
    output[to++] = (length - 1) >>> 8;
  }
  return copyBytes(input, start, length, output, to);
}

function copy(offset: number, length: number, output: Uint8Array, to: number): number {
  // Copies hold up to 64 bytes; the rest must stay at four or more, for the short form.
  for (; length >= 68; length -= 64) to = longCopy(offset, 64, output, to);
  if (length > 64) {
    to = longCopy(offset, 60, output, to);
    length -= 60;
  }
  if (length >= 12 || offset >= 2048) return longCopy(offset, length, output, to);
  output[to++] = 1 | ((length - 4) << 2) | ((offset >>> 8) << 5);
  output[to++] = offset;
  return to;
}

function longCopy(offset: number, length: number, output: Uint8Array, to: number): number {
  output[to++] = 2 | ((length - 1) << 2);
  output[to++] = offset;
  output[to++] = offset >>> 8;
  return to;
}

/** Short runs by a loop, long ones by memmove, whose call costs about as much as 48 bytes. */
function copyBytes(source: Uint8Array, from: number, length: number, target: Uint8Array, to: number): number {
  if (length > 48) {
    target.set(source.subarray(from, from + length), to);
    return to + length;
  }
  for (let i = 0; i < length; i++) target[to + i] = source[from + i] as number;
  return to + length;
}

/** Decompresses one block piece by piece, for a loop that has other work too. */
export class SnappyReader {
  /** Whole once {@link run} has said so. */
  readonly output: Uint8Array;
  readonly #input: Uint8Array;
  #at: number;
  #to = 0;

  /** Throws as {@link snappyPlainBytes} does. */
  constructor(input: Uint8Array, outputBytesMax: number) {
    const { bytes, at } = snappyPlainBytes(input, outputBytesMax);
    this.#input = input;
    this.#at = at;
    this.output = new Uint8Array(bytes);
  }

  /** All of the output. */
  all(): Uint8Array {
    this.run(this.output.length);
    return this.output;
  }

  /** Goes on for about `bytes` of output; true when all is there. Bad input is a ProtocolError. */
  run(bytes: number): boolean {
    const stop = Math.min(this.#to + bytes, this.output.length);
    this.#expand(stop);
    if (this.#at < this.#input.length) {
      if (this.#to === this.output.length) throw cut();
      return false;
    }
    if (this.#to !== this.output.length) throw cut();
    return true;
  }

  #expand(stop: number): void {
    const input = this.#input;
    const output = this.output;
    const end = input.length;
    const room = output.length;
    let at = this.#at;
    let to = this.#to;
    while (at < end && to < stop) {
      const tag = input[at++] as number;
      let length = (tag >>> 2) + 1;
      if ((tag & 3) === 0) {
        if (length > 60) {
          const size = length - 60;
          if (size > end - at) throw cut();
          length = 1 + littleEndian(input, at, size);
          at += size;
        }
        if (length > end - at || length > room - to) throw cut();
        copyBytes(input, at, length, output, to);
        at += length;
        to += length;
        continue;
      }
      const size = copyOffsetBytes(tag);
      if (size > end - at) throw cut();
      let offset = littleEndian(input, at, size);
      at += size;
      if (size === 1) {
        offset |= (tag >>> 5) << 8;
        length = 4 + ((tag >>> 2) & 7);
      }
      if (offset === 0 || offset > to) throw new ProtocolError('snappy copies from before its start');
      if (length > room - to) throw cut();
      // Byte by byte, since a copy may overlap itself: that is how runs are written.
      for (const last = to + length; to < last; to++) output[to] = output[to - offset] as number;
    }
    this.#at = at;
    this.#to = to;
  }
}

/**
 * What a block declares its plain bytes to be, and where its elements begin; a ProtocolError if that is more than
 * `outputBytesMax`, or more than so many bytes of input can hold: until the elements are there it is only a claim.
 */
export function snappyPlainBytes(
  input: Uint8Array,
  outputBytesMax: number,
): { readonly bytes: number; readonly at: number } {
  const { bytes, at } = readLength(input);
  if (bytes > outputBytesMax) throw new ProtocolError(`snappy of ${bytes} bytes, of which ${outputBytesMax} may be`);
  if (bytes > input.length * growthMax) throw new ProtocolError(`${input.length} bytes of snappy cannot be ${bytes}`);
  return { bytes, at };
}

function readLength(input: Uint8Array): { bytes: number; at: number } {
  let bytes = 0;
  for (let at = 0; at < 5; at++) {
    const byte = input[at];
    if (byte === undefined) break;
    bytes += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { bytes, at: at + 1 };
  }
  throw new ProtocolError('snappy without a length');
}

function copyOffsetBytes(tag: number): number {
  return (tag & 3) === 3 ? 4 : tag & 3;
}

function littleEndian(input: Uint8Array, at: number, size: number): number {
  let value = input[at] as number;
  if (size > 1) value |= (input[at + 1] as number) << 8;
  if (size > 2) value |= (input[at + 2] as number) << 16;
  if (size > 3) value |= (input[at + 3] as number) << 24;
  return value >>> 0;
}

function cut(): ProtocolError {
  return new ProtocolError('snappy is cut short, or longer than its declared length');
}
