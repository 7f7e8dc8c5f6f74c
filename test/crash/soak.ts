/**
 * Crashes without end: `npm run soak -- --minutes N`.
 *
 * Two lanes side by side: seeds of the simulator, and real cuts, kills and I/O errors in turn. Each piece of work is a
 * process of its own, on a copy of the last commit: neither a failure nor an edit of the sources disturbs the rest.
 * The totals are written to docs/soak-ledger.json after every piece, so that a soak which is interrupted counts.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const ledgerFile = join(root, 'docs', 'soak-ledger.json');
const copyPrefix = 'skerry-soak-';
const copy = join(tmpdir(), `${copyPrefix}${process.pid}`);
const pieceMsMax = 15 * 60_000;
/** Described in the ledger; more are counted. */
const failedMax = 50;
/** A machine that cannot run anything must not be kept busy finding that out. */
const emptyPieceMsMin = 5000;

interface Failure {
  readonly what: string;
  readonly replay: string;
}

interface Entry {
  readonly date: string;
  readonly commit: string;
  minutes: number;
  seeds: number;
  kills: number;
  cuts: number;
  flips: number;
  ioErrors: number;
  failures: number;
  readonly failed: Failure[];
}

interface Piece {
  readonly args: readonly string[];
  readonly replay: string;
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const startedAt = performance.now();
const minutesWanted = Number(values.minutes);
const children = new Set<ChildProcess>();
let stopping = false;

const entry: Entry = {
  date: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  minutes: 0,
  seeds: 0,
  kills: 0,
  cuts: 0,
  flips: 0,
  ioErrors: 0,
  failures: 0,
  failed: [],
};

function crash(...args: string[]): Piece {
  return { args: ['test/crash/main.ts', ...args], replay: `npm run crash -- ${args.join(' ')}` };
}

function* crashes(): Generator<Piece> {
  const below = (bound: number): number => Math.floor(Math.random() * bound);
  for (;;) {
    yield crash('--cuts', '8', '--kills', '4', '--fs', 'ext4');
    yield crash('--cuts', '8', '--kills', '4', '--fs', 'xfs');
    yield crash('--flips', '60');
    yield crash('--eio', ...Array.from({ length: 12 }, () => String(1 + below(400))));
  }
}

function* simulations(): Generator<Piece> {
  if (!existsSync(join(copy, 'test', 'sim', 'main.ts'))) return;
  for (;;) {
    const from = Math.floor(Math.random() * 2 ** 31);
    const args = ['--seeds', String(seedsOfPiece), '--from', String(from), '--workers', '1'];
    yield { args: ['test/sim/main.ts', ...args], replay: `npm run sim -- ${args.join(' ')}` };
  }
}
const seedsOfPiece = 25;

/** The last commit, with the dependencies that are installed here. */
function copyCommit(): void {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(copyPrefix))) {
    if (!existsSync(`/proc/${name.slice(copyPrefix.length)}`)) rmSync(join(tmpdir(), name), { recursive: true });
  }
  mkdirSync(join(copy, 'node_modules', '@skerry'), { recursive: true });
  const archive = execFileSync('git', ['archive', entry.commit], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', copy], { input: archive });
  for (const name of readdirSync(join(root, 'node_modules')).filter(
    (each) => each !== '@skerry' && each !== 'skerry',
  )) {
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  for (const name of readdirSync(join(copy, 'packages'))) {
    symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules', '@skerry', name));
  }
}

/** Brings this soak's entry up to date, and leaves the others' as they are. */
function write(): void {
  entry.minutes = Math.round((performance.now() - startedAt) / 6000) / 10;
  const entries = existsSync(ledgerFile) ? (JSON.parse(readFileSync(ledgerFile, 'utf8')) as Entry[]) : [];
  const others = entries.filter(({ date, commit }) => date !== entry.date || commit !== entry.commit);
  const fresh = `${ledgerFile}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify([...others, entry], undefined, 2)}\n`);
  renameSync(fresh, ledgerFile);
}

