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

/** Those of today's messages, or of the versions that Kafka 4 no longer has. */
type Age = 'frames' | 'legacy-frames';

export function goldenText(age: Age = 'frames'): string {
  return gunzipSync(readFileSync(`${import.meta.dirname}/../golden/${age}.txt.gz`)).toString('utf8');
}

export function goldenFrames(age: Age = 'frames'): readonly GoldenFrame[] {
  return goldenText(age)
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
