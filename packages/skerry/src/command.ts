import type { Parsed } from './args.ts';
import type { Terminal } from './terminal.ts';

/** One option of a command. */
export interface Option {
  /** Spelled out: `brokers` for `--brokers`. */
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; an option without it is a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** The environment variable that stands in for it. */
  readonly env?: string;
  readonly summary: string;
}

/** One command: all that the parser, the help and the completions know of it. */
export interface Command {
  /** The words that name it. */
  readonly path: readonly string[];
  readonly summary: string;
  /**
   * What follows the name; `…` at the end of the last one means that there may be more, brackets around it that there
   * may be none.
   */
  readonly positionals: readonly string[];
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  /** Below the options: what they cannot say. */
  readonly notes?: readonly string[];
  /** Loaded when it is wanted: what a command does not use costs no time. Resolves with the exit code. */
  readonly load: () => Promise<(parsed: Parsed, terminal: Terminal) => Promise<number>>;
}
