import { expect, test } from 'vitest';
import { MemoryBudget } from '../src/index.ts';

test('what is free is the bound less what each holds now, and each may trim what it keeps', () => {
  const memory = new MemoryBudget(100);
  let [held, kept] = [30, 20];
  memory.add({
    name: 'a',
    bytes: () => held + kept,
    trim: () => {
      kept = 0;
    },
  });
  memory.add({ name: 'b', bytes: () => 10 });
  expect(memory.freeBytes).toBe(40);
  held = 120;
  expect(memory.freeBytes).toBe(-50);
  memory.trim();
  expect(memory.freeBytes).toBe(-30);
  expect(memory.held()).toEqual({ loans: 0, a: 120, b: 10 });
});

test('loans wait in their order until there is room, and one alone gets what it asks for', () => {
  const memory = new MemoryBudget(100);
  const ran: string[] = [];
  const back: (() => void)[] = [];
  const lend = (name: string, bytes: number): void =>
    memory.lend(bytes, (giveBack) => {
      ran.push(name);
      back.push(giveBack);
    });
  lend('large', 500);
  lend('a', 60);
  lend('b', 60);
  lend('c', 1);
  expect(ran).toEqual(['large']);
  expect(memory.freeBytes).toBe(-400);
  back.shift()?.();
  expect(ran).toEqual(['large', 'a']);
  back.shift()?.();
  expect(ran).toEqual(['large', 'a', 'b', 'c']);
  for (const giveBack of back) giveBack();
  expect(memory.freeBytes).toBe(100);
});

test('a loan that is given back from within its own call does not deepen the stack', () => {
  const memory = new MemoryBudget(10);
  let ran = 0;
  let first: () => void = () => {};
  memory.lend(10, (giveBack) => {
    first = giveBack;
  });
  for (let i = 0; i < 10_000; i++) {
    memory.lend(10, (giveBack) => {
      ran++;
      giveBack();
    });
  }
  first();
  expect(ran).toBe(10_000);
});
