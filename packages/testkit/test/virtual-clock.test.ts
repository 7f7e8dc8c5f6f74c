import { expect, test } from 'vitest';
import { SeededRandom, VirtualClock } from '../src/index.ts';

const fail = (): never => {
  throw new Error('broken');
};

test('timers run in the order of (time, call), each at its time', () => {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const planned = Array.from({ length: 500 }, (_, call) => ({ at: random.below(50), call }));
  const ran: { at: number; call: number }[] = [];
  for (const { at, call } of planned) {
    clock.after(at, () => {
      expect(clock.monotonicMs()).toBe(at);
      ran.push({ at, call });
    });
  }
  clock.runUntilIdle();
  expect(ran).toEqual(planned.toSorted((a, b) => a.at - b.at || a.call - b.call));
});

test('a turn runs what is due, then soon; what these add at the same instant comes in the next turn', () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  clock.after(5, () => {
    ran.push('timer 1');
    clock.soon(() => ran.push('soon of 1'));
    clock.after(0, () => ran.push('timer of 1'));
  });
  clock.after(5, () => ran.push('timer 2'));
  clock.advance(4);
  expect(ran).toEqual([]);
  clock.advance(1);
  expect(ran).toEqual(['timer 1', 'timer 2', 'soon of 1', 'timer of 1']);
  expect(clock.idle).toBe(true);
});

test('time passes only when told to, and the wall clock may jump without it', () => {
  const clock = new VirtualClock({ wallMs: 1_000 });
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([0, 1_000]);
  clock.advance(2.5);
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([2.5, 1_002]);
  clock.jumpWall(-500);
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([2.5, 502]);
});

test('a program that never comes to rest is reported, not waited for', () => {
  const clock = new VirtualClock();
  const again = (): void => {
    clock.after(1, again);
  };
  again();
  expect(() => clock.runUntilIdle(100)).toThrow('still busy after 100 ms');
  expect(() => clock.runUntil(() => false, 100)).toThrow('not reached');
  const spin = (): void => clock.soon(spin);
  spin();
  expect(() => clock.advance(1)).toThrow('time stands still');
});

test('what calls back is run to its end, and its error thrown', () => {
  const clock = new VirtualClock();
  clock.finish((done) => clock.after(5, () => done()));
  expect(clock.monotonicMs()).toBe(5);
  expect(() => clock.finish((done) => done(new Error('refused')))).toThrow('refused');
  expect(() => clock.finish(() => {}, 10)).toThrow('not reached');
});

test('cancelled timers leave the clock idle', () => {
  const clock = new VirtualClock();
  const timers = [3, 1, 2].map((ms) => clock.after(ms, () => {}));
  for (const timer of timers) timer.cancel();
  expect(clock.idle).toBe(true);
  clock.runUntilIdle();
  expect(clock.monotonicMs()).toBe(0);
});

test('a call that throws leaves the others due', () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  clock.after(1, fail);
  clock.after(1, () => ran.push('timer'));
  clock.soon(fail);
  clock.soon(() => ran.push('soon'));
  expect(() => clock.advance(0)).toThrow('broken');
  expect(() => clock.advance(1)).toThrow('broken');
  clock.advance(1);
  expect(ran).toEqual(['soon', 'timer']);
});

test('promises get their turn after timers, and after what is due soon, and not where neither was', () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  clock.afterCalls = () => order.push('promises');
  clock.after(1, () => {
    order.push('timer');
    clock.soon(() => order.push('soon'));
  });
  clock.after(2, () => order.push('timer'));
  clock.advance(5);
  expect(order).toEqual(['timer', 'promises', 'soon', 'promises', 'timer', 'promises']);
});

test('promises get their turn in the next turn, if a call threw', () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  clock.afterCalls = () => order.push('promises');
  clock.soon(() => {
    throw new Error('as a process ends');
  });
  clock.soon(() => order.push('soon'));
  expect(() => clock.advance(1)).toThrow('as a process ends');
  clock.advance(1);
  expect(order).toEqual(['promises', 'soon', 'promises']);
});
