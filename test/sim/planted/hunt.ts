/** Looks for a planted bug with ordinary seeds. */
import type { Outcome } from '../simulate.ts';
import { simulateAll } from '../workers.ts';
import { copyWith } from './copy.ts';
import type { Planted } from './patches.ts';

export interface Caught {
  /** Seeds run until one failed; undefined if none did. */
  readonly seeds: number | undefined;
  readonly finding: string | undefined;
  /** Seeds that fail without the bug, too: they do not count. */
  readonly failing: readonly number[];
}

/** Runs up to `limit` seeds from `first` on, in one process, until one fails that does not fail without the bug. */
export async function hunt({ edits }: Planted, first: number, limit: number): Promise<Caught> {
  const copy = copyWith(edits);
  const unchanged = copyWith([]);
  const failing: number[] = [];
  try {
    for (let seed = first; seed < first + limit; ) {
      const failed = await firstFailure(copy.folder, seed, first + limit - seed);
      if (failed === undefined) break;
      const withoutBug = await firstFailure(unchanged.folder, failed.seed, 1);
      const [finding = ''] = failed.findings;
      if (withoutBug === undefined) return { seeds: failed.seed - first + 1, finding: finding.split('\n')[0], failing };
      failing.push(failed.seed);
      seed = failed.seed + 1;
    }
    return { seeds: undefined, finding: undefined, failing };
  } finally {
    copy.remove();
    unchanged.remove();
  }
}

async function firstFailure(folder: string, first: number, count: number): Promise<Outcome | undefined> {
  let failed: Outcome | undefined;
  await simulateAll({ first, count, workers: 1, untilFailure: true, folder }, (outcome) => {
    if (outcome.findings.length > 0) failed ??= outcome;
  });
  return failed;
}
