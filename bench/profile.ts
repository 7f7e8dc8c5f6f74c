/**
 * Where Skerry's time goes: each row against a Skerry of its own under V8's sampling profiler, then under strace
 * where it is installed. Both slow it down, so neither run's rate means anything; the shares do.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Broker, SkerryDurability } from './brokers.ts';
import type { Field } from './field.ts';
import { type Measurement, processesRunning } from './measure/drive.ts';
import { kindOf } from './measure/kinds.ts';
import type { Options } from './options.ts';
import type { Row } from './rows.ts';

/** The parts of a .cpuprofile that count here (Chrome DevTools protocol, Profiler.Profile). */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const functionsShown = 25;
const systemCallsShown = 12;
const samplingUs = 200;
const warmupMegabytes = 50;

/** Self time of every function between two moments, most first. */
function selfTimes(
  profile: CpuProfile,
  beganUs: number,
  endedUs: number,
): readonly { readonly name: string; readonly us: number }[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, describe(callFrame)]));
  const sums = new Map<string, number>();
  let at = profile.startTime;
  for (const [i, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[i] ?? 0;
    at += delta;
    if (at < beganUs || at > endedUs) continue;
    const name = names.get(id) ?? '(unknown)';
    sums.set(name, (sums.get(name) ?? 0) + delta);
  }
  return [...sums].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us);
}

function describe({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const place = url.startsWith('file:') ? relative(join(import.meta.dirname, '..'), fileURLToPath(url)) : url;
  return `${functionName === '' ? '(anonymous)' : functionName}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`;
}

/** The thread that serves clients has number 0: CPU.DATE.TIME.PID.THREAD.SEQUENCE.cpuprofile. */
function mainProfile(folder: string): CpuProfile {
  const file = readdirSync(folder).find((name) => /\.0\.\d+\.cpuprofile$/.test(name));
  if (file === undefined) throw new Error('Skerry wrote no profile: it must end by itself on SIGTERM');
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
}

function printSelfTimes(profile: CpuProfile, { beganUs, endedUs, bytes, requests, cpu }: Measurement): void {
  const all = selfTimes(profile, beganUs, endedUs);
  const elapsed = endedUs - beganUs;
  const perGb = (seconds: number) => (seconds / (bytes / 1e9)).toFixed(2);
  const split =
    cpu === undefined ? '' : `, user ${perGb(cpu.userSeconds)} + system ${perGb(cpu.systemSeconds)} CPU s/GB`;
  console.log(`${(bytes / 1e6).toFixed(0)} MB, ${requests} requests in ${(elapsed / 1e6).toFixed(2)} s${split}`);
  console.log('   self  share  per request  function');
  for (const { name, us } of all.slice(0, functionsShown)) {
    const share = `${((100 * us) / elapsed).toFixed(1)} %`.padStart(7);
    const self = `${(us / 1000).toFixed(0)} ms`.padStart(8);
    const perRequest = `${(us / requests).toFixed(1)} µs`.padStart(12);
    console.log(`${self}${share}${perRequest}  ${name}`);
  }
}

/**
 * Attaches strace to `pid` for the length of `task`; returns what it counted, or undefined where there is no strace.
 */
async function countSystemCalls(pid: number, task: () => Promise<unknown>): Promise<string | undefined> {
  const tracer = spawn('strace', ['-f', '-c', '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  const attached = new Promise<boolean>((done) => {
    tracer.once('error', () => done(false));
    tracer.once('exit', () => done(false));
    tracer.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('attached')) done(true);
    });
  });
  if (!(await attached)) return undefined;
  processesRunning.add(tracer);
  const ended = new Promise((done) => tracer.once('close', done));
  try {
    await task();
  } finally {
    tracer.kill('SIGINT');
    await ended;
    processesRunning.delete(tracer satisfies ChildProcess);
  }
  return output.slice(Math.max(0, output.indexOf('% time')));
}

async function profileRow(options: Options, field: Field, row: Row, key: ProfiledKey): Promise<void> {
  const profiles = mkdtempSync(join(tmpdir(), 'skerry-profiles-'));
  const nodeArgs = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${samplingUs}`];
  const world = { ...options, note: (what: string) => console.log(what) };
  const measureOnce = async (broker: Broker, megabytes: number): Promise<Measurement> => {
    const bench = await kindOf(row).begin(broker, row, row.task, { ...world, megabytes });
    const { load } = await bench.measure();
    await bench.end();
    if (load === undefined) throw new Error(`${row.id} is no load`);
    return load;
  };
  console.log(`\n${row.title}, ${key}`);
  try {
    const profiled = field.own(row, key, [...options.nodeFlags, ...nodeArgs]);
    await profiled.start();
    await measureOnce(profiled, warmupMegabytes);
    const load = await measureOnce(profiled, options.megabytes);
    await field.endOwn();
    printSelfTimes(mainProfile(profiles), load);
  } finally {
    rmSync(profiles, { recursive: true, force: true });
  }
  const traced = field.own(row, key);
  await traced.start();
  const counts = await countSystemCalls(traced.pid ?? 0, () => measureOnce(traced, options.megabytes / 4));
  await field.endOwn();
  if (counts === undefined) console.log('no system call counts: strace is not installed, or may not attach');
  else console.log(`system calls, a quarter of the load:\n${counts.split('\n').slice(0, systemCallsShown).join('\n')}`);
}

type ProfiledKey = `skerry-${SkerryDurability}`;

export async function profile(options: Options, field: Field, say: (line: string) => void): Promise<void> {
  for (const row of options.rows) {
    const modes = options.durability.map((mode) => `skerry-${mode}` as const);
    const key = modes.find((mode) => row.brokers.includes(mode));
    if (row.task.kind !== 'produce' && row.task.kind !== 'fetch' && row.task.kind !== 'end-to-end') {
      say(`${row.id}: only loads of frames are profiled`);
    } else if (key === undefined) say(`${row.id}: not a row of ${modes.join(', ')}`);
    else await profileRow(options, field, row, key);
  }
}
