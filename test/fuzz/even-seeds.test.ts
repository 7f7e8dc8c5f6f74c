import { expect, test } from 'vitest';
import { fuzz } from './in-process.ts';

test('half a million others are answered or close their connection, and nobody else notices', () => {
  const { findings, frames, answers, closed } = fuzz(2, 500_000);
  expect(findings).toEqual([]);
  expect(frames).toBe(500_000);
  expect(answers).toBeGreaterThan(frames / 3);
  expect(closed).toBeGreaterThan(frames / 10);
});
