import { expect, test } from 'vitest';
import { collectOnceQuiet, newSpaceBound } from '../src/small-heap.ts';

test('collects when it has been quiet for a while, once and for all', () => {
  let share = 0;
  let collected = 0;
  let look: (() => void) | undefined;
  collectOnceQuiet({
    busy: () => share,
    collect: () => collected++,
    every(_ms, run) {
      look = run;
      return () => {
        look = undefined;
      };
    },
  });
  for (share of [0.5, 0.019, 0.02, 0]) look?.();
  expect(collected).toBe(0);
  for (share of [0.019, 1, 0, 0, 0]) look?.();
  expect([collected, look]).toEqual([1, undefined]);
});

test('the room for new objects grows up to 16 MiB, and again after it has shrunk', () => {
  let mib = 1;
  const told: boolean[] = [];
  const look = newSpaceBound({ bytes: () => mib * 2 ** 20, mayGrow: (on) => told.push(on) });
  for (mib of [1, 2, 8, 15]) look();
  expect(told).toEqual([]);
  for (mib of [16, 16, 17]) look();
  expect(told).toEqual([false]);
  for (mib of [4, 8, 16]) look();
  expect(told).toEqual([false, true, false]);
});
