/**
 * How the process comes to its end: told to, or because it cannot go on.
 *
 * An end of the second kind is said in one line, and noted in the data folder for the next start to count: five within
 * an hour, and the node leaves its disk alone.
 */
import type { Disk } from '@skerry/base';
import { recordBadEnd } from '@skerry/broker';
import { shortStack } from './cli.ts';
import type { EventLog } from './event-log.ts';
import { exitCodeOf, exitCodes } from './failure.ts';

/** A Ctrl-C may reach us twice, through npm and by itself; only one after this long means "now". */
const impatientMs = 2000;
/** A stop in good order that takes longer is given up: the next start recovers. */
const stopMsMax = 30_000;

const advice: Readonly<Record<number, string>> = {
  [exitCodes.disk]:
    'Nothing was acknowledged after this. Start the node again: it recovers. ' +
    'If this comes back, the disk is failing: see docs/operations.md.',
  [exitCodes.software]:
    'A defect of Skerry: it stopped before anything wrong was written or told. ' +
    'Start the node again: it recovers. Please report this line.',
};

export class Ending {
  readonly #log: EventLog;
  #noteIn: Disk | undefined;
  #askedAt: number | undefined;
  #tell: ((signal: string) => void) | undefined;

  constructor(log: EventLog) {
    this.#log = log;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#signalled(signal));
    process.on('uncaughtException', (error) => this.failed(error));
    process.on('unhandledRejection', (reason) => {
      this.failed(reason instanceof Error ? reason : new Error(String(reason)));
    });
  }

  /** Bad ends are noted on `disk` from now on: the folder is ours, and may be written to. */
  noteIn(disk: Disk): void {
    this.#noteIn = disk;
  }

  /** Resolves with the signal that asks for a stop. */
  asked(): Promise<string> {
    return new Promise((resolved) => {
      this.#tell = resolved;
    });
  }

  /** Ends the process because of `error`, at once: no answer that is not on its way is sent any more. */
  failed(error: Error, exitCode: number = codeOf(error)): never {
    const code = 'code' in error && error.name === 'OperatingError' ? String(error.code) : error.name;
    const stack = exitCode === exitCodes.software ? { stack: shortStack(error) } : {};
    const facts = { code, exit: exitCode, why: error.message, ...stack, todo: advice[exitCode] };
    try {
      this.#log.logger.fatal(facts, 'ended');
    } finally {
      this.#note(exitCode, `${code}: ${error.message}`);
      this.#now(exitCode);
    }
  }

  #note(exitCode: number, why: string): void {
    if (this.#noteIn === undefined || advice[exitCode] === undefined) return;
    try {
      recordBadEnd(this.#noteIn, { wallMs: Date.now(), exitCode, why });
    } catch {
      // The disk that failed may refuse this too: then the end is not counted.
    }
  }

  #now(code: number): never {
    this.#log.flush();
    process.exit(code);
  }

  #signalled(signal: string): void {
    const now = performance.now();
    if (this.#askedAt !== undefined) {
      if (now - this.#askedAt > impatientMs) this.#now(exitCodes.interrupted);
      return;
    }
    this.#askedAt = now;
    // Before it has started there is nothing to close in good order.
    if (this.#tell === undefined) this.#now(exitCodes.interrupted);
    this.#tell(signal);
    setTimeout(() => this.#now(exitCodes.failed), stopMsMax).unref();
  }
}

/** What nobody expected is a defect of ours. */
const codeOf = (error: Error): number => (error.name === 'OperatingError' ? exitCodeOf(error) : exitCodes.software);
