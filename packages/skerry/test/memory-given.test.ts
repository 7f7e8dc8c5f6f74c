import { expect, test } from 'vitest';
import { memoryGiven } from '../src/memory-given.ts';

test("what a process may have is the container's bound, where there is one below the machine's memory", () => {
  expect(memoryGiven(256, 1000)).toBe(256);
  expect(memoryGiven(0, 1000)).toBe(1000);
  expect(memoryGiven(18_446_744_073_709_552_000, 1000)).toBe(1000);
});
