import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let turns: (() => void)[];
let turn: typeof import('../src/turn.ts');

beforeEach(async () => {
  turns = [];
  vi.stubGlobal('setImmediate', (run: () => void) => turns.push(run));
  vi.resetModules();
  turn = await import('../src/turn.ts');
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const fail = (): never => {
  throw new Error('broken');
};
const next = (): void => turns.shift()?.();

test('a turn ends with its calls, then with what they and it flush, in one wake-up', () => {
  const ran: string[] = [];
  turn.atFlush(() => ran.push('flush of the turn'));
  turn.atEndOfTurn(() => {
    ran.push('first');
    turn.atFlush(() => ran.push('flush of the first'));
    turn.atEndOfTurn(() => ran.push('next turn'));
  });
  turn.atEndOfTurn(() => ran.push('second'));
  expect(turns).toHaveLength(1);
  next();
  expect(ran).toEqual(['first', 'second', 'flush of the turn', 'flush of the first']);
  expect(turns).toHaveLength(1);
  next();
  expect(ran.at(-1)).toBe('next turn');
  expect(turns).toHaveLength(0);
});

test('a call that throws leaves the others due, in order', () => {
  const ran: string[] = [];
  turn.atEndOfTurn(() => {
    ran.push('a');
    turn.atEndOfTurn(() => ran.push('c'));
  });
  turn.atEndOfTurn(fail);
  turn.atEndOfTurn(() => ran.push('b'));
  turn.atFlush(() => ran.push('flush'));
  turn.atFlush(fail);
  turn.atFlush(() => ran.push('last flush'));
  expect(next).toThrow('broken');
  expect(ran).toEqual(['a']);
  expect(next).toThrow('broken');
  expect(ran).toEqual(['a', 'b', 'c', 'flush']);
  next();
  expect(ran).toEqual(['a', 'b', 'c', 'flush', 'last flush']);
  expect(turns).toHaveLength(0);
});
