/**
 * What record batches may be compressed with, by Kafka's number and name, and the framing of snappy; the work itself is
 * behind the Compute door.
 *
 * Java's clients and broker write snappy in the framing of snappy-java ("xerial"): a header of 16 bytes, then blocks of
 * an int32 length and a raw snappy block each. Others (librdkafka, sarama) send one raw block. Both are read; the
 * framing is written, since every client reads it.
 */
import { type CompressionAlgorithm, type Compute, inTurn, joined, ProtocolError } from '@skerry/base';
import { batchCodec, batchHeaderBytes, batchLength } from './batch.ts';
import { int32At, setInt32 } from './big-endian.ts';

/** Kafka's name of a codec, as `compression.type` spells it. */
export type CodecName = 'none' | CompressionAlgorithm;

/** Called once, with the error or the bytes; perhaps from within the call that was given it. */
export type BytesDone = (error: Error | undefined, output?: Uint8Array) => void;

/** By number, as batches carry it. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const satisfies readonly CodecName[];

/** The highest number that is assigned. */
export const codecNumberMax = codecNames.length - 1;

/** The number of `name` in a batch's attributes. */
export const codecNumber = (name: CodecName): number => codecNames.indexOf(name);

/** The codec that `number` stands for, if any. */
export const codecName = (number: number): CodecName | undefined => codecNames[number];

/** snappy-java's block size: what it reads best, and small enough to keep the loop free between two. */
const xerialBlockBytes = 32 * 1024;
/** 0x82 "SNAPPY" 0x00, then version and compatible version, both 1. */
const xerialHeader = new Uint8Array([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
/** The header's first four bytes where a block's length is due: streams that were appended to one another. */
const xerialHeaderStart = int32At(xerialHeader, 0);

/**
 * The records of the batch at `at`, decompressed; at most `outputBytesMax` of them, else a ProtocolError. Without a
 * codec, a view.
 */
export function decompressBatch(
  bytes: Uint8Array,
  at: number,
  outputBytesMax: number,
  compute: Compute,
  done: BytesDone,
): void {
  const packed = bytes.subarray(at + batchHeaderBytes, at + batchLength(bytes, at));
  const codec = codecName(batchCodec(bytes, at));
  if (codec === undefined) return done(new ProtocolError(`compression ${batchCodec(bytes, at)} is unknown`));
  decompressRecords(codec, packed, outputBytesMax, compute, done);
}

/** A codec, and for gzip and zstd how hard it tries, if not as it is. */
export interface CodecChoice {
  readonly codec: CodecName;
  readonly level: number | undefined;
}

/** Calls back with `input` as it is to stand in a batch of that codec. `input` is lent until then. */
export function compressRecords(
  choice: CodecName | CodecChoice,
  input: Uint8Array,
  compute: Compute,
  done: BytesDone,
): void {
  const { codec, level } = typeof choice === 'string' ? { codec: choice, level: undefined } : choice;
  if (codec === 'none') return done(undefined, input);
  if (codec === 'snappy') return compressXerial(input, compute, done);
  compute.compress(codec, input, done, level);
}

/** Calls back with what {@link compressRecords} was given. */
export function decompressRecords(
  codec: CodecName,
  input: Uint8Array,
  outputBytesMax: number,
  compute: Compute,
  done: BytesDone,
): void {
  if (codec === 'none') return done(undefined, input);
  if (codec === 'snappy' && isXerial(input)) return decompressXerial(input, outputBytesMax, compute, done);
  compute.decompress(codec, input, outputBytesMax, done);
}

function isXerial(input: Uint8Array): boolean {
  if (input.length < xerialHeader.length) return false;
  // The versions are not compared: snappy-java would read any that calls itself compatible, and there has only ever
  // been one.
  for (let i = 0; i < 8; i++) if (input[i] !== xerialHeader[i]) return false;
  return true;
}

function compressXerial(input: Uint8Array, compute: Compute, done: BytesDone): void {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < input.length; at += xerialBlockBytes) blocks.push(input.subarray(at, at + xerialBlockBytes));
  const parts: Uint8Array[] = [xerialHeader];
  const block = (plain: Uint8Array, next: () => void): void => {
    compute.compress('snappy', plain, (error, packed) => {
      if (packed === undefined) return done(error);
      const length = new Uint8Array(4);
      setInt32(length, 0, packed.length);
      parts.push(length, packed);
      next();
    });
  };
  inTurn(blocks, block, () => done(undefined, join(parts)));
}

function decompressXerial(input: Uint8Array, outputBytesMax: number, compute: Compute, done: BytesDone): void {
  const blocks = xerialBlocks(input);
  if (blocks === undefined) return done(new ProtocolError('a snappy block that is longer than its stream'));
  const parts: Uint8Array[] = [];
  let left = outputBytesMax;
  const block = (packed: Uint8Array, next: () => void): void => {
    compute.decompress('snappy', packed, left, (error, plain) => {
      if (plain === undefined) return done(error);
      left -= plain.length;
      parts.push(plain);
      next();
    });
  };
  inTurn(blocks, block, () => done(undefined, join(parts)));
}

function xerialBlocks(input: Uint8Array): readonly Uint8Array[] | undefined {
  const blocks: Uint8Array[] = [];
  for (let at = xerialHeader.length; at < input.length; ) {
    if (input.length - at < 4) return undefined;
    const length = int32At(input, at);
    if (length === xerialHeaderStart) {
      at += xerialHeader.length;
      continue;
    }
    at += 4;
    if (length < 0 || length > input.length - at) return undefined;
    blocks.push(input.subarray(at, at + length));
    at += length;
  }
  return blocks;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : joined(parts);
}
