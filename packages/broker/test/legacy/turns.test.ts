import { expect, test } from 'vitest';
import { Turns } from '../../src/legacy/turns.ts';

test('one task runs at a time, in the order they came', () => {
  const turns = new Turns();
  const seen: string[] = [];
  const ends: (() => void)[] = [];
  for (const name of ['a', 'b', 'c']) {
    turns.take((leave) => {
      seen.push(name);
      ends.push(leave);
    });
  }
  expect(seen).toEqual(['a']);
  ends[0]?.();
  expect(seen).toEqual(['a', 'b']);
  ends[1]?.();
  ends[2]?.();
  expect(seen).toEqual(['a', 'b', 'c']);
});

test('a task that throws ends its turn, once', () => {
  const turns = new Turns();
  const seen: string[] = [];
  let end = (): void => undefined;
  turns.take((leave) => {
    end = leave;
  });
  turns.take((leave) => {
    leave();
    throw new Error('after its end');
  });
  turns.take(() => {
    throw new Error('before its end');
  });
  turns.take((leave) => {
    seen.push('next');
    end = leave;
  });
  expect(end).toThrow('its end');
  expect(seen).toEqual(['next']);
  turns.take(() => seen.push('last'));
  expect(seen).toEqual(['next']);
  end();
  expect(seen).toEqual(['next', 'last']);
});

test('tasks that end in their call pile up no frames', () => {
  const turns = new Turns();
  let ran = 0;
  turns.take((leave) => {
    for (let i = 0; i < 100_000; i++) {
      turns.take((next) => {
        ran++;
        next();
      });
    }
    leave();
  });
  expect(ran).toBe(100_000);
  let last = false;
  turns.take((leave) => {
    last = true;
    leave();
  });
  expect(last).toBe(true);
});
