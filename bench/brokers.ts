/** Who is measured: how each is started, and how it is certain to end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startReferenceKafka } from '../scripts/reference-kafka.ts';
import { type Address, answersNow, assertBroker } from './control.ts';
import { skerryArguments } from './node.ts';

const root = join(import.meta.dirname, '..');

export const brokerKeys = [
  'skerry-process-crash',
  'skerry-power-loss',
  'kafka',
  'target',
  'floor',
  'floor-sync',
  'echo',
] as const;
export type BrokerKey = (typeof brokerKeys)[number];

export interface Broker {
  readonly key: BrokerKey;
  readonly name: string;
  /** What an acknowledgement means with this broker's settings, for the table. */
  readonly durability: string;
  readonly address: Address;
  /** Undefined for a broker that is not ours, or is down. */
  readonly pid: number | undefined;
  /** Resolves when it answers. On its second call its folder holds what the first left. */
  start(): Promise<void>;
  /** Resolves when it is gone; in good order unless told otherwise. */
  stop(signal?: 'SIGKILL'): Promise<void>;
  /** At once, whatever it is doing. */
  kill(): void;
}

const upMsMax = 30_000;
const stopMsMax = 15_000;

/** A server of ours as a child process; what it prints goes to a file in its folder. */
class ChildBroker implements Broker {
  readonly key: BrokerKey;
  readonly name: string;
  readonly durability: string;
  readonly address: Address;
  readonly #folder: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(about: Pick<Broker, 'key' | 'name' | 'durability' | 'address'>, folder: string, args: readonly string[]) {
    this.key = about.key;
    this.name = about.name;
    this.durability = about.durability;
    this.address = about.address;
    this.#folder = folder;
    this.#args = args;
  }

  get pid(): number | undefined {
    return running(this.#child) ? this.#child?.pid : undefined;
  }

  async start(): Promise<void> {
    await assertFree(this.address);
    mkdirSync(this.#folder, { recursive: true });
    const file = join(this.#folder, 'output.txt');
    const output = openSync(file, 'w');
    // The floor leaves when its channel closes; Skerry is started as users start it.
    const channel = this.#args.some((arg) => arg.endsWith('floor.ts')) ? (['ipc'] as const) : [];
    const child = spawn(process.execPath, this.#args, { cwd: root, stdio: ['ignore', output, output, ...channel] });
    this.#child = child;
    closeSync(output);
    child.on('error', () => {});
    const deadline = performance.now() + upMsMax;
    for (;;) {
      if (!running(child)) {
        throw new Error(`it ended at its start (${ending(child)}): ${lastWords(file)}`);
      }
      if (await answersNow(this.address)) return;
      if (performance.now() > deadline) throw new Error(`it did not answer within ${upMsMax / 1000} s`);
      await delay(5);
    }
  }

  async stop(signal?: 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !running(child)) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal ?? 'SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await ended;
    clearTimeout(overdue);
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }
}

/** Of what a failed server printed, the line that tells why; paths within the repository are shown from its root. */
function lastWords(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().replaceAll(root, '.').split('\n');
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
}

const running = (child: ChildProcess | undefined): boolean =>
  child?.pid !== undefined && child.exitCode === null && child.signalCode === null;

const ending = (child: ChildProcess): string =>
  child.signalCode === null ? `exit code ${child.exitCode}` : child.signalCode;

/** A foreign broker must not be mistaken for ours. */
async function assertFree(address: Address): Promise<void> {
  if (await answersNow(address)) throw new Error(`port ${address.port} is in use: choose another with --port`);
}

export type SkerryDurability = 'power-loss' | 'process-crash';

/** How a broker of each key is started, wherever its data is to lie. */
export interface MakeOptions {
  readonly port: number;
  readonly folder: string;
  /** For Node itself, such as --cpu-prof; Skerry's alone. */
  readonly nodeArgs?: readonly string[];
  readonly say?: (line: string) => void;
}

export function makeBroker(key: Exclude<BrokerKey, 'target'>, options: MakeOptions): Broker {
  switch (key) {
    case 'kafka':
      return kafka(options);
    case 'skerry-process-crash':
    case 'skerry-power-loss':
      return skerry(key === 'skerry-power-loss' ? 'power-loss' : 'process-crash', options);
    case 'floor':
    case 'floor-sync':
    case 'echo':
      return floor(key, options);
  }
}

function skerry(durability: SkerryDurability, { port, folder, nodeArgs = [] }: MakeOptions): Broker {
  // As the reference Kafka is set: groups do not wait for members that may come.
  const overrides = [`skerry.durability=${durability}`, 'group.initial.rebalance.delay.ms=0'];
  return new ChildBroker(
    { key: `skerry-${durability}`, name: 'Skerry', durability, address: { host: '127.0.0.1', port } },
    folder,
    [...nodeArgs, ...skerryArguments(folder, port), ...overrides.flatMap((one) => ['--override', one])],
  );
}

/** The floor also is the echo server, at a port of its own. */
function floor(key: 'floor' | 'floor-sync' | 'echo', { port, folder }: MakeOptions): Broker {
  const about = {
    key,
    name: key === 'echo' ? 'echo server' : 'floor',
    durability: { floor: 'page cache', 'floor-sync': 'power-loss', echo: 'nothing kept' }[key],
    address: { host: '127.0.0.1', port },
  } as const;
  const args = [join(import.meta.dirname, 'floor.ts'), String(port), folder, ...(key === 'floor-sync' ? ['sync'] : [])];
  return new ChildBroker(about, folder, args);
}

/** Apache Kafka with its default settings; `heap` as Kafka's own script sets it. */
function kafka({ port, folder, say = () => {} }: MakeOptions): Broker {
  let server: Awaited<ReturnType<typeof startReferenceKafka>> | undefined;
  const pidFile = join(folder, 'broker.pid');
  return {
    key: 'kafka',
    name: 'Kafka',
    durability: 'page cache',
    address: { host: '127.0.0.1', port },
    get pid() {
      return server?.pid;
    },
    async start() {
      server = await startReferenceKafka({ port, data: folder, heap: kafkaHeap, say });
    },
    async stop(signal) {
      await server?.stop(signal);
      server = undefined;
    },
    kill() {
      // The file tells of one that is still starting.
      const pid = server?.pid ?? (existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0);
      try {
        if (pid > 0) process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
      rmSync(pidFile, { force: true });
    },
  };
}

export const kafkaHeap = '1g';

/** A broker that somebody else runs: no process to look at. */
export function target(address: Address): Broker {
  return {
    key: 'target',
    name: `${address.host}:${address.port}`,
    durability: 'as configured',
    address,
    pid: undefined,
    async start() {
      await assertBroker(address);
    },
    async stop() {},
    kill() {},
  };
}
