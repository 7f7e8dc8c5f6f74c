/** Simulates the seeds it is told of, one after the other, and tells what came of each. A process of its own. */
import { type Outcome, simulate } from './simulate.ts';
import { virtually } from './virtual-run.ts';

/** Which seeds: `first`, then every `step`-th, `count` of them. */
export interface Work {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** Ends at the first seed that fails. */
  readonly untilFailure: boolean;
}

/** The last word of a worker. */
interface Through {
  /** What it took, from the first seed on. */
  readonly cpuSeconds: number;
}

export type Told = Outcome | Through;

process.once('message', (work: Work) => {
  void run(work).then(() => process.disconnect());
});

async function run({ first, step, count, untilFailure }: Work): Promise<void> {
  const began = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const outcome = await virtually(() => simulate(first + i * step));
    await tell(outcome);
    if (untilFailure && outcome.findings.length > 0) break;
  }
  const { user, system } = process.cpuUsage(began);
  await tell({ cpuSeconds: (user + system) / 1e6 });
}

function tell(what: Told): Promise<void> {
  return new Promise((resolve) => void process.send?.(what, () => resolve()));
}
