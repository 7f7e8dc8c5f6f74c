import { expect, test } from 'vitest';
import { joined } from '../src/joined.ts';

test('parts come one after the other, also empty ones, and are copied', () => {
  const first = Uint8Array.of(1, 2);
  const all = joined([first, new Uint8Array(0), Uint8Array.of(3)]);
  first[0] = 9;
  expect([...all]).toEqual([1, 2, 3]);
  expect(joined([])).toHaveLength(0);
});
