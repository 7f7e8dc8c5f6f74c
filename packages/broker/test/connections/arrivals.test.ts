import type { Connection, ConnectionEvents } from '@skerry/base';
import { VirtualClock } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { Arrivals, arrivalsMax } from '../../src/connections/arrivals.ts';

const connection = { pause: () => undefined, resume: () => undefined } as unknown as Connection;

/** An arrival that notes what becomes of it. */
function arrive(arrivals: Arrivals, name: string, noted: string[]): ConnectionEvents | 'full' | undefined {
  const delayMs = arrivals.delayMs();
  if (delayMs === undefined) noted.push(`${name} at once`);
  if (delayMs === undefined || delayMs === 'full') return delayMs;
  const serve = (): ConnectionEvents => {
    noted.push(name);
    return { data: (chunk) => void noted.push(`${name}:${chunk.length}`), drain() {}, closed() {} };
  };
  return arrivals.hold(connection, delayMs, serve, () => noted.push(`${name} left`));
}

test('nobody is served before those who wait, and what was read of them meanwhile is not lost', () => {
  const clock = new VirtualClock();
  const throttles = [0, 100, 0, 0];
  const arrivals = new Arrivals(clock, () => throttles.shift() ?? 0);
  const noted: string[] = [];
  arrive(arrivals, 'a', noted);
  const b = arrive(arrivals, 'b', noted);
  arrive(arrivals, 'c', noted);
  const d = arrive(arrivals, 'd', noted);
  if (typeof b === 'object') for (const bytes of [3, 4]) b.data(new Uint8Array(bytes));
  if (typeof d === 'object') d.closed();
  clock.advance(99);
  expect(noted).toEqual(['a at once', 'd left']);
  clock.advance(1);
  expect(noted).toEqual(['a at once', 'd left', 'b', 'b:7', 'c']);
});

test(`no more than ${arrivalsMax} wait`, () => {
  const arrivals = new Arrivals(new VirtualClock(), () => 1000);
  const noted: string[] = [];
  for (let i = 0; i < arrivalsMax; i++) expect(arrive(arrivals, `${i}`, noted)).toBeTypeOf('object');
  expect(arrive(arrivals, 'late', noted)).toBe('full');
  arrivals.close();
});
