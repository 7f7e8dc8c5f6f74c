import { VirtualClock } from '@skerry/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timers } from '../../src/groups/timers.ts';

test('a deadline that is pushed back again and again passes once, when it is left alone', () => {
  const clock = new VirtualClock();
  const timers = new Timers(clock);
  const passed: number[] = [];
  const deadline = timers.deadline(() => passed.push(clock.monotonicMs()));
  for (let i = 0; i < 10; i++) {
    deadline.set(100);
    clock.advance(60);
  }
  clock.advance(1000);
  expect(passed).toEqual([640]);
  expect(deadline.isSet()).toBe(false);
});

test('closing forgets all deadlines', () => {
  const clock = new VirtualClock();
  const timers = new Timers(clock);
  timers.deadline(() => expect.unreachable()).set(10);
  timers.close();
  expect(timers.size).toBe(0);
  clock.runUntilIdle();
});

test('deadlines pass when a scan of them all would say so', () => {
  const move = fc.record({
    which: fc.nat(7),
    what: fc.constantFrom('set', 'set', 'set', 'clear'),
    delayMs: fc.nat(50),
    thenMs: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(move, { minLength: 30, maxLength: 120, size: 'max' }), (moves) => {
      const clock = new VirtualClock();
      const timers = new Timers(clock);
      const told: string[] = [];
      const deadlines = Array.from({ length: 8 }, (_, i) =>
        timers.deadline(() => told.push(`${i}@${clock.monotonicMs()}`)),
      );
      const due = new Map<number, number>();
      const expected: string[] = [];
      const pass = (until: number): void => {
        for (const [i, at] of due) {
          if (at > until) continue;
          expected.push(`${i}@${at}`);
          due.delete(i);
        }
      };
      for (const { which, what, delayMs, thenMs } of moves) {
        if (what === 'set') {
          deadlines[which]?.set(delayMs);
          due.set(which, clock.monotonicMs() + delayMs);
        } else {
          deadlines[which]?.clear();
          due.delete(which);
        }
        expect(timers.size).toBe(due.size);
        clock.advance(thenMs);
        pass(clock.monotonicMs());
      }
      clock.runUntilIdle();
      pass(Number.POSITIVE_INFINITY);
      expect(told.toSorted()).toEqual(expected.toSorted());
    }),
  );
});
