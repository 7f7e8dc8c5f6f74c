import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', 'packages', 'skerry', 'src', 'main.mjs');

/** Node's arguments that start Skerry from these sources, with its data in `folder`. */
export function skerryArguments(folder: string, port: number): string[] {
  return ['--conditions=skerry-source', main, 'start', '--data', join(folder, 'data'), '--port', String(port)];
}

/** Skerry from these sources; `more` is added to the command line. */
export function spawnSkerry(
  folder: string,
  port: number,
  stderr: 'ignore' | 'pipe' | 'inherit',
  more: readonly string[] = [],
): ChildProcess {
  return spawn(process.execPath, [...skerryArguments(folder, port), ...more], { stdio: ['ignore', 'ignore', stderr] });
}
