/**
 * Runs the cases of a client in another language: one process, a line in per case, a verdict out, one vitest test each.
 *
 * The process tells its cases first, `{"cases": [...]}`. Then a line `BOOTSTRAP<tab>CASE` is answered by
 * `{"case", "ok", "error"?}`, after any number of `{"ask": "restart" | "kill9"}`, which are answered by `done`.
 */
/* oxlint-disable vitest/valid-title, vitest/no-conditional-tests, vitest/no-disabled-tests --
   this file makes suites of what programs and machines tell it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from './broker.ts';
import type { Client, Program } from './toolchains/run.ts';

interface Line {
  readonly cases?: readonly string[];
  readonly case?: string;
  readonly ok?: boolean;
  readonly error?: string;
  readonly ask?: 'restart' | 'kill9';
}

class CaseProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #waiting: ((line: Line) => void)[] = [];
  readonly #come: Line[] = [];
  #stderr = '';
  #ended = false;

  constructor({ command, args, env }: Program) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env } });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-8000);
    });
    this.#lines = createInterface(this.#child.stdout);
    this.#lines.on('line', (text) => {
      // Clients print what they like: only our own lines are objects.
      if (text.startsWith('{"')) this.#deliver(JSON.parse(text) as Line);
    });
    this.#child.on('error', (error) => this.#deliver({ ok: false, error: String(error) }));
    this.#child.on('close', (code) => {
      this.#ended = true;
      this.#deliver({ ok: false, error: `the process ended with ${code}:\n${this.#stderr}` });
    });
    process.on('exit', () => this.#child.kill('SIGKILL'));
  }

  #deliver(line: Line): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#come.push(line);
    else waiting(line);
  }

  next(): Promise<Line> {
    const line = this.#come.shift();
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((done) => this.#waiting.push(done));
  }

  say(text: string): void {
    if (!this.#ended) this.#child.stdin.write(`${text}\n`);
  }

  /** What the client last complained about: printed with a failure. */
  get complaints(): string {
    return this.#stderr.slice(-2000);
  }

  end(): void {
    this.#child.stdin.end();
    this.#child.kill('SIGKILL');
  }
}

async function verdict(client: CaseProcess, name: string, broker: Broker): Promise<Line> {
  client.say(`${broker.bootstrap}\t${name}`);
  for (;;) {
    const line = await client.next();
    if (line.ask === undefined) return line;
    if (line.ask === 'kill9') await broker.kill9();
    else await broker.restart();
    client.say('done');
  }
}

/** A broker that creates no topics by itself: for the cases that say so. */
const strict = { overrides: { 'auto.create.topics.enable': false } };

/** The suite of a client; where its toolchain is missing a skip that says why, and where CI is set a failure. */
export async function foreignSuite({ name, install, settings = {} }: Client): Promise<void> {
  const toolchain = await install();
  if ('missing' in toolchain) {
    refuse(name, toolchain.missing);
    return;
  }
  const client = new CaseProcess(toolchain);
  const { cases, error } = await client.next();
  if (cases === undefined) throw new Error(`${name} did not start: ${error}`);
  let broker: Broker | undefined;

  describe(name, () => {
    beforeAll(async () => {
      broker = await startBroker(undefined, { overrides: settings });
    });
    afterAll(async () => {
      client.end();
      await broker?.stop();
    });
    test.each(cases)('%s', async (one) => {
      const other = one.includes('auto creation off') ? await startBroker(undefined, strict) : undefined;
      try {
        const used = other ?? broker;
        if (used === undefined) throw new Error('the broker did not start');
        const { ok, error } = await verdict(client, one, used);
        expect(ok, `${error}\n--- the client said\n${client.complaints}`).toBe(true);
      } finally {
        await other?.stop();
      }
    });
  });
}

/** Counts a suite that cannot run: as skipped, loudly; in CI as failed, for there nothing may be skipped unnoticed. */
export function refuse(name: string, reason: string): void {
  if (process.env['CI'] !== undefined) {
    describe(name, () => {
      test('its toolchain is there (in CI nothing is skipped)', () => expect.fail(reason));
    });
    return;
  }
  console.warn(`SKIPPED: ${name}: ${reason}`);
  describe.skip(`${name} (SKIPPED: ${reason})`, () => {
    test('all cases', () => expect.fail(reason));
  });
}
