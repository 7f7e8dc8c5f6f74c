import { ProtocolError } from '@skerry/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SnappyReader, snappyCompress } from '../src/snappy.ts';
import { noise, samples } from './samples.ts';

const unpack = (input: Uint8Array, max = 1_000_000) => new SnappyReader(input, max).all();

test('any bytes come back, whatever repeats in them', () => {
  fc.assert(
    fc.property(samples(200_000), (input) => {
      expect(Buffer.compare(unpack(snappyCompress(input)), input)).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('matches of every short length, at distances around where the form of a copy changes, come back', () => {
  for (const distance of [100, 2046, 2047, 2048, 2049, 65_500]) {
    for (const length of [4, 5, 10, 11, 12, 13, 59, 60, 61, 63, 64, 65, 66, 67, 68, 69, 70, 127, 128, 129, 131, 132]) {
      const start = noise(distance, distance);
      const input = Buffer.concat([start, start.subarray(0, Math.min(length, distance)), noise(1, 30)]);
      expect(Buffer.compare(unpack(snappyCompress(input)), input), `${length} from ${distance} back`).toBe(0);
    }
  }
});

test('what repeats across the end of a piece comes back', () => {
  for (let before = 0; before < 40; before++) {
    const input = Buffer.concat([Buffer.alloc(65_536 - before), Buffer.from('abcd'.repeat(20))]);
    expect(Buffer.compare(unpack(snappyCompress(input)), input), `${before} before the end`).toBe(0);
  }
});

test('in steps the output is the same', () => {
  fc.assert(
    fc.property(samples(20_000), fc.integer({ min: 1, max: 5000 }), (input, bytes) => {
      const reader = new SnappyReader(snappyCompress(input), input.length);
      while (!reader.run(bytes));
      expect(Buffer.compare(reader.output, input)).toBe(0);
    }),
  );
});

// Written by hand from format_description.txt of google/snappy, so that both directions cannot be wrong in the same
// way.
test.each([
  ['nothing', [0], ''],
  ['a literal', [5, 4 << 2, ...Buffer.from('abcde')], 'abcde'],
  ['a copy with one byte of offset, over itself', [7, 1 << 2, 0x61, 0x62, 1 | (1 << 2), 2], 'abababa'],
  ['a copy with two bytes of offset', [8, 3 << 2, ...Buffer.from('abcd'), 2 | (3 << 2), 4, 0], 'abcdabcd'],
  ['a copy with four bytes of offset', [8, 3 << 2, ...Buffer.from('abcd'), 3 | (3 << 2), 4, 0, 0, 0], 'abcdabcd'],
  ['a literal with one byte of length', [3, 60 << 2, 2, 0x61, 0x62, 0x63], 'abc'],
  ['a literal with two bytes of length', [3, 61 << 2, 2, 0, 0x61, 0x62, 0x63], 'abc'],
  ['a literal with four bytes of length', [3, 63 << 2, 2, 0, 0, 0, 0x61, 0x62, 0x63], 'abc'],
])('%s is expanded', (_what, block, text) => {
  expect(Buffer.from(unpack(Uint8Array.from(block))).toString()).toBe(text);
});

test.each([
  ['no length', []],
  ['a length without an end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ['an output shorter than declared', [6, 4 << 2, ...Buffer.from('abcde')]],
  ['an output longer than declared', [4, 4 << 2, ...Buffer.from('abcde')]],
  ['elements after the output', [5, 4 << 2, ...Buffer.from('abcde'), 0, 0x61]],
  ['a literal past the end', [9, 8 << 2, 0x61]],
  ['a literal of four thousand million', [9, 63 << 2, 0xff, 0xff, 0xff, 0xff, 0x61]],
  ['a copy from nowhere', [5, 0, 0x61, 1, 0]],
  ['a copy from before the start', [5, 0, 0x61, 1, 2]],
  ['a copy from two thousand million back', [5, 0, 0x61, 3 | (3 << 2), 0, 0, 0, 0x80]],
  ['a copy without its offset', [5, 0, 0x61, 2 | (3 << 2), 1]],
])('%s is refused', (_what, block) => {
  expect(() => unpack(Uint8Array.from(block))).toThrow(ProtocolError);
});

test('a block cut at any byte is refused', () => {
  const block = snappyCompress(Buffer.from('21.4 degrees, 21.5 degrees, 21.4 degrees, 21.6 kelvin'.repeat(30)));
  for (let end = 0; end < block.length; end++) {
    expect(() => unpack(block.subarray(0, end)), `of ${end}`).toThrow(ProtocolError);
  }
});

test('a declared length is refused over the bound, or when so few bytes cannot hold it', () => {
  const block = snappyCompress(new Uint8Array(1000));
  expect(unpack(block, 1000)).toHaveLength(1000);
  expect(() => unpack(block, 999)).toThrow(ProtocolError);
  const claim = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f);
  expect(() => unpack(claim, Infinity)).toThrow('5 bytes of snappy cannot be 4294967295');
});

test('no bytes make it write past its output, or end other than by refusing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200, size: 'max' }), (garbage) => {
      try {
        expect(unpack(garbage).length).toBeLessThanOrEqual(garbage.length * 22);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});
