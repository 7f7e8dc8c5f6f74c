import { expect, test } from 'vitest';
import { countAbove, LongTurns, type LongTurnsOfMinute, nodeTurns, type TurnTimes } from '../src/long-turns.ts';

/** As Node's histograms tell what they hold. */
class Times implements TurnTimes {
  ms: number[] = [];

  get count(): number {
    return this.ms.length;
  }

  get max(): number {
    return Math.max(...this.ms) * 1e6;
  }

  percentile(percent: number): number {
    const sorted = this.ms.toSorted((a, b) => a - b);
    return (sorted[Math.max(Math.round((percent / 100) * this.count), 1) - 1] ?? Number.NaN) * 1e6;
  }

  reset(): void {
    this.ms = [];
  }
}

function stage() {
  const times = new Times();
  const told: LongTurnsOfMinute[] = [];
  let minute: () => void = () => {};
  const turns = new LongTurns({ times, every: (_ms, run) => (minute = run) }, (one) => told.push(one));
  const pass = (...ms: number[]): void => {
    times.ms.push(...ms);
    minute();
  };
  return { turns, told, pass };
}

test('a minute tells how many of its turns took over 20 ms, and the longest; together they count on', () => {
  const { turns, told, pass } = stage();
  pass(1, 20, 20.1, 45.4, 0.2);
  expect(told).toEqual([{ count: 2, longestMs: 45 }]);
  pass(3, 21);
  expect(told).toHaveLength(2);
  expect([turns.count, turns.longestMs]).toEqual([3, 21]);
});

test('a minute without a long turn, or without any, is not told, but its longest is known', () => {
  const { turns, told, pass } = stage();
  pass(400);
  pass(20, 3);
  expect([turns.count, turns.longestMs]).toEqual([1, 20]);
  pass();
  expect([turns.count, turns.longestMs]).toEqual([1, 0]);
  expect(told).toEqual([{ count: 1, longestMs: 400 }]);
});

test('of any number of turns those above the bound are counted exactly', () => {
  for (let count = 1; count < 40; count++) {
    for (let long = 0; long <= count; long++) {
      const times = new Times();
      times.ms = Array.from({ length: count }, (_, i) => (i < long ? 30 + i : 5));
      expect(countAbove(times, 20e6)).toBe(long);
    }
  }
});

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
const node = nodeTurns();

test.skipIf(node === undefined)('Node tells a long turn of the event loop, once', async () => {
  if (node === undefined) return;
  const { times } = node;
  for (let i = 0; i < 3; i++) await turn();
  times.reset();
  // On a machine that stalls another turn may be long too, but not as long as this.
  const until = performance.now() + 300;
  while (performance.now() < until);
  for (let i = 0; i < 3; i++) await turn();
  expect(times.max).toBeGreaterThanOrEqual(299e6);
  expect(countAbove(times, 250e6)).toBe(1);
  expect(times.count).toBeGreaterThanOrEqual(3);
});
