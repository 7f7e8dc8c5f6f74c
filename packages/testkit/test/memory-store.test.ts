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

test('a damaged value is told of and not given out, until it is written again', () => {
  const clock = new VirtualClock();
  let store = new MemoryStore({ clock });
  const put = (value: number): void => {
    store.commit(
      [1, 2].map((i) => ({ key: bytes(i), value: bytes(value) })),
      () => {},
    );
    clock.runUntilIdle();
  };
  put(7);
  store.damage(bytes(1));
  store = store.crash();
  expect(() => store.get(bytes(1))).toThrow('does not match its checksum');
  expect([...store.entries(...everything)]).toEqual([
    [bytes(1), undefined],
    [bytes(2), bytes(7)],
  ]);
  put(8);
  expect(store.get(bytes(1))).toEqual(bytes(8));
});
