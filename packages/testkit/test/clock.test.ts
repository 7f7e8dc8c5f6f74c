/** What every clock owes its users, over the machine's and the virtual one. */

import type { Clock } from '@skerry/base';
import { nodeClock } from '@skerry/io';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../src/index.ts';
import { type Pump, pumpNode, pumpOf } from './harness.ts';

interface Given {
  readonly clock: Clock;
  readonly pump: Pump;
}

const implementations: readonly (readonly [name: string, make: () => Given])[] = [
  ['of the machine', () => ({ clock: nodeClock(), pump: pumpNode })],
  [
    'of the simulator',
    () => {
      const clock = new VirtualClock();
      return { clock, pump: pumpOf(clock) };
    },
  ],
];

describe.each(implementations)('a clock %s', (_name, make) => {
  test('timers run once, none too early, none from within the call', async () => {
    const { clock, pump } = make();
    const start = clock.monotonicMs();
    const lateMs: number[] = [];
    const delays = [4, 1.5, 0, 2.25, -1, 3, 1, 1, 0.3];
    for (const delayMs of delays) clock.after(delayMs, () => lateMs.push(clock.monotonicMs() - start - delayMs));
    expect(lateMs).toEqual([]);
    await pump(() => lateMs.length === delays.length);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  });

  test('a cancelled timer does not run, and cancelling late does no harm', async () => {
    const { clock, pump } = make();
    const ran: string[] = [];
    const early = clock.after(1, () => ran.push('early'));
    clock.after(1, () => ran.push('kept'));
    const late = clock.after(2, () => ran.push('late'));
    early.cancel();
    early.cancel();
    await pump(() => ran.length === 2);
    late.cancel();
    expect(ran.sort()).toEqual(['kept', 'late']);
  });

  test('a delay longer than 2^31 ms is not cut short', async () => {
    const { clock, pump } = make();
    let ran = false;
    const timer = clock.after(2 ** 31 + 10, () => {
      ran = true;
    });
    let other = false;
    clock.after(5, () => {
      other = true;
    });
    await pump(() => other);
    expect(ran).toBe(false);
    timer.cancel();
  });

  test('soon runs in order, never from within the call, and what it adds in a later turn', async () => {
    const { clock, pump } = make();
    const ran: string[] = [];
    let timerRan = false;
    clock.soon(() => {
      ran.push('a');
      clock.soon(() => ran.push('added'));
    });
    clock.soon(() => ran.push('b'));
    expect(ran).toEqual([]);
    // A call that adds itself for ever must not keep timers and input waiting.
    const again = (): void => {
      if (!timerRan) clock.soon(again);
    };
    again();
    clock.after(0, () => {
      timerRan = true;
    });
    await pump(() => timerRan && ran.includes('added'));
    expect(ran).toEqual(['a', 'b', 'added']);
  });

  test('the wall clock shows whole milliseconds', () => {
    const { clock } = make();
    expect(Number.isInteger(clock.wallMs())).toBe(true);
    expect(clock.wallMs()).toBeGreaterThan(Date.UTC(2024, 0, 1));
  });
});
