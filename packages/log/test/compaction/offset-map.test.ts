import { SeededRandom } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { OffsetMap } from '../../src/compaction/offset-map.ts';

test('the map tells the newest offset of each key, and grows no further than its bound', () => {
  const random = new SeededRandom(1);
  const bytesMax = 400_000;
  const map = new OffsetMap(bytesMax);
  const expected = new Map<string, { readonly key: Uint8Array; readonly offset: number }>();
  let offset = 0;
  for (; map.hasRoom(1); offset++) {
    const key = random.bytes(random.below(40) % (1 + random.below(40)));
    map.put(key, 0, key.length, offset);
    expected.set(key.join(), { key, offset });
  }
  expect(map.size).toBe(expected.size);
  expect(map.byteLength).toBeLessThanOrEqual(bytesMax);
  expect((map.size + 1) * 64).toBeGreaterThan(bytesMax);
  for (const one of expected.values()) expect(map.get(one.key, 0, one.key.length)).toBe(one.offset);
  expect(map.get(random.bytes(41), 0, 41)).toBe(-1);
});

test('keys that differ in one bit, or in their length, are different keys', () => {
  const map = new OffsetMap(2 ** 20);
  const key = new Uint8Array(24);
  const put: Uint8Array[] = [];
  for (let length = 0; length <= key.length; length++) put.push(key.slice(0, length));
  for (let bit = 0; bit < 8 * key.length; bit++) {
    const other = key.slice();
    other[bit >> 3] = 1 << (bit & 7);
    put.push(other);
  }
  for (const [i, one] of put.entries()) map.put(one, 0, one.length, i);
  expect(map.size).toBe(put.length);
  for (const [i, one] of put.entries()) expect(map.get(one, 0, one.length)).toBe(i);
});

test('an empty map has room for a batch, however small its bound', () => {
  const map = new OffsetMap(1);
  expect(map.hasRoom(10_000)).toBe(true);
  for (let i = 0; i < 10_000; i++) map.put(Uint8Array.of(i >> 8, i & 0xff), 0, 2, i);
  expect(map.size).toBe(10_000);
  expect(map.hasRoom(1)).toBe(false);
});
