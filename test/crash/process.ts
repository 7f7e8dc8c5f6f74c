/** The broker under test as a process: Skerry from its sources, or the reference Apache Kafka with its defaults. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ReferenceKafka, startReferenceKafka } from '../../scripts/reference-kafka.ts';

export type Target = 'skerry' | 'kafka';

export interface BrokerProcess {
  /** From the spawn until it served. */
  readonly startedMs: number;
  /** Resolves with the exit code, or the signal, once it is gone. */
  readonly ended: Promise<number | string>;
  kill(signal?: NodeJS.Signals): void;
  /** The end of what it wrote to its error output. */
  output(): string;
}

export interface StartOptions {
  readonly target: Target;
  readonly port: number;
  readonly data: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly env?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '..', '..');
/** A broker that takes longer is not "back in seconds by itself". */
const startMsMax = 30_000;
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
 * A port of 21000-21999, below those the system gives out by itself, that is free now, and 10000 above it the one that
 * Kafka's controller takes.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const port = 21_000 + Math.floor(Math.random() * 1000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
  throw new Error('no free port in 21000-21999');
}

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const server = createServer();
    server.on('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

/** Starts a process without waiting for more: see `untilServing`. */
export function launchSkerry({ port, data, settings = {}, env = {} }: StartOptions): BrokerProcess & {
  readonly serving: Promise<void>;
} {
  const overrides = Object.entries(settings).flatMap(([key, value]) => ['--override', `${key}=${value}`]);
  const main = join(root, 'packages', 'skerry', 'src', 'main.ts');
  const args = ['--conditions=skerry-source', main, 'start', '--port', String(port), '--data', join(data, 'data')];
  const child = spawn(join(root, 'node_modules', '.bin', 'node'), [...args, ...overrides], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const launchedAt = performance.now();
  let output = '';
  let startedMs = Number.NaN;
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
      done();
    });
    void ended.then((how) => failed(new Error(`Skerry did not start (${how}):\n${output}`)));
  });
  serving.catch(() => {});
  return {
    get startedMs() {
      return startedMs;
    },
    ended,
    serving,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    output: () => output,
  };
}

/** Starts a broker and waits until it serves. */
export async function startBroker(options: StartOptions): Promise<BrokerProcess> {
  if (options.target === 'kafka') return await startKafka(options);
  // While a broker is down, somebody else may look at its port.
  for (let tries = 0; tries < 50 && !(await isFree(options.port)); tries++) await delay(100);
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
  const kafka = await startReferenceKafka({ port, data, properties: settings, heap: '512m' });
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
    startedMs: performance.now() - launchedAt,
    ended,
    kill: (signal = 'SIGKILL') => void end(signal),
    output: () => '',
  };
}
