import { Readable } from 'node:stream';
import type { Terminal } from '../src/terminal.ts';

/** A terminal that remembers what was written to it. */
export interface Recorded extends Terminal {
  readonly written: { out: string; note: string };
}

export function recorded(env: Readonly<Record<string, string>> = {}, input = ''): Recorded {
  const written = { out: '', note: '' };
  return {
    written,
    env,
    stdin: Readable.from([Buffer.from(input)]) as unknown as NodeJS.ReadStream,
    isInteractive: false,
    out: (data) => {
      written.out += typeof data === 'string' ? data : Buffer.from(data).toString();
      return Promise.resolve();
    },
    note: (line) => {
      written.note += `${line}\n`;
    },
    styled: (_style, text) => text,
  };
}
