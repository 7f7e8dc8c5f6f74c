/** The attacks in small, on the broker as a process: what they may cost, and that it goes on. */
import { expect, test } from 'vitest';
import { attacked } from './attacked.ts';

const settleMs = 3000;
const pace = { holdMs: 2000, ratedMs: 1000 };
/** The bounds are for thousands; what a busy process takes by itself is the rest. */
const growthMbMax = 64;

test('500 that announce 100 MiB and send ten bytes cost next to nothing, and others are served', async () => {
  const { growthMb, serves, found } = await attacked('announce', { target: 'skerry', count: 500, settleMs, pace });
  expect(growthMb).toBeLessThan(growthMbMax);
  expect([serves, found['ended']]).toEqual([true, 0]);
});

test('300 that send their first request a byte at a time are closed in time', async () => {
  const settings = { 'skerry.connections.first.request.ms': '3000' };
  const asked = { target: 'skerry', count: 300, settleMs, pace, settings } as const;
  const { growthMb, serves, found } = await attacked('trickle', asked);
  expect(growthMb).toBeLessThan(growthMbMax);
  expect([serves, found['ended']]).toEqual([true, 300]);
});

test('100 that ask for 55 MiB and never read cost a slab each, and others go on reading', async () => {
  const { growthMb, serves, found } = await attacked('unread', { target: 'skerry', count: 100, settleMs, pace });
  expect(growthMb).toBeLessThan(128);
  expect(serves).toBe(true);
  expect(found['laterMbs']).toBeGreaterThan(0);
});
