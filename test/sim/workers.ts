/** Simulations in processes of their own, one a core. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from './simulate.ts';
import type { Told, Work } from './worker.ts';

export interface Seeds {
  readonly first: number;
  readonly count: number;
  /** Processes that share them. */
  readonly workers: number;
  readonly untilFailure?: boolean;
  /** The folder whose sources are simulated; this one's, if none is given. */
  readonly folder?: string;
}

/** Simulates `seeds`, telling each outcome as it comes; resolves when all are through. */
export async function simulateAll(seeds: Seeds, told: (outcome: Outcome) => void): Promise<void> {
  const { first, count, workers, untilFailure = false, folder = import.meta.dirname } = seeds;
  const children: ChildProcess[] = [];
  const works = Array.from({ length: workers }, (_, i): Promise<boolean> => {
    const share = Math.ceil((count - i) / workers);
    return runWorker(folder, { first: first + i, step: workers, count: share, untilFailure }, told, children);
  });
  try {
    if (untilFailure) {
      // One failure is enough: the others need not go on.
      const failures = works.map(async (work) => {
        if (!(await work)) throw new Error('no failure');
      });
      await Promise.any(failures).catch(() => Promise.all(works));
    } else await Promise.all(works);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

/** Resolves with whether a seed failed. */
function runWorker(
  folder: string,
  work: Work,
  told: (outcome: Outcome) => void,
  children: ChildProcess[],
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let failed = false;
    let through = false;
    const child = fork(join(folder, 'worker.ts'), { execArgv: ['--conditions=skerry-source'], stdio: 'inherit' });
    children.push(child);
    child.on('message', (message) => {
      const what = message as Told;
      if (what === 'through') {
        through = true;
        return;
      }
      failed ||= what.findings.length > 0;
      told(what);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (through) resolve(failed);
      else reject(new Error(`a worker ended too soon: ${code ?? signal}`));
    });
    child.send(work);
  });
}
