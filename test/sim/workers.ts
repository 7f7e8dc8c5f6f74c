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

/**
 * What a seed allocates is garbage soon after: with room for all of it few things are alive when it is collected.
 */
const execArgv = ['--conditions=skerry-source', '--max-semi-space-size=64'];

/** Simulates `seeds`, telling each outcome as it comes; resolves when all are through, with the CPU's seconds. */
export async function simulateAll(seeds: Seeds, told: (outcome: Outcome) => void): Promise<number> {
  const { first, count, workers, untilFailure = false, folder = import.meta.dirname } = seeds;
  const children: ChildProcess[] = [];
  let cpuSeconds = 0;
  const works = Array.from({ length: workers }, (_, i): Promise<boolean> => {
    const share = Math.ceil((count - i) / workers);
    const work = { first: first + i, step: workers, count: share, untilFailure };
    return runWorker(folder, work, told, children).then((end) => {
      cpuSeconds += end.cpuSeconds;
      return end.failed;
    });
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
  return cpuSeconds;
}

function runWorker(
  folder: string,
  work: Work,
  told: (outcome: Outcome) => void,
  children: ChildProcess[],
): Promise<{ readonly failed: boolean; readonly cpuSeconds: number }> {
  return new Promise((resolve, reject) => {
    let failed = false;
    let cpuSeconds: number | undefined;
    const child = fork(join(folder, 'worker.ts'), { execArgv, stdio: 'inherit' });
    children.push(child);
    child.on('message', (message) => {
      const what = message as Told;
      if ('cpuSeconds' in what) {
        cpuSeconds = what.cpuSeconds;
        return;
      }
      failed ||= what.findings.length > 0;
      told(what);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (cpuSeconds !== undefined) resolve({ failed, cpuSeconds });
      else reject(new Error(`a worker ended too soon: ${code ?? signal}`));
    });
    child.send(work);
  });
}
