import { expect, test } from 'vitest';
import { decodeValue, encodeValue } from './values.ts';
import { runReadyPromises, virtually } from './virtual-run.ts';

test.each([
  ['Date.now', () => Date.now()],
  ['Math.random', () => Math.random()],
  ['performance.now', () => performance.now()],
  ['setTimeout', () => setTimeout(() => undefined, 0)],
  ['process.nextTick', () => process.nextTick(() => undefined)],
  ['crypto.randomUUID', () => crypto.randomUUID()],
])('who asks the real world in a simulation is found out, even if it swallows the error (%s)', async (name, ask) => {
  const swallowed = (): void => {
    try {
      ask();
    } catch {
      // As a retry would.
    }
  };
  await expect(virtually(swallowed)).rejects.toThrow(`${name.split('.').at(-1)} was called in a simulation`);
  expect(Date.now()).toBeGreaterThan(0);
});

test('promises run to their end when they are told to', async () => {
  const steps = await virtually(() => {
    let steps = 0;
    const run = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) {
        await Promise.resolve();
        steps++;
      }
    };
    void run();
    runReadyPromises();
    return steps;
  });
  expect(steps).toBe(100);
});

test("a record's bytes say which it is, and others' do not pass", () => {
  for (const size of [0, 8, 9, 100, 3000]) expect(decodeValue(encodeValue(size + 7, size))).toBe(size + 7);
  const changed = encodeValue(5, 100);
  changed[99] = (changed[99] ?? 0) ^ 1;
  expect(decodeValue(changed)).toBe(-1);
  expect(decodeValue(encodeValue(5, 100).subarray(0, 99))).toBe(-1);
  expect(decodeValue(null)).toBe(-1);
});
