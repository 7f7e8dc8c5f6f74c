/** docs/fuzz-ledger.json: every run of `npm run fuzz` adds itself, so that the sum of all frames can be told. */
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FuzzRun {
  readonly commit: string;
  readonly seed: number;
  readonly seconds: number;
  /** To brokers in virtual time. */
  readonly frames: number;
  /** To a process. */
  readonly tcpFrames: number;
  readonly findings: number;
}

interface Ledger {
  readonly frames: number;
  readonly tcpFrames: number;
  readonly seconds: number;
  readonly findings: number;
  readonly runs: readonly FuzzRun[];
}

const root = join(import.meta.dirname, '..', '..');
const file = join(root, 'docs', 'fuzz-ledger.json');

export function headCommit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  return git('rev-parse', '--short=10', 'HEAD') + (git('status', '--porcelain', '--', 'packages') === '' ? '' : '+');
}

export function addToLedger(run: FuzzRun, path = file): void {
  const { runs } = JSON.parse(readFileSync(path, 'utf8')) as Ledger;
  const all = [...runs, run];
  const sum = (of: (each: FuzzRun) => number): number => all.reduce((total, each) => total + of(each), 0);
  const head = {
    frames: sum((each) => each.frames),
    tcpFrames: sum((each) => each.tcpFrames),
    seconds: sum((each) => each.seconds),
    findings: sum((each) => each.findings),
  };
  // A run a line, as the formatter would have it.
  const lines = all.map((each) => `    ${JSON.stringify(each, undefined, 1).replace(/\n\s*/g, ' ')}`).join(',\n');
  const sums = JSON.stringify(head, undefined, 2).slice(0, -2);
  writeFileSync(`${path}.new`, `${sums},\n  "runs": [\n${lines}\n  ]\n}\n`);
  renameSync(`${path}.new`, path);
}
