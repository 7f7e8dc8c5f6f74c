/**
 * A real broker process for tests of real clients: Skerry from its sources or the reference Apache Kafka, one face.
 *
 * SKERRY_TEST_TARGET=kafka runs every suite against the reference. Ports are free ones of 22000-22499 (Kafka's
 * controller takes PORT+10000). Every process started here is killed with its worker at the latest.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { answers, type ReferenceKafka, startReferenceKafka } from '../../scripts/reference-kafka.ts';

export type BrokerKind = 'skerry' | 'kafka';

export const target: BrokerKind = process.env['SKERRY_TEST_TARGET'] === 'kafka' ? 'kafka' : 'skerry';

export interface Broker {
  readonly kind: BrokerKind;
  readonly port: number;
  /** `127.0.0.1:PORT`, the same for the broker's whole life. */
  readonly bootstrap: string;
  readonly data: string;
  /** Ends it as an operator would (unless it is dead already), and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** SIGKILL; `restart()` brings it back. */
  kill9(): Promise<void>;
  /** Ends it and, when the folder was made here, removes its data. */
  stop(): Promise<void>;
  /** The end of what it wrote to its output. */
  log(): string;
}

export interface BrokerOptions {
  readonly port?: number;
  readonly data?: string;
  /** Server settings under Kafka's names. */
  readonly overrides?: Readonly<Record<string, string | number | boolean>>;
}

/** One running process of either kind. */
interface Running {
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Settings that make single-node suites quick; both kinds get the first, the rest is about Kafka's internal topics. */
const quick = { 'group.initial.rebalance.delay.ms': 0 };
const quickKafka = { 'offsets.topic.num.partitions': 1, 'transaction.state.log.num.partitions': 1 };

const root = join(import.meta.dirname, '..', '..');
/** A start takes about a second, and on a shared machine that does not get to it thirty. */
const startMsMax = 120_000;
const children = new Set<ChildProcess | ReferenceKafka>();
process.on('exit', () => {
  for (const child of children) {
    try {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
});

const free = (port: number) =>
  new Promise<boolean>((done) => {
    const server = createServer();
    server.on('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

/** Workers draw at random, so that two seldom race for one port; a lost race is drawn again by `startBroker`. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const port = 22_000 + Math.floor(Math.random() * 500);
    if ((await free(port)) && (await free(port + 10_000))) return port;
  }
  throw new Error('no free port in 22000-22499');
}

async function startSkerry(port: number, data: string, overrides: BrokerOptions['overrides']): Promise<Running> {
  const settings = Object.entries(overrides ?? {}).flatMap(([key, value]) => ['--override', `${key}=${value}`]);
  const child = spawn(
    join(root, 'node_modules', '.bin', 'node'),
    ['--conditions=skerry-source', join(root, 'packages', 'skerry', 'src', 'main.mjs')].concat([
      'start',
      '--port',
      String(port),
      '--data',
      join(data, 'data'),
      ...settings,
    ]),
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  children.add(child);
  const log = join(data, 'broker.log');
  appendFileSync(log, '');
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => appendFileSync(log, chunk));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const deadline = performance.now() + startMsMax;
  while (!(await answers(port))) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(
        `Skerry did not start on ${port} (${child.exitCode ?? child.signalCode ?? 'deadline'}):\n${tail(log)}`,
      );
    }
    await delay(15);
  }
  return {
    async stop(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        const overdue = setTimeout(() => child.kill('SIGKILL'), 15_000);
        await ended;
        clearTimeout(overdue);
      }
      children.delete(child);
    },
  };
}

async function startKafka(port: number, data: string, overrides: BrokerOptions['overrides']): Promise<Running> {
  const kafka = await startReferenceKafka({
    port,
    data,
    properties: { ...quickKafka, ...overrides },
    heap: '384m',
    withinMs: 180_000,
  });
  children.add(kafka);
  return {
    async stop(signal) {
      await kafka.stop(signal);
      children.delete(kafka);
    },
  };
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-3000);
  } catch {
    return '';
  }
}

/** Starts a broker and resolves when it accepts connections. */
export async function startBroker(kind: BrokerKind = target, options: BrokerOptions = {}): Promise<Broker> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'skerry-clients-'));
  const start = kind === 'skerry' ? startSkerry : startKafka;
  const overrides = { ...quick, ...options.overrides };
  const port = options.port ?? (await freePort());
  let running: Running;
  try {
    running = await start(port, data, overrides);
  } catch (error) {
    if (options.port !== undefined || !/in use|EADDRINUSE/.test(String(error))) throw error;
    return await startBroker(kind, options);
  }
  return {
    kind,
    port,
    data,
    bootstrap: `127.0.0.1:${port}`,
    async restart() {
      await running.stop('SIGTERM');
      running = await start(port, data, overrides);
    },
    async kill9() {
      await running.stop('SIGKILL');
    },
    async stop() {
      // Kafka takes up to half a minute to say goodbye to clients still connected: its farewell is not what we test.
      await running.stop(kind === 'kafka' ? 'SIGKILL' : 'SIGTERM');
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    },
    log: () => tail(join(data, 'broker.log')),
  };
}
