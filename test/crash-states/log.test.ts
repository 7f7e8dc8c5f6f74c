/**
 * Whatever a power cut leaves of a log: what was acknowledged is there, nothing else than was appended is, and log,
 * indexes and store agree. Also when the power goes again while the log recovers.
 */
import { expect, test } from 'vitest';
import { chosen, explore, newTotals, tell } from './explore.ts';
import { effortOf, recoveriesOf, runOf } from './log-runs.ts';
import { logScripts } from './log-scripts.ts';

const totals = newTotals();
const scripts = Object.entries(logScripts).filter(([name]) => chosen === undefined || chosen.script.startsWith(name));

test.each(scripts)('%s', (name, script) => {
  const before = { ...totals, distinct: totals.distinct.size };
  const run = runOf(name, script);
  explore(run, effortOf(run), totals, chosen);
  for (const recovery of recoveriesOf(run)) explore(recovery, effortOf(recovery), totals, chosen);
  tell(name, totals, before);
  expect(totals.recovered).toBeGreaterThan(before.recovered);
});

test.runIf(chosen === undefined)('100,000 states of a log were recovered', () => {
  tell('all logs', totals);
  expect(totals.distinct.size).toBeGreaterThanOrEqual(100_000);
});
