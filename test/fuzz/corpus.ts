/** Frames, without their length, that broke others: one a file of hex, the first line of which says what it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HostileFrame {
  readonly name: string;
  readonly what: string;
  readonly bytes: Uint8Array;
}

const folder = join(import.meta.dirname, 'corpus');

export function corpus(): HostileFrame[] {
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const [head = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n');
      const bytes = new Uint8Array(Buffer.from(lines.join(''), 'hex'));
      return { name: file.replace(/\.txt$/, ''), what: head.replace(/^# /, ''), bytes };
    });
}
