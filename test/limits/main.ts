/**
 * What hostile clients cost a broker, ours or the reference Kafka, each as a process of its own with its defaults.
 *
 *   npm run limits -- connect  [COUNT] [--target=kafka]    connections that say nothing: what others are compared with
 *   npm run limits -- announce [COUNT] [--target=kafka]    they announce 100 MiB, send 10 bytes, and wait
 *   npm run limits -- trickle  [COUNT] [--target=kafka]    a byte of their first request every few seconds
 *   npm run limits -- unread   [COUNT] [--target=kafka]    consumers that ask for 55 MiB and never read
 *   npm run limits -- table                                all of these on both, into docs/reliability.md
 *   npm run limits -- overload [--minutes=10]              three times what it can do, in 256 MiB; needs root
 *   npm run limits -- turns    [PART OF A NAME]            the longest turns of the event loop under large requests
 *
 * Each prints what it found as JSON. `--target=node` is a bare server: what the connections cost Node.
 * `--set=NAME=VALUE` are settings of the broker. Exit code 1: a bound was not kept.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Attacked, attacked, targets } from './attacked.ts';
import { attacks } from './attacks.ts';
import { overloaded } from './overload.ts';
import { writeTable } from './page.ts';
import { longestTurns } from './turns.ts';

const overloadBytes = 256 * 1024 * 1024;
const turnMsMax = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: 'skerry' },
    set: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string', default: '10' },
  },
});
const [what = '', given] = positionals;
const settings = Object.fromEntries(values.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2))) as Record<
  string,
  string
>;
const say = (found: unknown): void => console.log(JSON.stringify(found));

async function attack(): Promise<boolean> {
  const target = targets.find((one) => one === values.target) ?? 'skerry';
  say(await attacked(what, { target, settings, count: given === undefined ? undefined : Number(given) }));
  return true;
}

/** All attacks on both, one after the other, and on bare sockets what they alone cost. */
async function all(): Promise<boolean> {
  const found: Attacked[] = [];
  for (const name of Object.keys(attacks)) {
    for (const target of targets) {
      if (target === 'node' && name !== 'connect') continue;
      found.push(await attacked(name, { target }));
      say(found.at(-1));
    }
  }
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  writeTable(found, `\`npm run limits -- table\`, ${date}, commit ${commit}; the attackers on the same two cores.`);
  return true;
}

async function overload(): Promise<boolean> {
  const data = mkdtempSync(join(tmpdir(), 'skerry-overload-'));
  const seconds = Number(values.minutes) * 60;
  const found = await overloaded({ seconds, limitBytes: overloadBytes, data, settings });
  if (found === undefined) throw new Error('no process can be given a bound of memory here: is this root?');
  say(found);
  return found['killed'] === 0 && found['lost'] === 0 && found['ending'] === undefined;
}

async function turns(): Promise<boolean> {
  const found = await longestTurns(given);
  say(Object.fromEntries(found));
  return [...found.values()].every(({ longestMs }) => longestMs <= turnMsMax);
}

const runs: Readonly<Record<string, () => Promise<boolean>>> = { table: all, overload, turns };
process.exit((await (runs[what] ?? attack)()) ? 0 : 1);
