import { VirtualClock } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { RetentionClock } from '../src/index.ts';

const day = 24 * 3600 * 1000;

/** A virtual clock whose wall can be set. */
function clockAt(wallMs: number): {
  readonly clock: VirtualClock;
  wallMs(): number;
  readonly jump: (ms: number) => void;
} {
  const clock = new VirtualClock();
  let offset = wallMs - clock.wallMs();
  const plain = new VirtualClock();
  const wall = (): number => plain.wallMs() + clock.monotonicMs() - plain.monotonicMs();
  clock.wallMs = () => wall() + offset;
  return {
    clock,
    wallMs: () => clock.wallMs(),
    jump: (ms) => {
      offset += ms;
    },
  };
}

test('it advances with monotonic time, and no jump of the wall clock moves it', () => {
  const { clock, jump } = clockAt(0);
  const retention = new RetentionClock(clock, undefined);
  const start = retention.nowMs();
  clock.advance(1000);
  jump(130 * 365 * day);
  expect(retention.nowMs() - start).toBe(1000);
  jump(-140 * 365 * day);
  clock.advance(500);
  expect(retention.nowMs() - start).toBe(1500);
});

test.each([
  ['off for two days', 2 * day, 2 * day],
  ['off for 30 days', 30 * day, 30 * day],
  ['off for longer, as it seems', 30 * day + 1, 0],
  ['booted in 1970', -50 * 365 * day, 0],
  ['set to 2100', 74 * 365 * day, 0],
])('over a restart it advances if that is plausible (%s)', (_what, wallMs, advanced) => {
  const before = clockAt(1_800_000_000_000);
  const first = new RetentionClock(before.clock, { retentionMs: 5_000_000, wallMs: before.wallMs() });
  before.clock.advance(100);
  const saved = first.time();
  expect(saved.retentionMs).toBe(5_000_100);
  const after = clockAt(saved.wallMs + wallMs);
  expect(new RetentionClock(after.clock, saved).nowMs()).toBe(5_000_100 + advanced);
});

test('it is never earlier than what was written', () => {
  const { clock } = clockAt(0);
  const retention = new RetentionClock(clock, undefined);
  retention.atLeast(7000);
  retention.atLeast(6000);
  clock.advance(10);
  expect(retention.nowMs()).toBe(7010);
});
