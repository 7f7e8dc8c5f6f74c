/**
 * What the cases of clients for Node share: the conversation with the driver (see foreign.ts), names, waiting, checks.
 *
 * Plain JavaScript: the clients lie in the cache folder, where no compiler of ours finds their types.
 */
import { strict as assert } from 'node:assert';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const cases = new Map();
const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
let count = 0;

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

/** Registers `body`, called with the context, as `feature: detail`. */
export function test(name, body) {
  assert(!cases.has(name), `two cases are named ${name}`);
  cases.set(name, body);
}

/** A name nobody else uses. */
export const unique = (what) => `${what}-node-${process.pid}-${count++}`;

/** Has the driver do something to the broker: `kill9` or `restart`. */
export async function ask(what) {
  say({ ask: what });
  const { value } = await lines.next();
  assert.equal(value, 'done');
}

/** Polls until `attempt` gives something true, or throws for the last time. */
export async function eventually(what, attempt) {
  const deadline = performance.now() + 40_000;
  let last;
  while (performance.now() < deadline) {
    try {
      const found = await attempt();
      if (found) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    await delay(10);
  }
  throw new Error(`not within 40 s: ${what}`, { cause: last });
}

/** `v0`, `v1`, … from first to before last. */
export const numbered = (first, last) => Array.from({ length: last - first }, (_, at) => `v${first + at}`);

function overdue() {
  const within = delay(100_000, undefined, { ref: false });
  return within.then(() => Promise.reject(new Error('not done within 100 s')));
}

function told(error) {
  const causes = error instanceof AggregateError ? error.errors.map(told) : [];
  const cause = error?.cause === undefined ? [] : [`caused by ${told(error.cause)}`];
  return [error?.stack ?? String(error), ...causes, ...cause].join('\n');
}

/** Runs what the driver asks for, until it goes; each case closes, whatever came of it, what it handed to `close`. */
export async function main() {
  process.on('unhandledRejection', (error) => process.stderr.write(`unhandled: ${told(error)}\n`));
  say({ cases: [...cases.keys()] });
  for await (const line of lines) {
    const [bootstrap, name] = line.split('\t');
    const closing = [];
    const context = { bootstrap, close: (one) => closing.push(one) };
    let problem;
    try {
      await Promise.race([cases.get(name)(context), overdue()]);
    } catch (error) {
      problem = told(error);
    }
    for (const one of closing.toReversed()) await Promise.race([one(), delay(5_000)]).catch(() => {});
    say(problem === undefined ? { case: name, ok: true } : { case: name, ok: false, error: problem });
  }
  process.exit(0);
}
