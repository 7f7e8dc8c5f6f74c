/**
 * Whether one who fills the page cache makes others wait: 1,000 messages of 1 KiB a second to one topic, while another
 * gets 16 KiB batches as fast as they are taken. What a paced message waits is told by stretches of time, since the
 * kernel makes writers wait only once much is dirty (/proc/sys/vm/dirty_*).
 *
 *   node --conditions=skerry-source bench/disk/writeback.ts [--seconds 60] [--stretch 10] [--broker KEY]...
 *
 * KEY: skerry-process-crash (the default), skerry-power-loss, kafka. It writes some 10 to 30 GB below .cache, and takes
 * them away.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { batchOf } from '../batches.ts';
import { type Broker, makeBroker } from '../brokers.ts';
import { createTopic } from '../control.ts';
import { settleDisk } from '../measure/drive.ts';
import { cpuTime } from '../process.ts';
import type { Load } from '../works.ts';
import type { PacedLoad, PacedResult } from './paced.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    stretch: { type: 'string', default: '10' },
    broker: { type: 'string', multiple: true, default: ['skerry-process-crash'] },
    port: { type: 'string', default: '20120' },
  },
});
const perSecond = 1000;
const warmupSeconds = 5;
const seconds = Number(values.seconds);
const stretch = Number(values.stretch);

/** What the logs below a folder hold, in bytes. */
function logBytes(folder: string): number {
  let sum = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith('.log'))
      sum += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return sum;
}

/** Bytes that the kernel has yet to write. */
function dirtyBytes(): number {
  const told = readFileSync('/proc/meminfo', 'utf8');
  return 1024 * ['Dirty', 'Writeback'].reduce((sum, name) => sum + Number(told.match(`${name}: +(\\d+)`)?.[1]), 0);
}

const children = new Set<ChildProcess>();

function load(program: string): ChildProcess {
  const child = fork(program, { serialization: program.endsWith('paced.ts') ? 'json' : 'advanced' });
  children.add(child);
  return child;
}

const heard = <T>(child: ChildProcess): Promise<T> =>
  new Promise((done, failed) => {
    child.once('message', (message) => done(message as T));
    child.once('exit', () => failed(new Error('a load ended without a result')));
  });

interface Sample {
  readonly logBytes: number;
  readonly dirtyBytes: number;
  readonly cpuSeconds: number;
}

function sample(broker: Broker, folder: string): Sample {
  const cpu = cpuTime(broker.pid ?? 0);
  const cpuSeconds = cpu === undefined ? Number.NaN : cpu.userSeconds + cpu.systemSeconds;
  return { logBytes: logBytes(folder), dirtyBytes: dirtyBytes(), cpuSeconds };
}

async function run(broker: Broker, folder: string): Promise<{ result: PacedResult; samples: Sample[] }> {
  const { address } = broker;
  for (const topic of ['paced', 'fast']) await createTopic(address, topic, {});
  await settleDisk();
  const fast = load(join(import.meta.dirname, '..', 'load.ts'));
  const batch = await batchOf({ batchBytes: 16 * 1024 });
  const shape = { partitions: 1, inFlight: 5, connections: 1, fetchBytes: 0, pace: undefined };
  const ready = heard(fast);
  fast.send({ ...address, ...shape, kind: 'produce', topic: 'fast', batch, batches: 1e9 } satisfies Load);
  await ready;
  const paced = load(join(import.meta.dirname, 'paced.ts'));
  const ended = heard<PacedResult>(paced);
  const about = { topics: ['paced'], batchBytes: 1024, batchesPerSecond: perSecond, seconds, warmupSeconds };
  paced.send({ ...address, ...about } satisfies PacedLoad);
  const samples: Sample[] = [];
  // The paced messages come alone at first: with the code compiled, the fast ones join.
  const begin = setTimeout(() => {
    fast.send('go');
    samples.push(sample(broker, folder));
  }, warmupSeconds * 1000);
  const every = setInterval(() => samples.length > 0 && samples.push(sample(broker, folder)), 1000);
  try {
    return { result: await ended, samples };
  } finally {
    clearTimeout(begin);
    clearInterval(every);
    for (const child of [fast, paced]) child.kill('SIGKILL');
  }
}

function percentile(all: readonly number[], share: number): string {
  const sorted = all.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
}

function print({ result, samples }: Awaited<ReturnType<typeof run>>): void {
  console.log('| seconds | p50, ms | p99, ms | most, ms | MB/s beside | dirty at most, MB | CPU s |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (let from = 0; from < seconds; from += stretch) {
    const part = result.latenciesMs.slice(from * perSecond, (from + stretch) * perSecond);
    const held = samples.slice(from, from + stretch + 1);
    const [first, last] = [held[0], held.at(-1)];
    if (first === undefined || last === undefined) break;
    const rate = (last.logBytes - first.logBytes) / 1e6 / (held.length - 1);
    const dirty = Math.max(...held.map((one) => one.dirtyBytes)) / 1e6;
    const cpu = last.cpuSeconds - first.cpuSeconds;
    const shares = [0.5, 0.99, 1].map((share) => percentile(part, share)).join(' | ');
    console.log(
      `| ${from}–${from + stretch} | ${shares} | ${rate.toFixed(0)} | ${dirty.toFixed(0)} | ${cpu.toFixed(1)} |`,
    );
  }
}

const cache = join(import.meta.dirname, '..', '..', '.cache');
mkdirSync(cache, { recursive: true });
for (const key of values.broker) {
  if (key !== 'skerry-process-crash' && key !== 'skerry-power-loss' && key !== 'kafka')
    throw new Error(`no broker is called ${key}`);
  const folder = mkdtempSync(join(cache, 'bench-writeback-'));
  const broker = makeBroker(key, { port: Number(values.port), folder });
  const end = (): void => {
    for (const child of children) child.kill('SIGKILL');
    broker.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  await broker.start();
  const measured = await run(broker, folder);
  await broker.stop();
  const output = join(folder, 'output.txt');
  const longTurns =
    key === 'kafka' ? '' : (readFileSync(output, 'utf8').match(/"longTurns":\d+|.*longTurns".*/g) ?? []);
  console.log(`\n${key}; paced messages failed: ${measured.result.failed ?? 'none'} ${String(longTurns)}\n`);
  print(measured);
  process.off('exit', end);
  end();
}
process.exit();
