import { VirtualClock } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { LoopWrites } from '../src/loop-writes.ts';

test('after a slow write the pool has its second, then the loop is used again', () => {
  const clock = new VirtualClock();
  const writes = new LoopWrites(clock);
  expect(writes.allowed).toBe(true);
  writes.took(3);
  expect(writes.allowed).toBe(false);
  clock.advance(1000);
  expect(writes.allowed).toBe(true);
});

test('a disk that stays slow is not tried on the loop while the pool shows it, but for once a minute', () => {
  const clock = new VirtualClock();
  const writes = new LoopWrites(clock);
  writes.took(200);
  for (let second = 1; second < 60; second++) {
    clock.advance(1000);
    expect(writes.allowed).toBe(false);
    writes.tookInPool(200);
  }
  clock.advance(1000);
  expect(writes.allowed).toBe(true);
  writes.took(200);
  clock.advance(2000);
  writes.tookInPool(2);
  expect(writes.allowed).toBe(true);
});
