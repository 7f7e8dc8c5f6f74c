/** Kafka's command-line tools at work: one JVM for all of them, a broker, and what most cases begin with. */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { fetchReferenceKafka, toolClass, toolCommand } from '../../../scripts/reference-kafka.ts';
import { type Broker, type BrokerOptions, startBroker } from '../broker.ts';
import type { Program } from '../toolchains/run.ts';

const run = promisify(execFile);

export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** These want the address behind their command, or without its name. */
const addressLast = new Set(['cluster']);
const addressPlain = new Set(['end-to-end-latency']);

export class ToolShell {
  /** For files that tools read. */
  readonly scratch = mkdtempSync(join(tmpdir(), 'skerry-tools-'));
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #broker: Broker;
  #count = 0;

  private constructor(child: ChildProcessWithoutNullStreams, broker: Broker) {
    this.#child = child;
    this.#broker = broker;
    this.#answers = createInterface(child.stdout)[Symbol.asyncIterator]();
    process.on('exit', () => child.kill('SIGKILL'));
  }

  static async open({ command, args }: Program, options: BrokerOptions = {}): Promise<ToolShell> {
    const child = spawn(command, args);
    return new ToolShell(child, await startBroker(undefined, options));
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#broker.stop();
    rmSync(this.scratch, { recursive: true });
  }

  get broker(): Broker {
    return this.#broker;
  }

  unique(what: string): string {
    return `${what}-${process.pid}-${this.#count++}`;
  }

  /** One tool at a time: they share one JVM, and its standard streams. */
  async tool(name: string, options: readonly string[], stdin = ''): Promise<Outcome> {
    const bootstrap = [...(addressPlain.has(name) ? [] : ['--bootstrap-server']), this.#broker.bootstrap];
    const args = addressLast.has(name) ? [...options, ...bootstrap] : [...bootstrap, ...options];
    this.#child.stdin.write(`${JSON.stringify({ class: toolClass(name), args, stdin })}\n`);
    const { value } = await this.#answers.next();
    return JSON.parse(value) as Outcome;
  }

  /** What a tool that does as it is told prints. */
  async output(name: string, options: readonly string[], stdin?: string): Promise<string> {
    const { exit, stdout, stderr } = await this.tool(name, options, stdin);
    expect(exit, `${stdout}\n${stderr}`).toBe(0);
    return stdout;
  }

  /** What a tool that cannot do what it is told prints. */
  async complaint(name: string, options: readonly string[], stdin?: string): Promise<string> {
    const { exit, stdout, stderr } = await this.tool(name, options, stdin);
    expect(exit, `${stdout}\n${stderr}`).not.toBe(0);
    return stdout + stderr;
  }

  /** The same of a tool that ends with 0 for all that: it was the broker that refused. */
  async refusal(name: string, options: readonly string[]): Promise<string> {
    const { exit, stdout, stderr } = await this.tool(name, options);
    expect(exit, `${stdout}\n${stderr}`).toBe(0);
    return stdout + stderr;
  }

  /** A tool that ends its JVM, or counts on its end, in one of its own. */
  async alone(name: string, options: readonly string[]): Promise<string> {
    const jars = await fetchReferenceKafka();
    const args = [...toolCommand(jars, name), '--bootstrap-server', this.#broker.bootstrap, ...options];
    return (await run('java', args, { maxBuffer: 1 << 24 })).stdout;
  }

  /** A topic with these lines in it. */
  async filled(lines: readonly string[], partitions = 1): Promise<string> {
    const topic = this.unique('tools');
    await this.output('topics', ['--create', '--topic', topic, '--partitions', String(partitions)]);
    await this.output('console-producer', ['--topic', topic], `${lines.join('\n')}\n`);
    return topic;
  }

  consume(topic: string, wanted: number, ...options: readonly string[]): Promise<string> {
    const much = ['--from-beginning', '--max-messages', String(wanted), '--timeout-ms', '20000'];
    return this.output('console-consumer', ['--topic', topic, ...much, ...options]);
  }
}
