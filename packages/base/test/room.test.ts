import { expect, test } from 'vitest';
import { copyOf, newBytes } from '../src/index.ts';

test('no two pieces share a byte, and each is zero at first', () => {
  const pieces = Array.from({ length: 300 }, (_, i) => newBytes(1 + 17 * i));
  for (const piece of pieces) expect(piece.every((byte) => byte === 0)).toBe(true);
  for (const [i, piece] of pieces.entries()) piece.fill(i & 0xff);
  for (const [i, piece] of pieces.entries()) {
    expect(piece).toHaveLength(1 + 17 * i);
    expect(piece.every((byte) => byte === (i & 0xff))).toBe(true);
  }
});

test('small pieces share their memory, large ones have their own', () => {
  const [a, b, large] = [newBytes(10), newBytes(10), newBytes(100_000)];
  expect(a.buffer.byteLength).toBeGreaterThan(10);
  expect(b.buffer.byteLength).toBe(a.buffer.byteLength);
  expect(large.buffer.byteLength).toBe(100_000);
});

test('a copy does not change with what it was made of', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const copy = copyOf(bytes);
  bytes[0] = 9;
  expect([...copy]).toEqual([1, 2, 3]);
});
