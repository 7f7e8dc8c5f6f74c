/** 500 seeds, the first 200 of them twice, each time in a fresh process. */
import { beforeAll, expect, test } from 'vitest';
import type { Outcome } from './simulate.ts';
import { simulateAll } from './workers.ts';

const twice = 200;
const once = 300;

/** By seed, of two processes that know nothing of each other; then of the seeds after. */
const [left, right, rest]: Map<number, Outcome>[] = [new Map(), new Map(), new Map()];

async function run(first: number, count: number, workers: number, into: Map<number, Outcome> | undefined) {
  await simulateAll({ first, count, workers }, (outcome) => into?.set(outcome.seed, outcome));
}

beforeAll(async () => {
  await Promise.all([run(1, twice, 1, left), run(1, twice, 1, right)]);
  await run(1 + twice, once, 2, rest);
}, 900_000);

const outcomes = (): Outcome[] => [...(left?.values() ?? []), ...(rest?.values() ?? [])];

test('500 seeds find nothing wrong', () => {
  expect(outcomes()).toHaveLength(twice + once);
  const failed = outcomes().filter(({ findings }) => findings.length > 0);
  const told = failed.map(
    ({ seed, hash, findings }) => `npm run sim -- --seed ${seed} (trace ${hash}): ${findings[0]}`,
  );
  expect(told).toEqual([]);
});

test('the same seed gives the same trace in two fresh processes (200 seeds)', () => {
  const hashes = (of: Map<number, Outcome> | undefined): string[] =>
    [...(of ?? [])].map(([seed, { hash, traceEvents }]) => `${seed} ${hash} of ${traceEvents}`);
  expect(hashes(left)).toHaveLength(twice);
  expect(hashes(left)).toEqual(hashes(right));
  expect(new Set(hashes(left).map((line) => line.split(' ')[1])).size).toBe(twice);
});

test('a seed is a minute of work at least, of 2,000 operations', () => {
  for (const { plan, operations } of outcomes()) {
    expect(plan.durationMs).toBeGreaterThanOrEqual(60_000);
    expect(operations).toBeGreaterThanOrEqual(2000);
  }
});

test.each([
  'lost unsynced bytes',
  'torn batch found by recovery',
  'failed sync',
  'refused sync',
  'crash during a store commit',
  'crash during a roll',
  'crash during a start',
  'full disk within a write',
  'flipped bit',
  'failed store commit',
])('faults change what happens, in each hundred seeds: %s', (effect) => {
  for (let first = 1; first + 99 <= twice + once; first += 100) {
    const hundred = outcomes().filter(({ seed }) => seed >= first && seed < first + 100);
    const count = hundred
      .flatMap(({ counters }) => counters)
      .reduce((sum, [what, n]) => sum + (what === effect ? n : 0), 0);
    expect(count, `seeds ${first} to ${first + 99}`).toBeGreaterThan(0);
  }
});
