import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type CompressionAlgorithm, type Compute, crc32c, ProtocolError } from '@skerry/base';
import * as fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { describe, expect, test } from 'vitest';
import { nodeCompute } from '../src/compute.ts';
import { noise, samples } from './samples.ts';

const algorithms = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
const computes = [
  ['on Node', nodeCompute()],
  ['inline', nodeCompute({ inline: true })],
] as const;

// Not within a promise's executor: what a door throws must fail the test, not become the answer that is asked for.
function compress(compute: Compute, algorithm: CompressionAlgorithm, input: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  compute.compress(algorithm, input, (error, output) => (output === undefined ? reject(error) : resolve(output)));
  return promise;
}

function decompress(
  compute: Compute,
  algorithm: CompressionAlgorithm,
  input: Uint8Array,
  max: number,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  compute.decompress(algorithm, input, max, (error, output) =>
    output === undefined ? reject(error) : resolve(output),
  );
  return promise;
}

test('the sum is that of the plain code, on either side of where the native one takes over', () => {
  const bytes = noise(1, 5000);
  for (const [, compute] of computes) {
    for (let length = 0; length < 400; length++) {
      expect(compute.crc32c(bytes, 3, 3 + length)).toBe(crc32c(bytes, 3, 3 + length));
    }
    expect(compute.crc32c(bytes, 1, 5000)).toBe(crc32c(bytes, 1, 5000));
    for (const middle of [1, 100, 4000])
      expect(compute.crc32c(bytes, middle, 5000, compute.crc32c(bytes, 1, middle))).toBe(crc32c(bytes, 1, 5000));
  }
});

describe.each(computes)('%s', (_where, compute) => {
  describe.each(algorithms)('%s', (algorithm) => {
    test('any bytes come back, with exactly their length allowed', async () => {
      await fc.assert(
        fc.asyncProperty(samples(150_000), async (input) => {
          const packed = await compress(compute, algorithm, input);
          const plain = await decompress(compute, algorithm, packed, input.length);
          expect(Buffer.compare(plain, input)).toBe(0);
          expect([packed.constructor, plain.constructor]).toEqual([Uint8Array, Uint8Array]);
        }),
        { numRuns: 15 },
      );
    });

    test.each([0, 1, 100, 70_000, 2_000_000])('one byte more than allowed is refused, of %i', async (bytes) => {
      const packed = await compress(compute, algorithm, new Uint8Array(bytes + 1));
      await expect(decompress(compute, algorithm, packed, bytes)).rejects.toThrow(ProtocolError);
      await expect(decompress(compute, algorithm, packed, bytes + 1)).resolves.toHaveLength(bytes + 1);
    });

    test('cut at any byte it is refused', async () => {
      const packed = await compress(compute, algorithm, Buffer.from('21.4 degrees, 21.5 degrees, '.repeat(20)));
      for (let end = 0; end < packed.length; end++) {
        const cut = decompress(compute, algorithm, packed.slice(0, end), 100_000);
        await expect(cut, `of ${end}`).rejects.toThrow(ProtocolError);
      }
    });

    test('garbage is refused, or is few enough bytes', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300, size: 'max' }), async (garbage) => {
          await decompress(compute, algorithm, garbage, 1000).then(
            (plain) => expect(plain.length).toBeLessThanOrEqual(1000),
            (error) => expect(error).toBeInstanceOf(ProtocolError),
          );
        }),
      );
    });
  });
});

const bomb = new Uint8Array(64 * 1024 * 1024);
const bombs: readonly (readonly [CompressionAlgorithm, Uint8Array])[] = [
  ['gzip', gzipSync(bomb)],
  ['zstd', zstdCompressSync(bomb)],
  ['lz4', compressFrameSync(Buffer.from(bomb.buffer))],
  // A run that declares what it is: three bytes for each 64.
  ['snappy', snappyRun(64 * 1024 * 1024)],
];

test.each(bombs)('a bomb of %s costs no more than its bound', async (algorithm, packed) => {
  for (const [, compute] of computes) {
    const before = process.memoryUsage.rss();
    await expect(decompress(compute, algorithm, packed, 1_000_000)).rejects.toThrow(ProtocolError);
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 1024 * 1024);
  }
});

test('an lz4 frame that only declares much is refused by its declaration', async () => {
  // FLG 0x68 declares a size, here 2^40.
  const frame = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x68, 0x40, 0, 0, 0, 0, 0, 1, 0, 0, 0x9a, 0, 0, 0, 0);
  await expect(decompress(nodeCompute(), 'lz4', frame, 1_000_000)).rejects.toThrow('lz4 of more than 1000000 bytes');
});

test('small jobs are done in the call, until the turn has had its share', async () => {
  const compute = nodeCompute();
  const input = new Uint8Array(32 * 1024);
  const order: number[] = [];
  const all = Promise.all(Array.from({ length: 40 }, (_, i) => compress(compute, 'snappy', input).then(() => i)));
  for (let i = 0; i < 40; i++) compute.compress('snappy', input, () => order.push(i));
  // The first forty took the share of this turn, and more.
  expect(order).toEqual([]);
  await all;
  while (order.length < 40) await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(Array.from({ length: 40 }, (_, i) => i));
  await new Promise((resolve) => setImmediate(resolve));
  compute.compress('snappy', input, () => order.push(99));
  expect(order.at(-1)).toBe(99);
});

/** A raw block of `bytes` zeros. */
function snappyRun(bytes: number): Uint8Array {
  const block: number[] = [];
  let rest = bytes;
  for (; rest > 0x7f; rest >>>= 7) block.push((rest & 0x7f) | 0x80);
  block.push(rest, 0, 0);
  const output = new Uint8Array(block.length + Math.ceil(bytes / 64) * 3);
  output.set(block);
  for (let at = block.length; at < output.length; at += 3) output.set([2 | (63 << 2), 1, 0], at);
  return output;
}
