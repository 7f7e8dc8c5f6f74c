/** Runs cases on several connections at once; those that want to be alone afterwards, one by one. */
import { CaseRun, common, newTally, type Pair, type Tally } from './run.ts';
import type { Case } from './steps.ts';

interface Job {
  readonly one: Case;
  readonly version: number;
}

/** A case in every version of its API that both serve. */
export function jobsOf(pair: Pair, one: Case): readonly Job[] {
  const range = common(pair, one.api.key);
  if (range === undefined) return [];
  const jobs: Job[] = [];
  const [from, to] = [Math.max(range.min, one.from ?? 0), Math.min(range.max, one.to ?? 99)];
  for (let version = from; version <= to; version++) jobs.push({ one, version });
  return jobs;
}

export async function runCases(pair: Pair, cases: readonly Case[], lanes: number): Promise<Tally> {
  const tally = newTally();
  const jobs = cases.flatMap((one) => jobsOf(pair, one));
  const shared = jobs.filter(({ one }) => one.alone !== true);
  const lane = async (): Promise<void> => {
    for (let job = shared.shift(); job !== undefined; job = shared.shift()) await runOne(pair, job, tally);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const job of jobs.filter(({ one }) => one.alone === true)) await runOne(pair, job, tally);
  return tally;
}

async function runOne(pair: Pair, { one, version }: Job, tally: Tally): Promise<void> {
  try {
    await new CaseRun(pair, one, version, tally).run();
  } catch (error) {
    // Seldom a fault of the case: an answer lacked what the next request needed.
    const what = error instanceof Error ? error.message : String(error);
    const about = { api: one.api.name, version, case: one.name, after: undefined };
    tally.differences.push({ ...about, path: '(the case could not go on)', skerry: what, kafka: what });
  }
}
