/** Runs of logs to explore: a script's, and that of the recovery from some of its crash states. */
import type { Effort, Run, StateName } from './explore.ts';
import type { World } from './file-system.ts';
import { checkLogs } from './log-check.ts';
import { LogExpectation, type LogMark } from './log-expectation.ts';
import { batchOf, LogLife, type Site } from './log-life.ts';
import type { Script } from './log-scripts.ts';

/** Every how many states one is looked at closely: indexes, an append, a second recovery. */
const thoroughEvery = 4;
/** And from every how many the recovery is recorded, and cut off in its turn. */
const recoveryEvery = 701;

/** How many states of each moment are looked at: fewer where there are many moments, or each takes several logs. */
export const effortOf = ({ site, base, events }: LogRun): Effort => {
  if (base !== undefined) return { combinationsMax: 3, draws: 3 };
  const share = site.folders.length > 1 ? 0.04 : Math.min(Math.max(140 / events.length, 0.5), 1.5);
  return { combinationsMax: Math.ceil(230 * share), draws: Math.ceil(135 * share) };
};

type Expectations = ReadonlyMap<string, LogExpectation>;

export interface LogRun extends Run<LogMark> {
  readonly site: Site;
  /** States to recover under a recorder, with what must hold afterwards. */
  readonly again: { readonly world: World; readonly name: string; readonly expectations: Expectations }[];
}

export function runOf(name: string, script: Script): LogRun {
  const life = script();
  const expectations = new Map(life.site.folders.map((folder) => [folder, new LogExpectation()]));
  return logRun(name, life, expectations, undefined);
}

function logRun(name: string, life: LogLife, expectations: Expectations, base: World | undefined): LogRun {
  const { site } = life;
  const again: LogRun['again'] = [];
  const note = ({ folder, told }: LogMark): boolean => {
    expectations.get(folder)?.note(told);
    return told.kind !== 'appended';
  };
  const check = (world: World, state: StateName): void => {
    const { storeLost, number } = state;
    if (storeLost && [...expectations.values()].some(({ isSettled }) => !isSettled)) return;
    const thorough = number % thoroughEvery === 0 || storeLost;
    const found = checkLogs(world, { site, expectations, storeLost, thorough });
    if (base !== undefined || number % recoveryEvery !== 0) return;
    if ([...found.values()].some(({ loose }) => loose)) return;
    const next = new Map<string, LogExpectation>();
    for (const [folder, { batches, start, end }] of found) {
      const after = expectations.get(folder)?.afterRecovery(batches, start, end, storeLost);
      if (after !== undefined) next.set(folder, after);
    }
    const lost = storeLost ? ' without store' : '';
    again.push({ world, name: `${name} > ${state.moment} ${state.choice}${lost}`, expectations: next });
  };
  const run = { name, site, events: life.recording.events, again, note, check };
  return base === undefined ? run : { ...run, base };
}

/** A recovery from each of the states that were set aside, with appends and a checkpoint behind it. */
export function* recoveriesOf({ again, site }: LogRun): Generator<LogRun> {
  for (const { world, name, expectations } of again) {
    const life = new LogLife(site.settings, site, world);
    life.pass(2);
    for (const [i, folder] of site.folders.entries()) {
      life.epoch = Math.max(life.log(folder).epochs.latest ?? 0, 0);
      life.appendBatch(batchOf({ count: 2, timestamp: 3000 }), folder);
      if (i % 2 === 0) life.pass(1);
      life.appendBatch(batchOf({ count: 1, timestamp: 3001 }), folder);
    }
    life.settle();
    for (const folder of site.folders) life.mark({ kind: 'settled' }, folder);
    life.checkpoint();
    yield logRun(name, life, expectations, world);
  }
}
