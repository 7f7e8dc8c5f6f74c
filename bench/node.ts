import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** Skerry from these sources, with its data in `folder`; `more` is added to the command line. */
export function spawnSkerry(
  folder: string,
  port: number,
  stderr: 'ignore' | 'pipe' | 'inherit',
  more: readonly string[] = [],
): ChildProcess {
  const main = join(import.meta.dirname, '..', 'packages', 'skerry', 'src', 'main.mjs');
  const args = ['--conditions=skerry-source', main, 'start', '--data', join(folder, 'data'), '--port', String(port)];
  return spawn(process.execPath, [...args, ...more], { stdio: ['ignore', 'ignore', stderr] });
}
