/** What the toolchains share: what a client is, and commands that install or compile. */
import { type ExecFileException, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../../scripts/reference-kafka.ts';
import type { Feature } from '../features.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A client that is ready to run, or why it cannot be had here. */
export type Toolchain = Program | { readonly missing: string };

/** One client: a suite, a step of install-clients.mjs, and a row of docs/clients.md. */
export interface Client {
  /** With its version: the name of its suite and of its row. */
  readonly name: string;
  /** Its test files, or folders of them with a `/` at the end, under test/clients. */
  readonly tests: readonly string[];
  /** Part of `npm test`; the others are of `npm run clients` only. */
  readonly everyTime?: true;
  /** Fetches and compiles once, into the cache folder; quick when that is done. */
  readonly install: () => Promise<Toolchain>;
  /** What the broker of its suite is given besides. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** The features that it has no case of, each with the reason. */
  readonly lacks?: Partial<Readonly<Record<Feature, string>>>;
  /** Tests of its own that cannot pass yet, by name, each with the reason. */
  readonly notYet?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What the command printed; its complaint when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const env = { ...process.env, ...options.env };
  return new Promise((done, failed) => {
    const heard = (error: ExecFileException | null, stdout: string, stderr: string) => {
      if (error === null) done(stdout);
      else failed(new Error(`${command}: ${error.message.slice(0, 2000)}\n${stderr.slice(-2000)}`));
    };
    execFile(command, args, { maxBuffer: 1 << 24, ...options, env }, heard);
  });
}

/** The reason when the machine lacks one of the commands. */
export async function lacking(
  commands: readonly (readonly [command: string, flag: string])[],
): Promise<string | undefined> {
  for (const [command, flag] of commands) {
    const found = await run(command, [flag]).then(
      () => true,
      () => false,
    );
    if (!found) return `${command} is not on this machine`;
  }
  return undefined;
}

/** Names a folder after all that goes into it, so that it is current or absent. */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}

/** Fills a folder once, whoever asks at the same time; what is left of a broken attempt is `make`'s to clear. */
export async function once(folder: string, make: () => Promise<void>): Promise<void> {
  const done = join(folder, '.made');
  if (existsSync(done)) return;
  await withLock(`${folder}.making`, async () => {
    if (existsSync(done)) return;
    await make();
    mkdirSync(folder, { recursive: true });
    writeFileSync(done, '');
  });
}
