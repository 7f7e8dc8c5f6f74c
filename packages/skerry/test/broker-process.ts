/** The binary as a process, for tests that end it, or start it on a data folder that was changed meanwhile. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', 'src', 'main.mjs');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningBroker {
  readonly port: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written so far. */
  readonly text: { out: string; err: string };
}

export interface LaunchOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node's own. */
  readonly node?: readonly string[];
}

/** A folder, and the processes that work in it; all of it goes with {@link Workshop.close}. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'skerry-operator-'));
  readonly data = join(this.folder, 'data');
  readonly #children = new Set<ChildProcess>();

  /** Runs a command to its end. */
  async skerry(args: readonly string[], input = ''): Promise<Ended> {
    return this.begin(args, input).ended;
  }

  /** Begins a command that may not come to its end. */
  begin(args: readonly string[], input: string): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    const { child, ended } = this.launch(args);
    child.stdin?.end(input);
    return { child, ended };
  }

  /** The same, with its input left open. */
  launch(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    return this.#launch(args, {});
  }

  /** Starts a broker on the data folder, and resolves once it says where it listens. */
  async start(args: readonly string[] = [], options: LaunchOptions = {}): Promise<RunningBroker> {
    const { child, ended, text } = this.#launch(['start', '--data', this.data, '--port', '0', ...args], options);
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', () => {
        const found = /Kafka +127\.0\.0\.1:(\d+)/.exec(text.out)?.[1];
        if (found !== undefined) resolve(found);
      });
      void ended.then(({ code, err }) => reject(new Error(`ended with ${code}: ${err}`)));
    });
    return { port, child, ended, text };
  }

  /** Runs `skerry start` where it is expected to end by itself. */
  async failToStart(args: readonly string[] = [], options: LaunchOptions = {}): Promise<Ended> {
    return this.#launch(['start', '--data', this.data, '--port', '0', ...args], options).ended;
  }

  async stop(broker: RunningBroker): Promise<Ended> {
    broker.child.kill('SIGTERM');
    return broker.ended;
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #launch(args: readonly string[], { env = {}, node = [] }: LaunchOptions) {
    const child = spawn(process.execPath, ['--conditions=skerry-source', ...node, main, ...args], {
      cwd: this.folder,
      env: { ...process.env, SKERRY_BROKERS: '', SKERRY_DATA: '', ...env },
    });
    this.#children.add(child);
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => {
        this.#children.delete(child);
        resolve({ code, ...text });
      });
    });
    return { child, text, ended };
  }
}
