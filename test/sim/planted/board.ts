/**
 * How many seeds each planted bug survives:
 *
 *   npm run sim:board [-- --limit N] [--only TEXT]
 *
 * Prints the board and writes docs/sim-board.md. Exit code 1 if a bug was not found.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Caught, hunt } from './hunt.ts';
import { type Planted, planted } from './patches.ts';

const { values: given } = parseArgs({
  options: {
    limit: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    workers: { type: 'string', default: '2' },
  },
});

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const limit = Number(given.limit);
const wanted = planted.filter(({ name }) => name.includes(given.only));
// Drawn now: no seed was chosen for a bug.
const first = Math.floor(Math.random() * 2 ** 31);
const results = new Map<Planted, Caught>();
const queue = [...wanted];

print(`seeds from ${first} on, ${limit} at most for each of ${wanted.length} bugs`);
await Promise.all(Array.from({ length: Number(given.workers) }, next));
const missed = wanted.filter((bug) => results.get(bug)?.seeds === undefined);
if (given.only === '') writeFileSync(join(resolve(import.meta.dirname, '../../..'), 'docs/sim-board.md'), board());
print(missed.length === 0 ? 'all were found' : `not found: ${missed.map(({ name }) => name).join(', ')}`);
process.exitCode = missed.length === 0 ? 0 : 1;

async function next(): Promise<void> {
  for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
    const caught = await hunt(bug, first, limit).catch(noHunt);
    results.set(bug, caught);
    if (caught.failing.length > 0) print(`        (without any bug, too: seeds ${caught.failing.join(', ')})`);
    print(`${String(caught.seeds ?? 'none').padStart(6)}  ${bug.name}: ${caught.finding ?? 'not found'}`);
  }
}

/** The sources have moved on, and the edit does not fit: as bad as a bug that is not found. */
function noHunt(error: Error): Caught {
  return { seeds: undefined, finding: `could not be looked for: ${error.message}`, failing: [] };
}

function board(): string {
  const rows = wanted.map((bug) => {
    const { seeds, finding } = results.get(bug) ?? { seeds: undefined, finding: undefined };
    return `| ${bug.name} | ${seeds ?? `more than ${limit}`} | ${(finding ?? '').replaceAll('|', '/').slice(0, 120)} |`;
  });
  return [
    '# The board: planted bugs, and the seeds it takes to find them',
    '',
    'Each is an edit of the sources (`test/sim/planted/patches.ts`), made in a copy of them; then ordinary seeds of',
    `the simulator run until one fails. Printed by \`npm run sim:board\`; this time with seeds from ${first} on.`,
    '',
    '| planted bug | seeds | what the first failing seed said |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
