import { ProtocolError } from '@skerry/base';
import * as fc from 'fast-check';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import { describe, expect, test } from 'vitest';
import { nodeCompute } from '../src/compute.ts';
import { lz4PlainBytesMax } from '../src/lz4.ts';
import { noise, samples } from './samples.ts';

const compute = nodeCompute({ inline: true });

function decompress(input: Uint8Array, max: number): Uint8Array {
  let found: Uint8Array | Error | undefined;
  compute.decompress('lz4', input, max, (error, output) => {
    found = output ?? error;
  });
  if (found instanceof Uint8Array) return found;
  throw found ?? new Error('an inline Compute calls back in the call');
}

const pack = (input: Uint8Array, options = {}) => compressFrameSync(Buffer.from(input), options);
const forms = [
  ['as we write it', {}],
  ['with block checksums', { blockChecksums: true }],
  ['with a content checksum', { contentChecksum: true }],
  ['with both', { blockChecksums: true, contentChecksum: true }],
] as const;

describe.each(forms)('a frame %s', (_what, options) => {
  test('is measured exactly when it must be, and generously else', () => {
    fc.assert(
      fc.property(samples(150_000), (input) => {
        const frame = pack(input, options);
        expect(lz4PlainBytesMax(frame, input.length)).toBe(input.length);
        expect(lz4PlainBytesMax(frame, 2 ** 40)).toBeGreaterThanOrEqual(input.length);
        expect(Buffer.compare(decompress(frame, input.length), input)).toBe(0);
        // Of nothing, the bound below is negative, and refused too.
        expect(() => lz4PlainBytesMax(frame, input.length - 1)).toThrow(ProtocolError);
      }),
      { numRuns: 30 },
    );
  });

  test('cut at any byte is refused', () => {
    const frame = pack(Buffer.from('21.4 degrees, 21.5 degrees, '.repeat(20)), options);
    for (let end = 0; end < frame.length; end++) {
      expect(() => decompress(frame.subarray(0, end), 1000), `of ${end}`).toThrow(ProtocolError);
    }
  });

  test('with bytes changed never yields more than is allowed', () => {
    const input = Buffer.concat([Buffer.from('21.4 degrees, 21.5 degrees, '.repeat(40)), noise(5, 300)]);
    const frame = pack(input, options);
    const changes = fc.array(fc.tuple(fc.nat(frame.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 3000 }), (changed, max) => {
        const bad = Uint8Array.from(frame);
        for (const [at, byte] of changed) bad[at] = byte;
        try {
          expect(decompress(bad, max).length).toBeLessThanOrEqual(max);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

test.each(forms.slice(1))('a frame %s that does not fit is refused', (_what, options) => {
  const frame = pack(noise(3, 1000), options);
  for (let at = 11; at < frame.length; at++) {
    const bad = Uint8Array.from(frame);
    bad[at] = (bad[at] ?? 0) ^ 0x10;
    expect(() => decompress(bad, 100_000), `byte ${at}`).toThrow(ProtocolError);
  }
});

test('what we write has independent blocks and no checksums, as every Kafka client reads it', () => {
  for (const bytes of [0, 5, 70_000, 5_000_000]) {
    let frame: Uint8Array | undefined;
    compute.compress('lz4', noise(1, bytes), (_error, output) => {
      frame = output;
    });
    expect(frame?.subarray(0, 5)).toEqual(Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60));
  }
});

test('a block may refer to the one before it, where the frame says so', () => {
  // FLG 0x40; "abcdefgh" stored, then a match of 8 from 8 back and five literals.
  const blocks = [
    8,
    0,
    0,
    0x80,
    ...Buffer.from('abcdefgh'),
    9,
    0,
    0,
    0,
    0x04,
    8,
    0,
    0x50,
    ...Buffer.from('vwxyz'),
    0,
    0,
    0,
    0,
  ];
  const frame = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0, ...blocks);
  expect(Buffer.from(decompress(frame, 21)).toString()).toBe('abcdefghabcdefghvwxyz');
  expect(() => decompress(frame, 20)).toThrow(ProtocolError);
});

test.each([
  ['another magic number', 0, 0x05],
  ['version 2', 4, 0xa0],
  ['a reserved flag', 4, 0x62],
  ['a dictionary', 4, 0x61],
  ['a reserved bit beside the block size', 5, 0x41],
  ['a block size of 1 KiB', 5, 0x30],
  ['a wrong header checksum', 6, 0x00],
])('%s is refused', (_what, at, byte) => {
  const frame = Uint8Array.from(pack(Buffer.from('hello')));
  frame[at] = byte;
  expect(() => decompress(frame, 100)).toThrow(ProtocolError);
});

test('what follows the frame is not looked at', () => {
  const input = noise(9, 100);
  const two = Buffer.concat([pack(input), pack(input)]);
  expect(decompress(two, 100)).toEqual(input);
  // The addon must agree, or the second frame would not be counted.
  expect(decompressFrameSync(two)).toHaveLength(100);
});
