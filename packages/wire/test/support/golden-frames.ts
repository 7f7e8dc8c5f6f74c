import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What golden/GoldenFrames.java has printed: one message as Kafka writes it. */
export interface GoldenFrame {
  readonly name: string;
  readonly version: number;
  readonly pattern: string;
  readonly bytes: Uint8Array;
  /** What Kafka's own converter says it holds; for the pattern `full` alone. */
  readonly json: unknown;
}

const goldenPath = `${import.meta.dirname}/../golden/frames.txt.gz`;

export function goldenText(): string {
  return gunzipSync(readFileSync(goldenPath)).toString('utf8');
}

export function goldenFrames(): readonly GoldenFrame[] {
  return goldenText()
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name = '', version, pattern = '', base64 = ''] = line.split(' ', 4);
      const json = pattern === 'full' ? line.slice(line.indexOf('{')) : undefined;
      return {
        name,
        version: Number(version),
        pattern,
        bytes: Uint8Array.from(Buffer.from(base64, 'base64')),
        json: json === undefined ? undefined : JSON.parse(json),
      };
    });
}
