/**
 * Checksums and compression on Node: zlib for gzip and zstd, native addons for lz4 and for CRC-32C of more than a few
 * bytes, plain code for snappy.
 *
 * Small jobs are done in the call, and call back from within it. Those that would hold up the loop go to the thread
 * pool or, in plain code, are done in steps with the loop's other work between them. `outputBytesMax` bounds what a job
 * allocates; lz4 and zstd may need one block (4 MiB) or window (128 MiB of addresses, touched as far as the output
 * goes) besides, as their formats allow.
 */
import { createRequire } from 'node:module';
import * as zlib from 'node:zlib';
import { crc32c as nativeCrc32c } from '@node-rs/crc32';
import { type CompressionAlgorithm, type Compute, crc32c, ProtocolError } from '@skerry/base';
import { lz4PlainBytesMax } from './lz4.ts';
import { SnappyReader, snappyCompress, snappyPlainBytes } from './snappy.ts';

/** Loaded when first wanted: most nodes never see an lz4 batch that they must unpack. */
let loaded: typeof import('lz4-napi') | undefined;
const addon = (): typeof import('lz4-napi') =>
  (loaded ??= createRequire(import.meta.url)('lz4-napi') as typeof import('lz4-napi'));

export interface ComputeOptions {
  /** Does every job in its call, whatever its size: for simulation, where a thread pool would make runs differ. */
  readonly inline?: boolean;
}

type BytesDone = (error: Error | undefined, output?: Uint8Array) => void;

/**
 * One algorithm. The methods named "now" work in the call and throw; "mayBlock" is false where the loop must not be
 * held up.
 */
interface Codec {
  compressNow(input: Uint8Array, level: number | undefined): Uint8Array;
  compress(input: Uint8Array, done: BytesDone, level: number | undefined): void;
  /** Undefined if that would be too long a job for the call, when it must not block. */
  decompressNow(input: Uint8Array, outputBytesMax: number, mayBlock: boolean): Uint8Array | undefined;
  /** Only of what {@link decompressNow} has not refused. */
  decompress(input: Uint8Array, outputBytesMax: number, done: BytesDone): void;
}

/** From this length on the native sum, its call included, beats the plain one. */
const nativeChecksumBytesMin = 256;
/** Input up to which a job is done in the call. */
const loopInputBytesMax = 64 * 1024;
/** Output up to which a job is done in the call: a millisecond of gzip, the slowest. */
const loopOutputBytesMax = 256 * 1024;
/**
 * What one turn does in calls before the rest waits for the next: Kafka's framing of snappy makes many small jobs of
 * one batch, and of gzip this is three milliseconds.
 */
const turnBytesMax = 128 * 1024;
/** Levels beyond it, of gzip as of zstd, take many times as long. */
const loopLevelMax = 6;
const zlibChunkBytes = 64 * 1024;

/** The Compute door on Node. */
export function nodeCompute({ inline = false }: ComputeOptions = {}): Compute {
  return new NodeCompute(inline);
}

class NodeCompute implements Compute {
  readonly #inline: boolean;
  /** Bytes of the jobs that this turn of the loop has done in their calls. */
  #turnBytes = 0;

  constructor(inline: boolean) {
    this.#inline = inline;
  }

  crc32c(bytes: Uint8Array, start: number, end: number, seed = 0): number {
    if (end - start < nativeChecksumBytesMin) return crc32c(bytes, start, end, seed);
    return nativeCrc32c(bytes.subarray(start, end), seed);
  }

