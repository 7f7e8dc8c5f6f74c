/**
 * 500 seeds in two fresh processes, 200 of them in both: late in the life of the one, and first in the other's. A
 * process learns to be quick in its first twenty seeds, so there are no more than two.
 */
import { beforeAll, expect, test } from 'vitest';
import type { Outcome } from './simulate.ts';
import { simulateAll } from './workers.ts';

const all = 500;
const twice = 200;
const ofEach = (all + twice) / 2;

/** By seed, of two processes that know nothing of each other. */
const left = new Map<number, Outcome>();
const right = new Map<number, Outcome>();

async function run(first: number, into: Map<number, Outcome>): Promise<void> {
  await simulateAll({ first, count: ofEach, workers: 1 }, (outcome) => into.set(outcome.seed, outcome));
}

beforeAll(() => Promise.all([run(1, left), run(1 + all - ofEach, right)]), 900_000);

const outcomes = (): Outcome[] => [...new Map([...left, ...right]).values()];

test('500 seeds find nothing wrong', () => {
  expect(outcomes()).toHaveLength(all);
  const failed = [...left.values(), ...right.values()].filter(({ findings }) => findings.length > 0);
  const told = failed.map(
    ({ seed, hash, findings }) => `npm run sim -- --seed ${seed} (trace ${hash}): ${findings[0]}`,
  );
  expect(told).toEqual([]);
});

test('the same seed gives the same trace in two fresh processes (200 seeds)', () => {
  const hashes = (of: Map<number, Outcome>, other: Map<number, Outcome>): string[] =>
    [...of]
      .filter(([seed]) => other.has(seed))
      .map(([seed, { hash, traceEvents }]) => `${seed} ${hash} of ${traceEvents}`);
  expect(hashes(left, right)).toHaveLength(twice);
  expect(hashes(left, right)).toEqual(hashes(right, left));
  expect(new Set(outcomes().map(({ hash }) => hash)).size).toBe(all);
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
  for (let first = 1; first + 99 <= all; first += 100) {
    const hundred = outcomes().filter(({ seed }) => seed >= first && seed < first + 100);
    const count = hundred
      .flatMap(({ counters }) => counters)
      .reduce((sum, [what, n]) => sum + (what === effect ? n : 0), 0);
    expect(count, `seeds ${first} to ${first + 99}`).toBeGreaterThan(0);
  }
});
