import { expect, test } from 'vitest';
import { collectOnceQuiet } from '../src/small-heap.ts';

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
