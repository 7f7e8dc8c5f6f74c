/** The algorithms by which record batches may be compressed; `snappy` is the raw block, `lz4` the frame format. */
export type CompressionAlgorithm = 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** Work on bytes that is too heavy, or too platform-bound, for the pure packages. */
export interface Compute {
  /** CRC-32C (RFC 3720 appendix B.4) of `bytes` from `start` to `end`; `seed` is that of what came before. */
  crc32c(bytes: Uint8Array, start: number, end: number, seed?: number): number;
  /**
   * Calls back with the compressed bytes, off the loop when that is much work. `input` is lent until then. `level` is
   * one of gzip's or zstd's own; the others have none.
   */
  compress(
    algorithm: CompressionAlgorithm,
    input: Uint8Array,
    done: (error: Error | undefined, output?: Uint8Array) => void,
    level?: number,
  ): void;
  /** Calls back with the plain bytes; an output beyond `outputBytesMax`, or bad input, is a ProtocolError. */
  decompress(
    algorithm: CompressionAlgorithm,
    input: Uint8Array,
    outputBytesMax: number,
    done: (error: Error | undefined, output?: Uint8Array) => void,
  ): void;
}
