import { expect, test } from 'vitest';
import { inTurn } from '../src/in-turn.ts';

test('steps come one after another, also when each calls back at once (100,000)', () => {
  let sum = 0;
  let ended = 0;
  inTurn(
    Array.from({ length: 100_000 }, () => 1),
    (item, next) => {
      sum += item;
      next();
    },
    () => ended++,
  );
  expect([sum, ended]).toEqual([100_000, 1]);
});

test('a step that calls back later goes on later; one that does not ends it', () => {
  const later: (() => void)[] = [];
  const seen: number[] = [];
  inTurn(
    [1, 2, 3],
    (item, next) => {
      seen.push(item);
      if (item < 2) later.push(next);
    },
    () => seen.push(0),
  );
  expect(seen).toEqual([1]);
  later[0]?.();
  expect(seen).toEqual([1, 2]);
});
