/** Runs cases on several connections at once; those that want to be alone afterwards, one by one. */
import { CaseRun, common, newTally, type Pair, type Tally } from './run.ts';
import type { Case } from './steps.ts';

interface Job {
  readonly one: Case;
  readonly version: number | 'oldest' | 'newest';
}

/** A case in every version of its API that both serve; a sequence in the oldest and the newest of all its APIs. */
function jobsOf(pair: Pair, one: Case): readonly Job[] {
  const range = common(pair, one.api.key);
  if (range === undefined) return [];
  if (one.ends === true) return (['oldest', 'newest'] as const).map((version) => ({ one, version }));
  const jobs: Job[] = [];
  const [from, to] = [Math.max(range.min, one.from ?? 0), Math.min(range.max, one.to ?? 99)];
  for (let version = from; version <= to; version++) jobs.push({ one, version });
  return jobs;
}

export interface RunOptions {
  readonly lanes: number;
  /** Hears now and then how far it is. */
  readonly say?: (line: string) => void;
  /** Where the findings go, for who wants to see them before the end. */
  readonly tally?: Tally;
}

const progressMs = 15_000;

export async function runCases(
  pair: Pair,
  cases: readonly Case[],
  { lanes, say, tally = newTally() }: RunOptions,
): Promise<Tally> {
  const running = new Set<Job>();
  const jobs = cases.flatMap((one) => jobsOf(pair, one));
  const shared = jobs.filter(({ one }) => one.alone !== true);
  const lane = async (): Promise<void> => {
    for (let job = shared.shift(); job !== undefined; job = shared.shift()) {
      running.add(job);
      await runOne(pair, job, tally);
      running.delete(job);
    }
  };
  const progress = setInterval(() => {
    const now = [...running].map(({ one, version }) => `${one.api.name} ${version} "${one.name}"`).join(', ');
    say?.(`${tally.runs} of ${jobs.length} runs; now ${now}`);
  }, progressMs);
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
    for (const job of jobs.filter(({ one }) => one.alone === true)) await runOne(pair, job, tally);
  } finally {
    clearInterval(progress);
  }
  return tally;
}

async function runOne(pair: Pair, { one, version }: Job, tally: Tally): Promise<void> {
  try {
    await new CaseRun(pair, one, version, tally).run();
  } catch (error) {
    // Seldom a fault of the case: an answer lacked what the next request needed.
    const what = error instanceof Error ? error.message : String(error);
    const about = {
      api: one.api.name,
      version: typeof version === 'number' ? version : 0,
      case: one.name,
      after: undefined,
    };
    tally.differences.push({ ...about, path: '(the case could not go on)', skerry: what, kafka: what });
  }
}
