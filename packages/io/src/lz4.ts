/**
 * How long the plain bytes of an lz4 frame are (lz4_Frame_format.md 1.6, lz4_Block_format.md): the native decoder has
 * no bound on what it allocates, so a frame is measured before it gets there. A wrong checksum or distance is left for
 * the decoder to find.
 */
import { ProtocolError } from '@skerry/base';

const magic = 0x184d2204;
/** In a block's length word: the block is stored as it was. */
const storedBit = 0x8000_0000;
/** A byte of a match's length stands for 255: no block grows more than this. */
const growthMax = 255;
const matchMin = 4;

/** What the start of a frame declares. */
interface Descriptor {
  /** Where the blocks begin. */
  readonly end: number;
  readonly blockBytesMax: number;
  /** Bytes of checksum after each block. */
  readonly sumBytes: number;
}

/**
 * A bound on the plain bytes of the frame in `input`, no more than `outputBytesMax`; if they are more, a ProtocolError,
 * as if it is cut, no frame, or one that asks for a dictionary. What follows the frame is not looked at, as in Kafka's
 * reader.
 */
export function lz4PlainBytesMax(input: Uint8Array, outputBytesMax: number): number {
  const descriptor = readDescriptor(input, outputBytesMax);
  const bound = walkBlocks(input, descriptor, storedOrMost);
  // The rough bound settles most cases; to measure sequence by sequence costs a third of the decoder's own time.
  if (bound <= outputBytesMax) return bound;
  const exact = walkBlocks(input, descriptor, plainBytes);
  if (exact > outputBytesMax) throw tooLong(outputBytesMax);
  return exact;
}

function readDescriptor(input: Uint8Array, outputBytesMax: number): Descriptor {
  if (wordAt(input, 0) !== magic) throw new ProtocolError('lz4 without its magic number');
  const flags = byteAt(input, 4);
  const sizes = byteAt(input, 5);
  if ((flags & 0xc2) !== 0x40 || (sizes & 0x8f) !== 0) throw new ProtocolError('lz4 of an unknown version');
  if ((flags & 0x01) !== 0) throw new ProtocolError('lz4 with a dictionary');
  if (sizes < 0x40) throw new ProtocolError('lz4 with an unknown block size');
  const hasContentBytes = (flags & 0x08) !== 0;
  if (hasContentBytes) {
    // The decoder makes room for the declared size at once.
    const contentBytes = (wordAt(input, 6) >>> 0) + (wordAt(input, 10) >>> 0) * 2 ** 32;
    if (contentBytes > outputBytesMax) throw tooLong(outputBytesMax);
  }
  return {
    end: hasContentBytes ? 15 : 7,
    blockBytesMax: 1 << (8 + 2 * (sizes >>> 4)),
    sumBytes: (flags & 0x10) === 0 ? 0 : 4,
  };
}

/** The sum of `measure` over all blocks. */
function walkBlocks(input: Uint8Array, descriptor: Descriptor, measure: typeof plainBytes): number {
  const { blockBytesMax, sumBytes } = descriptor;
  let sum = 0;
  for (let at = descriptor.end; ; ) {
    const word = wordAt(input, at);
    if (word === 0) return sum;
    const start = at + 4;
    const end = start + (word & ~storedBit);
    if (end - start > blockBytesMax) throw new ProtocolError(`an lz4 block of ${end - start} bytes`);
    if (end + sumBytes > input.length) throw cut();
    sum += Math.min(blockBytesMax, word < 0 ? end - start : measure(input, start, end));
    at = end + sumBytes;
  }
}

function storedOrMost(_input: Uint8Array, start: number, end: number): number {
  return (end - start) * growthMax;
}

/**
 * The plain length of a compressed block. It is sequences: a token whose halves are the count of literals and the
 * match's length less four, 15 meaning that more bytes of length follow; the literals; the match's distance in two
 * bytes. The last has literals only.
 */
function plainBytes(input: Uint8Array, start: number, end: number): number {
  let sum = 0;
  let at = start;
  while (at < end) {
    const token = input[at++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      for (; more === 255 && at < end; literals += more) more = input[at++] as number;
    }
    sum += literals;
    at += literals + 2;
    if (at >= end) break;
    let match = (token & 15) + matchMin;
    if (match === 15 + matchMin) {
      let more = 255;
      for (; more === 255 && at < end; match += more) more = input[at++] as number;
    }
    sum += match;
  }
  return sum;
}

function byteAt(input: Uint8Array, at: number): number {
  const byte = input[at];
  if (byte === undefined) throw cut();
  return byte;
}

function wordAt(input: Uint8Array, at: number): number {
  return (
    byteAt(input, at) | (byteAt(input, at + 1) << 8) | (byteAt(input, at + 2) << 16) | (byteAt(input, at + 3) << 24)
  );
}

function tooLong(outputBytesMax: number): ProtocolError {
  return new ProtocolError(`lz4 of more than ${outputBytesMax} bytes`);
}

function cut(): ProtocolError {
  return new ProtocolError('lz4 is cut short');
}
