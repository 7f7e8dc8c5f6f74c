/** Where a command reads and writes: data goes to `out`, what is said about it to `note`. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether somebody sits before `note`. */
  readonly isInteractive: boolean;
  /** Resolves when more may be written. */
  out(data: string | Uint8Array): Promise<void>;
  note(line: string): void;
  /** `text` in a style, where the terminal shows such. */
  styled(style: 'bold' | 'dim' | 'red' | 'yellow' | 'green', text: string): string;
}

const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39], green: [32, 39] } as const;

/**
 * The process's own terminal. Colours only for somebody who sits before it, and does not ask for none (no-color.org).
 */
export function processTerminal(): Terminal {
  const { env, stdin, stdout, stderr } = process;
  const colours = stderr.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  // A reader that has seen enough (`| head`) is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    stdin,
    env,
    isInteractive: stderr.isTTY,
    out: (data) =>
      new Promise((resolve) => {
        if (stdout.write(data)) resolve();
        else stdout.once('drain', resolve);
      }),
    note: (line) => {
      stderr.write(`${line}\n`);
    },
    styled: (style, text) => (colours ? `\u001b[${styles[style][0]}m${text}\u001b[${styles[style][1]}m` : text),
  };
}
