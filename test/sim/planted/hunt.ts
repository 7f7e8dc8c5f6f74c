/** Looks for a planted bug with ordinary seeds. */
import type { Outcome } from '../simulate.ts';
import { simulateAll } from '../workers.ts';
import { copyWith } from './copy.ts';
import type { Planted } from './patches.ts';

export interface Caught {
  /** Seeds run until one failed; undefined if none did. */
  readonly seeds: number | undefined;
  readonly finding: string | undefined;
}

/** Runs up to `limit` seeds from `first` on, in one process, until one fails. */
export async function hunt({ edits }: Planted, first: number, limit: number): Promise<Caught> {
  const copy = copyWith(edits);
  let seeds = 0;
  let failed: Outcome | undefined;
  try {
    const options = { first, count: limit, workers: 1, untilFailure: true, folder: copy.folder };
    await simulateAll(options, (outcome) => {
      seeds++;
      if (outcome.findings.length > 0) failed ??= outcome;
    });
  } finally {
    copy.remove();
  }
  return failed === undefined
    ? { seeds: undefined, finding: undefined }
    : { seeds, finding: failed.findings[0]?.split('\n')[0] };
}
