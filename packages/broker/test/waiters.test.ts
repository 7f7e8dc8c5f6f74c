import { Offset } from '@skerry/base';
import { expect, test } from 'vitest';
import { Waiters } from '../src/waiters.ts';

function waiting(...ends: number[]): { waiters: Waiters; heard: string[] } {
  const waiters = new Waiters();
  const heard: string[] = [];
  for (const end of ends) waiters.add(Offset(end), (error) => heard.push(`${end} ${error ?? 'passed'}`));
  return { waiters, heard };
}

// A producer sends its batches again while the first of them still wait for their sync.
test('who comes later may wait for an earlier offset', () => {
  const { waiters, heard } = waiting(10, 20, 30, 10, 20, 40);
  waiters.pass(Offset(10));
  expect(heard).toEqual(['10 passed', '10 passed']);
  waiters.pass(Offset(25));
  expect(heard.slice(2)).toEqual(['20 passed', '20 passed']);
  expect(waiters.size).toBe(2);
});

test('those beyond a cut are refused, in their order, and nobody else', () => {
  const { waiters, heard } = waiting(10, 30, 20, 40, 30);
  waiters.fail(Offset(20), 'KAFKA_STORAGE_ERROR');
  expect(heard).toEqual(['30 KAFKA_STORAGE_ERROR', '30 KAFKA_STORAGE_ERROR', '40 KAFKA_STORAGE_ERROR']);
  waiters.pass(Offset(100));
  expect(heard.slice(3)).toEqual(['10 passed', '20 passed']);
});
