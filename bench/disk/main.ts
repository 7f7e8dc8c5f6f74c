/**
 * What it costs that nothing acknowledged is lost: `npm run bench:disk`. Rounds of a row are interleaved.
 *
 *   --only ROW       paced, slow or bytes; may be repeated
 *   --seconds N      of each load (20)
 *   --rounds N       (3)
 *   --markdown FILE  writes the page
 *
 * paced: produce at acks=all, synced, 1,000 messages a second, against a bare loop of append and fdatasync.
 * slow:  200 partitions at 10 messages a second each against one, on a disk whose sync takes 10 ms (slow-sync.c), that
 *        syncs four files at once, or one. In memory where there is /dev/shm, so that no real disk adds to that.
 * bytes: what the file system (ext4 of its own) writes to its device per byte produced.
 */
import { execFileSync, fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrokerProcess, ownPort, startBroker } from '../../test/crash/process.ts';
import { Volume, whyNoPowerCuts } from '../../test/crash/volume.ts';
import { createTopic } from '../control.ts';
import type { PacedLoad, PacedResult } from './paced.ts';

const root = join(import.meta.dirname, '..', '..');
const partitions = 200;
const KiB = 1024;
const journal = { on: {}, off: { 'skerry.journal.bytes': '0' } } as const;
type Journal = keyof typeof journal;
const journals = ['on', 'off'] as const;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    markdown: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
/** Until the first commits of 200 new partitions are over: each syncs its file and its folder. */
const warmupSeconds = 12;
const wanted = (row: string): boolean => values.only?.includes(row) ?? true;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const folder = mkdtempSync(join(root, '.cache', 'bench-disk-'));
const memory = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/bench-disk-') : folder;
process.on('exit', () => {
  for (const made of [folder, memory]) rmSync(made, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const loadBefore = loadavg()[0]?.toFixed(1);

/** Lines of the table: what, with the journal, without. */
const lines: (readonly [what: string, on: string, off: string])[] = [];

interface Run {
  readonly name: string;
  readonly journal: Journal;
  readonly topics: number;
  readonly batchBytes: number;
  readonly batchesPerSecond: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the broker's data lies. */
  readonly data?: string;
}

/** A broker of its own, `topics` partitions, then the load; `before` it, what is to be noted first. */
async function run(about: Run, before: () => Promise<void> = async () => {}): Promise<PacedResult> {
  const data = about.data ?? mkdtempSync(join(folder, 'data-'));
  const port = await ownPort();
  const settings = { ...journal[about.journal], 'skerry.durability': 'power-loss' };
  const broker = await startBroker({ target: 'skerry', port, data, settings, env: { ...about.env } });
  try {
    const address = { host: '127.0.0.1', port };
    const topics = Array.from({ length: about.topics }, (_, i) => `load-${i}`);
    for (let at = 0; at < topics.length; at += 20) {
      await Promise.all(topics.slice(at, at + 20).map((topic) => createTopic(address, topic, {})));
    }
    await before();
    const { batchBytes, batchesPerSecond } = about;
    const result = await drive({ ...address, topics, batchBytes, batchesPerSecond, seconds, warmupSeconds });
    if (result.failed !== undefined) throw new Error(`${about.name}: ${result.failed}`);
    return result;
  } finally {
    await stop(broker);
    if (about.data === undefined) rmSync(data, { recursive: true, force: true });
  }
}

async function stop(broker: BrokerProcess): Promise<void> {
  broker.kill('SIGTERM');
  await broker.ended;
}

function drive(load: PacedLoad): Promise<PacedResult> {
  const child = fork(join(import.meta.dirname, 'paced.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((done, failed) => {
    child.once('message', done);
    child.once('error', failed);
    child.once('exit', () => failed(new Error('the load ended without a result')));
    child.send(load);
  });
}

function percentile(all: readonly number[], share: number): number {
  return all.toSorted((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN;
}
const p99 = (all: readonly number[]): number => percentile(all, 0.99);
const p50 = (all: readonly number[]): number => percentile(all, 0.5);
const median = (all: readonly number[]): number => percentile(all, 0.5);
const shown = (all: readonly number[], digits = 1): string =>
  all.length === 1
    ? (all[0] ?? Number.NaN).toFixed(digits)
    : `${median(all).toFixed(digits)} (${Math.min(...all).toFixed(digits)}–${Math.max(...all).toFixed(digits)})`;

/** Where data lies, and what is done to its syncs. */
interface Place {
  readonly title: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The p99 of a bare loop, at so many appends a second; 0 is as fast as it goes. */
function bareLoop(place: Place, perSecond: number): number {
  const count = perSecond === 0 ? 4000 : perSecond * seconds;
  const args = [join(import.meta.dirname, 'sync-loop.ts'), place.folder, String(count), String(perSecond)];
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26, env: { ...process.env, ...place.env } } as const;
  return p99(JSON.parse(execFileSync(process.execPath, args, options)) as number[]);
}

async function paced(): Promise<void> {
  await pacedAt({ title: 'the disk', folder, env: {} });
  if (memory === folder) return;
  const env = { LD_PRELOAD: buildShim(), SLOW_SYNC_US: '1000', SLOW_SYNC_ONE: '0' };
  await pacedAt({ title: 'memory, 1 ms a sync', folder: memory, env });
}

async function pacedAt(place: Place): Promise<void> {
  const fast: number[] = [];
  const atPace: number[] = [];
  const found = { on: [] as number[], off: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of journals) {
      fast.push(bareLoop(place, 0));
      atPace.push(bareLoop(place, 1000));
      const load = { topics: 1, batchBytes: KiB, batchesPerSecond: 1000 };
      const data = mkdtempSync(join(place.folder, 'data-'));
      const { latenciesMs } = await run({ name: 'paced', journal: kind, ...load, env: place.env, data });
      found[kind].push(p99(latenciesMs));
      const loops = `loop ${(fast.at(-1) ?? 0).toFixed(2)}, at that pace ${(atPace.at(-1) ?? 0).toFixed(2)}`;
      const own = `p50 ${p50(latenciesMs).toFixed(2)}, p99 ${p99(latenciesMs).toFixed(2)} ms`;
      say(`paced, ${place.title}, journal ${kind}: ${own}; ${loops}`);
    }
  }
  const what = `${place.title}: 1,000 messages of 1 KiB a second, one partition: p99, ms`;
  lines.push([what, shown(found.on, 2), shown(found.off, 2)]);
  for (const [how, loop] of [
    ['one after the other', fast],
    ['at that pace, from when each was due', atPace],
  ] as const) {
    const bound = 3 * median(loop) + 2;
    const verdict = (all: number[]) => (median(all) <= bound ? 'met' : 'missed');
    lines.push([`${place.title}: bare loop, append 1 KiB and fdatasync, ${how}: p99, ms`, shown(loop, 2), '']);
    lines.push([`${place.title}: ≤ 3 × that + 2 ms = ${bound.toFixed(2)} ms`, verdict(found.on), verdict(found.off)]);
  }
}

function buildShim(): string {
  const file = join(folder, 'slow-sync.so');
  const source = join(import.meta.dirname, 'slow-sync.c');
  const built = spawnSync('gcc', ['-shared', '-fPIC', '-O2', '-o', file, source, '-ldl', '-pthread']);
  if (built.status !== 0) throw new Error(`gcc cannot build ${source}: ${String(built.stderr)}`);
  return file;
}

async function slow(): Promise<void> {
  const shim = buildShim();
  for (const [title, one] of [
    ['four syncs at once', '0'],
    ['one sync at a time', '1'],
  ] as const) {
    const env = { LD_PRELOAD: shim, SLOW_SYNC_US: '10000', SLOW_SYNC_ONE: one };
    const found = {
      on: { few: [] as number[], many: [] as number[] },
      off: { few: [] as number[], many: [] as number[] },
    };
    for (let round = 0; round < rounds; round++) {
      for (const kind of journals) {
        for (const [size, topics] of [
          ['few', 1],
          ['many', partitions],
        ] as const) {
          const about = {
            name: title,
            journal: kind,
            topics,
            batchBytes: KiB,
            batchesPerSecond: 10,
            env,
            data: mkdtempSync(join(memory, 'data-')),
          };
          const { latenciesMs } = await run(about);
          found[kind][size].push(p99(latenciesMs));
          const [middle, high] = [p50(latenciesMs).toFixed(1), p99(latenciesMs).toFixed(1)];
          say(`${title}, journal ${kind}, ${topics} partitions: p50 ${middle}, p99 ${high} ms`);
        }
      }
    }
    const ratio = (kind: Journal) => found[kind].many.map((value, i) => value / (found[kind].few[i] ?? Number.NaN));
    const what = `10 ms a sync, ${title}:`;
    lines.push([`${what} one partition, 10 a second: p99, ms`, shown(found.on.few), shown(found.off.few)]);
    lines.push([
      `${what} ${partitions} partitions, 10 a second each: p99, ms`,
      shown(found.on.many),
      shown(found.off.many),
    ]);
    lines.push([`${what} ratio (goal with four at once: ≤ 3)`, shown(ratio('on'), 2), shown(ratio('off'), 2)]);
  }
}

/** Bytes that went to the device on which `mounted` lies, of 512 each as the kernel counts. */
async function deviceBytes(volume: Volume): Promise<number> {
  await volume.sync();
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const device = mounts.find((line) => line.split(' ')[1] === volume.folder)?.split(' ')[0] ?? '';
  return (
    Number(
      readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
        .trim()
        .split(/\s+/)[6],
    ) * 512
  );
}

async function bytes(): Promise<void> {
  const why = await whyNoPowerCuts(say);
  if (why !== undefined) {
    lines.push([`bytes written: not measured, ${why}`, '', '']);
    return;
  }
  for (const load of [
    { title: 'one partition, 16 KiB batches, 100 a second', topics: 1, batchBytes: 16 * KiB, batchesPerSecond: 100 },
    { title: 'one partition, 1 KiB batches, 10 a second', topics: 1, batchBytes: KiB, batchesPerSecond: 10 },
    { title: '200 partitions, 1 KiB batches, 10 a second each', topics: 200, batchBytes: KiB, batchesPerSecond: 10 },
  ]) {
    const found: Record<Journal, string> = { on: '', off: '' };
    for (const kind of journals) {
      const volume = await Volume.make('ext4');
      try {
        const data = join(volume.folder, 'node');
        mkdirSync(data);
        let begin = 0;
        const about = { name: load.title, journal: kind, ...load, data };
        const result = await run(about, async () => {
          begin = await deviceBytes(volume);
        });
        found[kind] = (((await deviceBytes(volume)) - begin) / result.bytes).toFixed(2);
        say(`${load.title}, journal ${kind}: ${found[kind]} bytes written a byte produced`);
      } finally {
        await volume.destroy();
      }
    }
    lines.push([`bytes written to the device per byte produced: ${load.title}`, found.on, found.off]);
  }
}

if (wanted('paced')) await paced();
if (wanted('slow')) await slow();
if (wanted('bytes')) await bytes();

const fileSystem = () => execFileSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' }).trim();
const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' });
const about = [
  `- machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
  `- load before the run: ${loadBefore}`,
  `- commit: ${commit.status === 0 ? commit.stdout.trim() : 'not under git'}`,
  `- the disk: a file system of type ${fileSystem()}; of delayed syncs: ${memory === folder ? 'the same' : 'memory'}`,
  `- each load ${seconds} s after ${warmupSeconds} s of warm-up, ${rounds} rounds`,
];
const page = `# What durability costs

Median of the rounds, with the least and the most in brackets. With the journal, and with \`skerry.journal.bytes=0\`,
which syncs each file. One connection a partition; latency counts from when a batch was due to its acknowledgement.
This page is written by \`npm run bench:disk -- --markdown docs/benchmarks-disk.md\`.

| what | journal | without |
| --- | --- | --- |
${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

${about.join('\n')}
`;
process.stdout.write(page);
if (values.markdown !== undefined) writeFileSync(values.markdown, page);
