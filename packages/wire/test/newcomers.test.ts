import { expect, test } from 'vitest';
import { Newcomers } from '../src/index.ts';

test('newcomers go on one a turn, in their order, however many there are', () => {
  let turn: (() => void)[] = [];
  const newcomers = new Newcomers((run) => turn.push(run));
  const ran: string[] = [];
  const endTurn = (): number => {
    const due = turn;
    turn = [];
    for (const run of due) run();
    return due.length;
  };
  for (const name of ['a', 'b', 'c']) newcomers.next(() => ran.push(name));
  expect([endTurn(), ran.join('')]).toEqual([1, 'a']);
  newcomers.next(() => newcomers.next(() => ran.push('e')));
  expect([endTurn(), endTurn(), endTurn(), ran.join('')]).toEqual([1, 1, 1, 'abc']);
  expect([endTurn(), endTurn(), ran.join('')]).toEqual([1, 0, 'abce']);
});
