/** The broker under test as a process: Skerry from its sources, or the reference Apache Kafka with its defaults. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuTime } from '../../bench/process.ts';
import { type ReferenceKafka, startReferenceKafka } from '../../scripts/reference-kafka.ts';

export type Target = 'skerry' | 'kafka';

export interface BrokerProcess {
  readonly pid: number;
  /** From the spawn until it served; and the processor's time that took, which says more on a busy machine. */
  readonly startedMs: number;
  readonly startedCpuMs: number;
  /** Resolves with the exit code, or the signal, once it is gone. */
  readonly ended: Promise<number | string>;
  kill(signal?: NodeJS.Signals): void;
  /**
   * Stops it in its tracks; SIGCONT or SIGKILL ends that. It answers nobody from then on. Calls that it has under way
   * in the system go on; `settled` waits for their end.
   */
  freeze(how: 'atOnce' | 'settled'): Promise<void>;
  /** The end of what it wrote to its error output. */
  output(): string;
}

export interface StartOptions {
  readonly target: Target;
  readonly port: number;
  readonly data: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly env?: Readonly<Record<string, string>>;
  /** In front of Skerry's command: what runs it. */
  readonly wrap?: readonly string[];
}

const root = join(import.meta.dirname, '..', '..');
/** On a machine that has other things to do. */
const startMsMax = 240_000;
/** A start takes it some 15 s of a processor. */
const kafkaStartMsMax = 900_000;
/** Syncs that are under way take their time on a busy disk. */
const freezeMsMax = 120_000;
const portTriesMax = 50;
const children = new Set<Pick<ChildProcess | ReferenceKafka, 'pid'>>();
process.on('exit', () => {
  for (const { pid } of children) {
    try {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
});

/**
 * A port of 21000-21499, below those the system gives out by itself, that is this process's until its end, also while
 * no broker listens there: runs side by side know that by the port 500 above, which stays taken. 10000 above is the
 * one that Kafka's controller takes.
 */
export async function ownPort(): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const port = 21_000 + Math.floor(Math.random() * 500);
    const mark = await listener(port + 500);
    if (mark === undefined) continue;
    mark.unref();
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
    mark.close();
  }
  throw new Error('no free port in 21000-21499');
}

const listener = (port: number) =>
  new Promise<Server | undefined>((done) => {
    const server = createServer();
    server.on('error', () => done(undefined));
    server.listen(port, '127.0.0.1', () => done(server));
  });

async function isFree(port: number): Promise<boolean> {
  const server = await listener(port);
  if (server === undefined) return false;
  await new Promise((done) => server.close(done));
  return true;
}

/** Sends SIGSTOP and waits until no thread can get back to its own code; `settled`: until none is in the system. */
async function freeze(pid: number, how: 'atOnce' | 'settled'): Promise<void> {
  const still = how === 'settled' ? 'TZX' : 'TDZX';
  const deadline = performance.now() + freezeMsMax;
  try {
    process.kill(pid, 'SIGSTOP');
    while (!statesOf(pid).every((state) => still.includes(state))) {
      if (performance.now() > deadline) throw new Error(`process ${pid} cannot be stopped: ${statesOf(pid).join('')}`);
      await delay(1);
    }
  } catch (error) {
    // It is gone by itself.
    if (!['ESRCH', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** A letter for each thread: R runs, S sleeps, D is in a call that cannot be interrupted, T is stopped. */
const statesOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map(
    (id) => / \(.*\) (\w)/s.exec(readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8'))?.[1] ?? 'R',
  );

function cpuMs(pid: number): number {
  const { userSeconds, systemSeconds } = cpuTime(pid) ?? { userSeconds: Number.NaN, systemSeconds: Number.NaN };
  return Math.round(1000 * (userSeconds + systemSeconds));
}

/** Starts a process without waiting for more: see `untilServing`. */
export function launchSkerry({ port, data, settings = {}, env = {}, wrap = [] }: StartOptions): BrokerProcess & {
  readonly serving: Promise<void>;
} {
  const overrides = Object.entries(settings).flatMap(([key, value]) => ['--override', `${key}=${value}`]);
  const main = join(root, 'packages', 'skerry', 'src', 'main.mjs');
  const args = ['--conditions=skerry-source', main, 'start', '--port', String(port), '--data', join(data, 'data')];
  const [command = '', ...rest] = [...wrap, join(root, 'node_modules', '.bin', 'node'), ...args, ...overrides];
  const child = spawn(command, rest, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const launchedAt = performance.now();
  let output = '';
  let startedMs = Number.NaN;
  let startedCpuMs = Number.NaN;
  const ended = new Promise<number | string>((done) => {
    child.once('close', (code, signal) => {
      children.delete(child);
      done(code ?? signal ?? 'nothing');
    });
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  });
  const serving = new Promise<void>((done, failed) => {
    let greeting = '';
    child.stdout.on('data', (chunk: Buffer) => {
      greeting += chunk.toString();
      if (!Number.isNaN(startedMs) || !/Kafka +127\.0\.0\.1:\d+/.test(greeting)) return;
      startedMs = performance.now() - launchedAt;
      startedCpuMs = cpuMs(child.pid ?? 0);
      done();
    });
    void ended.then((how) => failed(new Error(`Skerry did not start (${how}):\n${output}`)));
  });
  serving.catch(() => {});
  return {
    pid: child.pid ?? 0,
    get startedMs() {
      return startedMs;
    },
    get startedCpuMs() {
      return startedCpuMs;
    },
    ended,
    serving,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    freeze: (how) => freeze(child.pid ?? 0, how),
    output: () => output,
  };
}

/** Starts a broker and waits until it serves. Somebody's connection may have the port for a while: then once more. */
export async function startBroker(options: StartOptions): Promise<BrokerProcess> {
  for (let tries = 1; ; tries++) {
    try {
      return options.target === 'kafka' ? await startKafka(options) : await startSkerry(options);
    } catch (error) {
      if (tries === portTriesMax || !/EADDRINUSE|Address already in use|is in use$/m.test((error as Error).message))
        throw error;
      await delay(200);
    }
  }
}

async function startSkerry(options: StartOptions): Promise<BrokerProcess> {
  const broker = launchSkerry(options);
  const overdue = setTimeout(() => broker.kill(), startMsMax);
  try {
    await broker.serving;
  } finally {
    clearTimeout(overdue);
  }
  return broker;
}

async function startKafka({ port, data, settings = {} }: StartOptions): Promise<BrokerProcess> {
  const launchedAt = performance.now();
  const kafka = await startReferenceKafka({
    port,
    data,
    properties: settings,
    heap: '512m',
    withinMs: kafkaStartMsMax,
  });
  children.add(kafka);
  let stopped = (_how: string): void => {};
  const ended = new Promise<string>((done) => {
    stopped = done;
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    // Its note of its process id lies on the disk that is gone.
    await kafka.stop(signal === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM').catch(() => {});
    children.delete(kafka);
    stopped(signal);
  };
  return {
    pid: kafka.pid,
    startedMs: performance.now() - launchedAt,
    startedCpuMs: cpuMs(kafka.pid),
    ended,
    kill: (signal = 'SIGKILL') => void end(signal),
    freeze: (how) => freeze(kafka.pid, how),
    output: () => '',
  };
}
