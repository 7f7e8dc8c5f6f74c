import { expect, test } from 'vitest';
import { logLimits } from '../src/index.ts';
import { UncheckedBytes } from '../src/unchecked.ts';

test('what all logs have past their recovery points is bounded: those with the most are asked first', () => {
  const unchecked = new UncheckedBytes();
  const asked: number[] = [];
  const logs = Array.from({ length: 200 }, (_, i) => ({ newBytes: 0, want: () => asked.push(i) }));
  const mb = 1024 * 1024;
  let most = 0;
  for (let turn = 0; turn < 40; turn++) {
    for (const [i, log] of logs.entries()) {
      log.newBytes += i === 7 ? mb : mb / 16;
      unchecked.wrote(log);
      for (const each of asked.splice(0)) {
        const one = logs[each];
        if (one === undefined) continue;
        expect(one.newBytes).toBe(Math.max(...logs.map(({ newBytes }) => newBytes)));
        unchecked.forget(one);
        one.newBytes = 0;
      }
      most = Math.max(
        most,
        logs.reduce((sum, { newBytes }) => sum + newBytes, 0),
      );
    }
  }
  expect(most).toBeLessThanOrEqual(logLimits.uncheckedBytesMax);
  expect(most).toBeGreaterThan(logLimits.uncheckedBytesMax / 2);
});
