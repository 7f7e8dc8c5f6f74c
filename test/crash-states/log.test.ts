/**
 * Whatever a power cut leaves of a log: what was acknowledged is there, nothing else than was appended is, and log,
 * indexes and store agree.
 */
import { expect, test } from 'vitest';
import { explore, newTotals, type Only, type Run } from './explore.ts';
import { checkLog } from './log-check.ts';
import { LogExpectation, type LogMark } from './log-expectation.ts';
import { logScripts, type Script } from './log-scripts.ts';

const [onlyScript, onlyMoment, onlyChoice] = (process.env['CRASH_STATE'] ?? '').split(' @ ');
const only: Only | undefined =
  onlyChoice === undefined ? undefined : { moment: Number(onlyMoment), choice: onlyChoice };

function runOf(name: string, script: Script): Run<LogMark> {
  const life = script();
  const expectation = new LogExpectation();
  return {
    name,
    events: life.recording.events,
    note: (mark) => expectation.note(mark),
    check: (world, storeLost, number) => {
      const thorough = number % 4 === 0 || storeLost;
      checkLog(world, { settings: life.settings, expectation, storeLost, thorough });
    },
  };
}

const scripts = Object.entries(logScripts).filter(([name]) => only === undefined || name === onlyScript);

test.each(scripts)('%s', (name, script) => {
  const totals = newTotals();
  const started = performance.now();
  explore(runOf(name, script), { combinationsMax: 200, draws: 100 }, totals, only);
  console.log(name, { ...totals, distinct: totals.distinct.size, ms: performance.now() - started });
  expect(totals.recovered).toBeGreaterThan(0);
});