function run({ args }: Piece): Promise<{ readonly code: number | string; readonly output: string }> {
  return new Promise((done) => {
    const node = join(copy, 'node_modules', '.bin', 'node');
    const child = spawn(node, ['--conditions=skerry-source', '--no-warnings', ...args], {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that all it started can be told to end.
      detached: true,
    });
    children.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    const overdue = setTimeout(() => end(child), pieceMsMax);
    child.on('close', (code, signal) => {
      clearTimeout(overdue);
      children.delete(child);
      done({ code: code ?? signal ?? 'nothing', output });
    });
  });
}

function count(piece: Piece, code: number | string, output: string): void {
  const totals = totalsOf(output);
  entry.seeds += totals.seeds;
  entry.kills += totals.kills;
  entry.cuts += totals.cuts;
  entry.flips += totals.flips;
  entry.ioErrors += totals.eio;
  if (code === 0 || output.includes('SKIPPED')) return;
  const { failures } = totals;
  const found = failures.length > 0 ? failures : [{ what: `ended with ${code}: ${output.slice(-1500)}` }];
  entry.failures += found.length;
  for (const { what, replay = piece.replay } of found.slice(0, Math.max(failedMax - entry.failed.length, 0))) {
    entry.failed.push({ what, replay: `${replay} at ${entry.commit}` });
  }
}

interface Totals {
  readonly seeds: number;
  readonly kills: number;
  readonly cuts: number;
  readonly flips: number;
  readonly eio: number;
  readonly failures: readonly { readonly what: string; readonly replay?: string }[];
}

/** What a piece says it did: the last line of test/crash/main.ts, or what test/sim/main.ts says of its seeds. */
function totalsOf(output: string): Totals {
  const none = { seeds: 0, kills: 0, cuts: 0, flips: 0, eio: 0, failures: [] };
  const lines = output.split('\n');
  const line = lines.findLast((each) => each.startsWith('TOTALS '));
  if (line !== undefined) {
    const { failures, ...counts } = JSON.parse(line.slice(7)) as { readonly failures: readonly string[] };
    return { ...none, ...counts, failures: failures.map((what) => ({ what })) };
  }
  const simulated = /^(\d+) seeds, \d+ failed/m.exec(output)?.[1];
  const failures = lines.flatMap((each, at) => {
    const replay = /^ +again: (.*)$/.exec(each)?.[1];
    if (replay === undefined) return [];
    const from = lines.findLastIndex((before, i) => i < at && before.startsWith('seed '));
    const said = lines.slice(from, at).filter((said) => !/^( {2}(commit|configuration)|fatal)/.test(said));
    return [{ what: said.join('\n').slice(0, 500), replay }];
  });
  return { ...none, seeds: Number(simulated ?? 0), failures };
}

async function lane(pieces: Generator<Piece>): Promise<void> {
  for (const piece of pieces) {
    if (stopping || performance.now() - startedAt > minutesWanted * 60_000) return;
    const before = performance.now();
    const { code, output } = await run(piece);
    if (stopping) return;
    count(piece, code, output);
    write();
    const { minutes, seeds, cuts, kills, flips, ioErrors, failures } = entry;
    const totals = JSON.stringify({ seeds, cuts, kills, flips, ioErrors, failures });
    console.log(`${minutes} min: ${piece.replay} → ${code}   ${totals}`);
    if (performance.now() - before < emptyPieceMsMin) {
      console.log(`SKIPPED from here on, as it does nothing: ${piece.replay}\n${output.slice(-500)}`);
      return;
    }
  }
}

/** Pieces under way clear up after themselves when they are told to end. */
async function stop(): Promise<void> {
  stopping = true;
  const ended = [...children].map((child) => new Promise((done) => child.on('close', done)));
  for (const child of children) end(child);
  await Promise.all(ended);
}

function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // Gone already.
  }
}

process.on('exit', () => {
  for (const child of children) end(child);
  rmSync(copy, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());

copyCommit();
write();
await Promise.all([lane(crashes()), lane(simulations())]);
write();
process.exitCode = entry.failures === 0 ? 0 : 1;
