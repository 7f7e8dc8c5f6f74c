/** Bits flipped at random in a real data folder. `npm run crash -- --flips 1000` does more of them. */
import { expect, test } from 'vitest';
import { flips } from './flips.ts';

test('a broker serves what is right or an error, wherever a bit of its data was flipped', {
  timeout: 900_000,
}, async () => {
  const totals = await flips(60);
  expect(totals.failures).toEqual([]);
  expect(totals.servedDamaged).toBe(0);
  expect(totals.flips).toBeGreaterThanOrEqual(60);
  // Damage was met: partitions refused to serve what was flipped.
  expect(totals.refused).toBeGreaterThan(0);
});
