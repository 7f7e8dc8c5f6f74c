import { expect, test } from 'vitest';
import { MemoryStore, SeededRandom, VirtualClock } from '../src/index.ts';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const everything = [bytes(0), bytes(255, 255)] as const;

/** The keys left by a crash with three of four commits under way. */
function leftBy(random: SeededRandom | undefined): string {
  const clock = new VirtualClock();
  const store = new MemoryStore({ clock, ...(random && { random }) });
  let called = 0;
  for (let i = 1; i <= 4; i++) store.commit([{ key: bytes(i), value: bytes(i) }], () => called++);
  clock.advance(3);
  const after = store.crash();
  clock.runUntilIdle();
  expect(called).toBe(1);
  expect(() => store.get(bytes(1))).toThrow('closed');
  return [...after.entries(...everything)].map(([key]) => key[0]).join();
}

test('a crash loses the commits under way, and with chance keeps some of them from the first on', () => {
  expect(leftBy(undefined)).toBe('1');
  const outcomes = new Set(Array.from({ length: 50 }, (_, seed) => leftBy(new SeededRandom(seed))));
  expect([...outcomes].sort()).toEqual(['1', '1,2', '1,2,3', '1,2,3,4']);
});

test('a commit that is told to fail changes nothing, and the next one may succeed', () => {
  const clock = new VirtualClock();
  const store = new MemoryStore({ clock });
  const outcomes: (string | undefined)[] = [];
  store.failCommits(1);
  for (let i = 1; i <= 2; i++)
    store.commit([{ key: bytes(i), value: bytes(i) }], (error) => outcomes.push(error?.name));
  clock.runUntilIdle();
  expect(outcomes).toEqual(['OperatingError', undefined]);
  expect([...store.entries(...everything)]).toEqual([[bytes(2), bytes(2)]]);
  expect(store.commits).toBe(2);
});