  compress(algorithm: CompressionAlgorithm, input: Uint8Array, done: BytesDone, level?: number): void {
    if (this.#turnIsSpent()) return void setImmediate(() => this.compress(algorithm, input, done, level));
    const codec = codecs[algorithm];
    const isLong = input.length > loopInputBytesMax || (level ?? 0) > loopLevelMax;
    if (!this.#inline && isLong) return codec.compress(input, done, level);
    this.#spend(input.length);
    let output: Uint8Array;
    try {
      output = codec.compressNow(input, level);
    } catch (error) {
      return done(error as Error);
    }
    done(undefined, output);
  }

  decompress(algorithm: CompressionAlgorithm, input: Uint8Array, outputBytesMax: number, done: BytesDone): void {
    if (this.#turnIsSpent()) return void setImmediate(() => this.decompress(algorithm, input, outputBytesMax, done));
    const codec = codecs[algorithm];
    let output: Uint8Array | undefined;
    try {
      output = codec.decompressNow(input, outputBytesMax, this.#inline);
    } catch (error) {
      this.#spend(loopOutputBytesMax);
      return done(badInput(algorithm, error));
    }
    // How far a job got that failed, or proved too long, is not known: it may have been all the way.
    this.#spend(output?.length ?? loopOutputBytesMax);
    if (output !== undefined) return done(undefined, output);
    codec.decompress(input, outputBytesMax, (error, plain) => {
      if (plain === undefined) done(badInput(algorithm, error));
      else done(undefined, plain);
    });
  }

  #turnIsSpent(): boolean {
    return !this.#inline && this.#turnBytes > turnBytesMax;
  }

  #spend(bytes: number): void {
    if (this.#inline) return;
    if (this.#turnBytes === 0) {
      setImmediate(() => {
        this.#turnBytes = 0;
      });
    }
    this.#turnBytes += bytes + 1; // An empty job counts too: zero says that nobody resets it.
  }
}

function badInput(algorithm: CompressionAlgorithm, cause: unknown): ProtocolError {
  if (cause instanceof ProtocolError) return cause;
  return new ProtocolError(`${algorithm} cannot be decompressed: ${(cause as Error).message}`, { cause });
}

interface ZlibBounds {
  readonly chunkSize: number;
  readonly maxOutputLength?: number;
}
interface ZlibLevel {
  readonly level?: number;
  readonly params?: Record<number, number>;
}
type ZlibNow = (input: Uint8Array, bounds: ZlibBounds & ZlibLevel) => Uint8Array;
type ZlibDone = (error: Error | null, output: Uint8Array) => void;
type Zlib = (input: Uint8Array, bounds: ZlibBounds & ZlibLevel, done: ZlibDone) => void;

/** zlib knows no bound of 0, which only an empty output keeps; the callers compare. */
function zlibBounds(outputBytesMax: number): ZlibBounds {
  return { chunkSize: zlibChunkBytes, maxOutputLength: Math.max(1, outputBytesMax) };
}

function zlibDone(outputBytesMax: number, done: BytesDone): ZlibDone {
  return (error, output) => {
    if (error !== null) done(error);
    else if (output.length > outputBytesMax) done(new ProtocolError(`more than ${outputBytesMax} bytes`));
    else done(undefined, plainView(output));
  };
}

interface Zlibs {
  readonly packNow: ZlibNow;
  readonly pack: Zlib;
  readonly unpackNow: ZlibNow;
  readonly unpack: Zlib;
  readonly atLevel: (level: number) => ZlibLevel;
}

function zlibCodec({ packNow, pack, unpackNow, unpack, atLevel }: Zlibs): Codec {
  const options = (level: number | undefined) => ({
    chunkSize: zlibChunkBytes,
    ...(level === undefined ? {} : atLevel(level)),
  });
  return {
    compressNow: (input, level) => plainView(packNow(input, options(level))),
    compress: (input, then, level) => pack(input, options(level), zlibDone(Infinity, then)),
    decompressNow(input, outputBytesMax, mayBlock) {
      if (!mayBlock && input.length > loopInputBytesMax) return undefined;
      // How long the output is shows only in the work, so the call tries as far as it may.
      const triedBytes = mayBlock ? outputBytesMax : Math.min(outputBytesMax, loopOutputBytesMax);
      try {
        const output = unpackNow(input, zlibBounds(triedBytes));
        if (output.length > outputBytesMax) throw new ProtocolError(`more than ${outputBytesMax} bytes`);
        return plainView(output);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' && triedBytes < outputBytesMax)
          return undefined;
        throw error;
      }
    },
    decompress: (input, outputBytesMax, then) =>
      unpack(input, zlibBounds(outputBytesMax), zlibDone(outputBytesMax, then)),
  };
}

const lz4: Codec = {
  compressNow: (input) => plainView(addon().compressFrameSync(bufferView(input))),
  compress: (input, done) => settle(addon().compressFrame(input), done),
  decompressNow(input, outputBytesMax, mayBlock) {
    const bound = lz4PlainBytesMax(input, outputBytesMax);
    return mayBlock || bound <= loopOutputBytesMax
      ? plainView(addon().decompressFrameSync(bufferView(input)))
      : undefined;
  },
  decompress: (input, _outputBytesMax, done) => settle(addon().decompressFrame(input), done),
};

const snappy: Codec = {
  compressNow: snappyCompress,
  // Large inputs come here only as they are, since Kafka's framing cuts them into blocks: a step for the whole is short
  // enough.
  compress: (input, done) => void setImmediate(() => done(undefined, snappyCompress(input))),
  decompressNow(input, outputBytesMax, mayBlock) {
    const { bytes } = snappyPlainBytes(input, outputBytesMax);
    return mayBlock || bytes <= loopOutputBytesMax ? new SnappyReader(input, outputBytesMax).all() : undefined;
  },
  decompress(input, outputBytesMax, done) {
    const reader = new SnappyReader(input, outputBytesMax);
    const step = (): void => {
      let whole: boolean;
      try {
        whole = reader.run(loopOutputBytesMax);
      } catch (error) {
        return done(error as Error);
      }
      if (whole) done(undefined, reader.output);
      else setImmediate(step);
    };
    setImmediate(step);
  },
};

const codecs: Readonly<Record<CompressionAlgorithm, Codec>> = {
  gzip: zlibCodec({
    packNow: zlib.gzipSync,
    pack: zlib.gzip,
    unpackNow: zlib.gunzipSync,
    unpack: zlib.gunzip,
    atLevel: (level) => ({ level }),
  }),
  snappy,
  lz4,
  zstd: zlibCodec({
    packNow: zlib.zstdCompressSync,
    pack: zlib.zstdCompress,
    unpackNow: zlib.zstdDecompressSync,
    unpack: zlib.zstdDecompress,
    atLevel: (level) => ({ params: { [zlib.constants.ZSTD_c_compressionLevel]: level } }),
  }),
};

/** Hands a promise's end to a callback, outside the promise: what the callback throws is not its rejection. */
function settle(work: Promise<Uint8Array>, done: BytesDone): void {
  work.then(
    (output) => setImmediate(done, undefined, plainView(output)),
    (error: unknown) => setImmediate(done, error as Error),
  );
}

/** The bytes without Buffer's own ways: its `slice` shares memory where Uint8Array's copies. */
function plainView(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function bufferView(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
