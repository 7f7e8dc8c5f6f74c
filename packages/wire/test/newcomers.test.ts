import { limits } from '@skerry/base';
import { beforeEach, expect, test } from 'vitest';
import { Newcomers } from '../src/index.ts';

let turn: (() => void)[];
let ran: string;
let nowMs: number;
let newcomers: Newcomers;

beforeEach(() => {
  [turn, ran, nowMs] = [[], '', 0];
  newcomers = new Newcomers({ soon: (run) => turn.push(run), monotonicMs: () => nowMs });
});

function endTurn(): number {
  const due = turn;
  turn = [];
  for (const run of due) run();
  return due.length;
}

const whole = limits.newcomersTurnBytes;
const say = (name: string) => () => void (ran += name);

test('newcomers with much to send go on one a turn, in their order, however many there are', () => {
  for (const name of ['a', 'b', 'c']) newcomers.next(whole, say(name));
  expect([endTurn(), ran]).toEqual([1, 'a']);
  newcomers.next(whole, () => newcomers.next(whole, say('e')));
  expect([endTurn(), endTurn(), endTurn(), ran]).toEqual([1, 1, 1, 'abc']);
  expect([endTurn(), endTurn(), ran]).toEqual([1, 0, 'abce']);
});

test('those with little to send share a turn; one that has more than a turn holds goes alone', () => {
  for (const name of ['a', 'b', 'c']) newcomers.next(whole / 2, say(name));
  newcomers.next(3 * whole, say('d'));
  newcomers.next(1, say('e'));
  const after: string[] = [];
  while (endTurn() > 0) after.push(ran);
  expect(after).toEqual(['ab', 'abc', 'abcd', 'abcde']);
});

test('a long turn brings as much as its time is worth, a pause no more than that', () => {
  for (const name of 'abcdefgh') newcomers.next(whole, say(name));
  nowMs += (3.5 * whole) / limits.newcomersMsBytes;
  endTurn();
  expect(ran).toBe('abc');
  endTurn();
  expect(ran).toBe('abcd');
  for (let i = 0; i < 1000; i++) newcomers.next(whole, say('.'));
  nowMs += 3_600_000;
  endTurn();
  expect(ran.length).toBeLessThan(50);
});
