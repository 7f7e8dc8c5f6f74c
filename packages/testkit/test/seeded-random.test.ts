import { expect, test } from 'vitest';
import { SeededRandom } from '../src/index.ts';

test('a seed gives the same numbers for ever', () => {
  const random = new SeededRandom(42);
  const drawn = [random.below(1_000), random.below(1_000), random.below(2 ** 40), ...random.bytes(4)];
  expect(drawn).toMatchInlineSnapshot(`
    [
      660,
      111,
      86977582086,
      178,
      32,
      102,
      214,
    ]
  `);
});

test('numbers are spread evenly over their range', () => {
  const random = new SeededRandom(7);
  for (const bound of [2, 3, 10, 256]) {
    const counts = Array.from({ length: bound }, () => 0);
    const draws = 2_000 * bound;
    for (let i = 0; i < draws; i++) {
      const drawn = random.below(bound);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    // Five standard deviations of 2,000 draws each.
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(5 * Math.sqrt(2_000));
  }
  const bits = Array.from({ length: 8 }, () => 0);
  for (const byte of random.bytes(8_000))
    for (let bit = 0; bit < 8; bit++) bits[bit] = (bits[bit] ?? 0) + ((byte >> bit) & 1);
  for (const ones of bits) expect(Math.abs(ones - 4_000)).toBeLessThan(5 * Math.sqrt(2_000));
});

test('seeds and forks differ from one another, and a fork does not move its parent', () => {
  const drawn = new Set<number>();
  for (let seed = 0; seed < 1_000; seed++) {
    drawn.add(new SeededRandom(seed).below(2 ** 48));
    drawn.add(new SeededRandom(seed).fork('disk').below(2 ** 48));
    drawn.add(new SeededRandom(seed * 2 ** 32 + 1_000_000).below(2 ** 48));
  }
  expect(drawn.size).toBe(3_000);
  const random = new SeededRandom(1);
  random.fork('a').bytes(100);
  expect(random.below(2 ** 48)).toBe(new SeededRandom(1).below(2 ** 48));
  expect(new SeededRandom(1).fork('a').below(2 ** 48)).toBe(new SeededRandom(1).fork('a').below(2 ** 48));
});
