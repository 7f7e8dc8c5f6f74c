import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../src/index.ts';

const bytesOf = (count: number, make: (index: number) => number) =>
  Uint8Array.from({ length: count }, (_, i) => make(i));

test.each([
  ['32 zeros', bytesOf(32, () => 0), 0x8a9136aa],
  ['32 ones', bytesOf(32, () => 0xff), 0x62a8ab43],
  ['32 ascending', bytesOf(32, (i) => i), 0x46dd794e],
  ['32 descending', bytesOf(32, (i) => 31 - i), 0x113fdb5c],
  ['the check string 123456789', bytesOf(9, (i) => 0x31 + i), 0xe3069283],
  ['nothing', new Uint8Array(), 0],
])('the published sum of %s (RFC 3720 B.4)', (_what, bytes, sum) => {
  expect(crc32c(bytes, 0, bytes.length)).toBe(sum);
});

test('any range of any bytes has the sum of the definition, bit by bit, in one piece or two', () => {
  const input = fc.tuple(
    fc.uint8Array({ minLength: 0, maxLength: 200, size: 'max' }),
    fc.nat(200),
    fc.nat(200),
    fc.nat(200),
  );
  fc.assert(
    fc.property(input, ([bytes, ...cuts]) => {
      const [start = 0, middle = 0, end = 0] = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
      expect(crc32c(bytes, start, end)).toBe(obvious(bytes.subarray(start, end)));
      expect(crc32c(bytes, middle, end, crc32c(bytes, start, middle))).toBe(crc32c(bytes, start, end));
    }),
  );
});

function obvious(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
