import { expect, test } from 'vitest';
import { fuzzOverTcp } from './tcp.ts';

test('fifty thousand frames over forty connections leave a process that serves', async () => {
  const { frames, end } = await fuzzOverTcp(3, 50_000);
  expect(end).toBe('serves');
  expect(frames).toBeGreaterThanOrEqual(50_000);
});
