/** Runs of a log to explore: a script's, and that of the recovery from some of its crash states. */
import type { Run, StateName } from './explore.ts';
import type { World } from './file-system.ts';
import { checkLog } from './log-check.ts';
import { LogExpectation, type LogMark } from './log-expectation.ts';
import { batchOf, LogLife } from './log-life.ts';
import type { Script } from './log-scripts.ts';

/** Every how many states one is looked at closely: indexes, an append, a second recovery. */
const thoroughEvery = 4;
/** And from every how many the recovery is recorded, and cut off in its turn. */
const recoveryEvery = 271;

export interface LogRun extends Run<LogMark> {
  readonly settings: LogLife['settings'];
  /** States to recover under a recorder, with what must hold afterwards. */
  readonly again: { readonly world: World; readonly name: string; readonly expectation: LogExpectation }[];
}

export function runOf(name: string, script: Script): LogRun {
  const life = script();
  return logRun(name, life, new LogExpectation(), undefined);
}

function logRun(name: string, life: LogLife, expectation: LogExpectation, base: World | undefined): LogRun {
  const { settings } = life;
  const again: LogRun['again'] = [];
  const check = (world: World, state: StateName): void => {
    const { storeLost, number } = state;
    if (storeLost && !expectation.isSettled) return;
    const thorough = number % thoroughEvery === 0 || storeLost;
    const found = checkLog(world, { settings, expectation, storeLost, thorough });
    if (base !== undefined || number % recoveryEvery !== 0 || found.loose) return;
    const after = expectation.afterRecovery(found.batches, found.start, found.end, storeLost);
    const lost = storeLost ? ' without store' : '';
    again.push({ world, name: `${name} > ${state.moment} ${state.choice}${lost}`, expectation: after });
  };
  const run = {
    name,
    settings,
    events: life.recording.events,
    again,
    note: (mark: LogMark) => expectation.note(mark),
    check,
  };
  return base === undefined ? run : { ...run, base };
}

/** A recovery from each of the states that were set aside, with an append and a checkpoint behind it. */
export function* recoveriesOf({ again, settings }: LogRun): Generator<LogRun> {
  for (const { world, name, expectation } of again) {
    const life = new LogLife(settings, world);
    life.pass(2);
    life.recording.mark({ kind: 'settled' });
    life.epoch = Math.max(life.log.epochs.latest ?? 0, 0);
    life.appendBatch(batchOf({ count: 2, timestamp: 3000 }));
    life.pass(2);
    life.appendBatch(batchOf({ count: 1, timestamp: 3001 }));
    life.checkpoint();
    yield logRun(name, life, expectation, world);
  }
}
