import { expect, test } from 'vitest';
import { Repeats } from '../src/repeats.ts';

test('what repeats itself is said once a minute, with how often it was kept back', () => {
  const repeats = new Repeats();
  expect(repeats.unsaid('a', 0)).toBe(0);
  for (let ms = 1; ms <= 500; ms++) expect(repeats.unsaid('a', 100 * ms)).toBeUndefined();
  expect(repeats.unsaid('b', 100)).toBe(0);
  expect(repeats.unsaid('a', 60_000)).toBe(500);
  expect(repeats.unsaid('a', 60_001)).toBeUndefined();
  expect(repeats.unsaid('a', 200_000)).toBe(1);
});

test('as many things as you like do not grow it', () => {
  const repeats = new Repeats();
  for (let i = 0; i < 10_000; i++) expect(repeats.unsaid(`thing ${i}`, i)).toBe(0);
});
