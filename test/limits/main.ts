/**
 * What hostile clients cost a broker, ours or the reference Kafka, each as a process of its own with its defaults.
 *
 *   main.ts connect  [COUNT] [--target=kafka]    connections that say nothing: what the others are compared with
 *   main.ts announce [COUNT] [--target=kafka]    they announce 100 MiB, send 10 bytes, and wait
 *   main.ts trickle  [COUNT] [--target=kafka]    a byte of their first request every few seconds
 *   main.ts unread   [COUNT] [--target=kafka]    consumers that ask for 55 MiB and never read
 *
 * Prints one JSON line: resident memory before and at most, whether the broker still serves, and the attack's own
 * figures. `--set=NAME=VALUE` are settings of the broker.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { residentMemory } from '../../bench/process.ts';
import { ownPort, startBroker } from '../crash/process.ts';
import { attacks } from './attacks.ts';
import { serves } from './serves.ts';

const settleMs = 10_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { target: { type: 'string', default: 'skerry' }, set: { type: 'string', multiple: true, default: [] } },
});
const [name = '', countGiven] = positionals;
const attack = attacks[name];
if (attack === undefined) throw new Error(`attacks: ${Object.keys(attacks).join(', ')}`);
const count = Number(countGiven ?? attack.count);
const target = values.target === 'kafka' ? 'kafka' : 'skerry';
const data = mkdtempSync(join(tmpdir(), 'skerry-limits-'));
const port = await ownPort();
const settings = Object.fromEntries(values.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
const broker = await startBroker({ target, port, data, settings });
try {
  // What a start leaves behind is collected a moment later.
  await delay(settleMs);
  await attack.prepare?.(port);
  const rssMb = (): number => residentMemory(broker.pid)?.nowMb ?? 0;
  const beforeMb = rssMb();
  let mostMb = beforeMb;
  const watch = setInterval(() => {
    mostMb = Math.max(mostMb, rssMb());
  }, 100);
  const found = await attack.run(port, count);
  clearInterval(watch);
  const figures = { beforeMb, mostMb, growthMb: mostMb - beforeMb, afterMb: rssMb(), serves: await serves(port) };
  console.log(JSON.stringify({ attack: name, target, count, ...figures, ...found }));
  console.error(broker.output());
} finally {
  broker.kill('SIGKILL');
  await broker.ended;
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
