/**
 * How many seeds each planted bug survives:
 *
 *   npm run sim:board -- [--limit N] [--only TEXT]... [--from SEED] [--markdown FILE]
 *
 * Prints the board. In FILE each row is put in as it comes; those of bugs that were not looked for stay. Exit code 1 if
 * a bug was not found.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Caught, hunt } from './hunt.ts';
import { type Planted, planted } from './patches.ts';

const { values: given } = parseArgs({
  options: {
    limit: { type: 'string', default: '200' },
    only: { type: 'string', multiple: true, default: [''] },
    from: { type: 'string' },
    workers: { type: 'string', default: '2' },
    markdown: { type: 'string' },
  },
});

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const limit = Number(given.limit);
const wanted = planted.filter(({ name }) => given.only.some((part) => name.includes(part)));
// Drawn now, unless somebody looks again: no seed was chosen for a bug.
const first = given.from === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given.from);
const results = new Map<Planted, Caught>();
const queue = [...wanted];

print(`seeds from ${first} on, ${limit} at most for each of ${wanted.length} bugs`);
await Promise.all(Array.from({ length: Number(given.workers) }, next));
const missed = wanted.filter((bug) => results.get(bug)?.seeds === undefined);
print(missed.length === 0 ? 'all were found' : `not found: ${missed.map(({ name }) => name).join(', ')}`);
process.exitCode = missed.length === 0 ? 0 : 1;

async function next(): Promise<void> {
  for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
    const caught = await hunt(bug, first, limit).catch(noHunt);
    results.set(bug, caught);
    if (given.markdown !== undefined) putRow(given.markdown, bug, caught);
    if (caught.failing.length > 0) print(`        (without any bug, too: seeds ${caught.failing.join(', ')})`);
    print(`${String(caught.seeds ?? 'none').padStart(6)}  ${bug.name}: ${caught.finding ?? 'not found'}`);
  }
}

/** The sources have moved on, and the edit does not fit: as bad as a bug that is not found. */
function noHunt(error: Error): Caught {
  return { seeds: undefined, finding: `could not be looked for: ${error.message}`, failing: [] };
}

function putRow(file: string, bug: Planted, { seeds, finding = '' }: Caught): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const [kind = '', ...said] = finding.replaceAll('|', '/').split(': ');
  const cells = [bug.name, seeds ?? `more than ${limit}`, kind, said.join(': ').slice(0, 100), first, commit];
  const rows = rowsOf(file).set(bug.name, `| ${cells.join(' | ')} |`);
  writeFileSync(file, board(planted.flatMap(({ name }) => rows.get(name) ?? [])));
}

/** The rows that a file has, by the names of their bugs. */
function rowsOf(file: string): Map<string, string> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return new Map(lines.map((line) => [line.split(' | ')[0]?.slice(2) ?? '', line]));
}

function board(rows: readonly string[]): string {
  const found = rows.filter((row) => /^\d+$/.test(row.split(' | ')[1] ?? '')).length;
  return [
    '# The board: planted bugs, and the seeds it takes to find them',
    '',
    'Each bug is an edit of the sources (`test/sim/planted/patches.ts`), made in a copy of them; then ordinary seeds',
    'of the simulator run until one fails that does not fail without the bug. The seeds begin anywhere: the first is',
    'drawn when the command is run, after the bug was written, so none was chosen for it.',
    'Made by `npm run sim:board -- --markdown docs/sim-board.md`.',
    `Of ${planted.length} bugs ${found} are found here.`,
    '',
    '| planted bug | seeds | finding | what the first failing seed said | from seed | commit |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
