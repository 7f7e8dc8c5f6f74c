/**
 * Walks through a recorded run, and at each moment through the crash states there may be: builds each, and has it
 * recovered and checked. States are told apart by what is on the disk and in the store; one that was checked against
 * the same obligations is not checked again.
 */
import { createHash } from 'node:crypto';
import { type Recorded, SeededRandom } from '@skerry/testkit';
import { Moment, type NamedChoice } from './choices.ts';
import { CrashModel, emptyWorld, type World } from './file-system.ts';

export interface Run<Mark> {
  readonly name: string;
  /** What was there before the first event. */
  readonly base?: World;
  readonly events: readonly Recorded<Mark>[];
  /** Takes note of a mark; true if from now on more, or other things, must hold. */
  note(mark: Mark): boolean;
  /** Recovers `world`, and throws if it is not as it must be. */
  check(world: World, state: StateName): void;
}

export interface StateName {
  readonly moment: number;
  readonly choice: string;
  readonly storeLost: boolean;
  /** Counts the states of the run. */
  readonly number: number;
}

export interface Effort {
  /** Up to so many combinations of a moment are looked at one by one. */
  readonly combinationsMax: number;
  /** And so many are drawn beyond. */
  readonly draws: number;
}

export interface Totals {
  moments: number;
  /** States recovered: once for each set of obligations. */
  recovered: number;
  storeLost: number;
  /** Digests of the distinct states. */
  readonly distinct: Set<string>;
}

/** `CRASH_STATE='script @ moment @ choice'` as a failure prints it: only that state is looked at. */
export interface Chosen {
  readonly script: string;
  readonly moment: number;
  readonly choice: string;
}

export const chosen = ((): Chosen | undefined => {
  const [script = '', moment, choice] = (process.env['CRASH_STATE'] ?? '').split(' @ ');
  return choice === undefined ? undefined : { script, moment: Number(moment), choice };
})();

export const newTotals = (): Totals => ({ moments: 0, recovered: 0, storeLost: 0, distinct: new Set() });

/** Prints the counts, less those `before`. */
export function tell(
  name: string,
  totals: Totals,
  before = { moments: 0, recovered: 0, storeLost: 0, distinct: 0 },
): void {
  const recovered = totals.recovered - before.recovered;
  const lost = totals.storeLost - before.storeLost;
  console.log(
    `${name}: ${totals.distinct.size - before.distinct} states at ${totals.moments - before.moments} moments, ` +
      `${recovered} recoveries, ${lost} of them without the store`,
  );
}

/** Every how many states one is looked at with its store lost, too. */
const storeLostEvery = 7;

export function explore<Mark>(run: Run<Mark>, effort: Effort, totals: Totals, only?: Chosen): void {
  if (only !== undefined && only.script !== run.name && !only.script.startsWith(`${run.name} > `)) return;
  // A recovery's states are found on the way through those of its script.
  const target = only?.script === run.name ? only : undefined;
  const model = new CrashModel(run.base ?? emptyWorld);
  const random = new SeededRandom(1).fork(run.name);
  let checked = new Set<string>();
  let number = 0;
  const look = (moment: number, choice: NamedChoice, name: string): void => {
    if (target !== undefined && target.choice !== name) return;
    const world = model.build(choice);
    const digest = digestOf(world);
    if (checked.has(digest)) return;
    checked.add(digest);
    totals.distinct.add(digest);
    number++;
    const tell = (storeLost: boolean): void => {
      totals.recovered++;
      try {
        run.check(storeLost ? { ...world, store: new Map() } : world, { moment, choice: name, storeLost, number });
      } catch (error) {
        throw new Error(story(run, moment, name, choice, storeLost, error), { cause: error });
      }
    };
    tell(false);
    if (number % storeLostEvery !== 0 && target === undefined) return;
    totals.storeLost++;
    totals.distinct.add(digestOf({ ...world, store: new Map() }));
    tell(true);
  };
  // What is only noted as begun changes nothing that was looked at already.
  let isNew = true;
  for (let moment = 0; moment <= run.events.length; moment++) {
    const event = run.events[moment - 1];
    if (event?.kind === 'mark') {
      if (run.note(event.mark)) {
        checked = new Set();
        isNew = true;
      }
    } else if (event !== undefined) {
      model.apply(event);
      isNew = true;
    }
    if (target !== undefined && target.moment !== moment) continue;
    // A mark follows what it tells of: the moment between is that of the next event.
    if (!isNew || (run.events[moment]?.kind === 'mark' && event?.kind !== 'mark')) continue;
    isNew = false;
    totals.moments++;
    const now = new Moment(model, random.fork(`moment ${moment}`));
    const combinations = Math.min(now.combinations, effort.combinationsMax);
    const step = now.combinations / combinations;
    for (let i = 0; i < combinations; i++) {
      const at = Math.floor(i * step);
      look(moment, now.combination(at), `c${at}`);
    }
    const draws = now.combinations === 1 ? 0 : effort.draws;
    for (let i = 0; i < draws; i++) look(moment, now.draw(i), `d${i}`);
  }
}

function story(
  run: Pick<Run<unknown>, 'name' | 'events'>,
  moment: number,
  name: string,
  choice: NamedChoice,
  storeLost: boolean,
  error: unknown,
): string {
  const before = run.events.slice(Math.max(moment - 8, 0), moment).map((event) => `    ${eventText(event)}`);
  return [
    `${run.name}: ${error instanceof Error ? error.message : String(error)}`,
    `  crash after event ${moment} of ${run.events.length}${storeLost ? ', the store lost' : ''}:`,
    ...before,
    `  what survived: ${choice.describe()}`,
    `  alone: CRASH_STATE='${run.name} @ ${moment} @ ${name}' npx vitest run --project crash-states`,
  ].join('\n');
}

function eventText(event: Recorded<unknown>): string {
  return JSON.stringify(event, (_key, value: unknown) =>
    value instanceof Uint8Array ? `${value.length} bytes` : value,
  );
}

function digestOf({ folders, files, store }: World): string {
  const hash = createHash('sha1');
  hash.update(folders.join('\0'));
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`\0${path} ${bytes.length} `).update(bytes);
  for (const [key, value] of [...store].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`\0${key} `).update(value);
  return hash.digest('base64');
}
