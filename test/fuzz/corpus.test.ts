import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8Encode } from '@skerry/base';
import { expect, test } from 'vitest';
import { corpus } from './corpus.ts';
import { tryFrames } from './in-process.ts';

const frames = corpus();

test('every hostile frame is answered, readably, or closes its connection, alone and among the others', () => {
  expect(frames.length).toBeGreaterThanOrEqual(45);
  for (const { name, bytes } of frames) expect([name, tryFrames([bytes]).findings]).toEqual([name, []]);
  const all = frames.map(({ bytes }) => bytes);
  const { findings, frames: sent } = tryFrames([...all, ...all.toReversed()]);
  expect(findings).toEqual([]);
  expect(sent).toBe(2 * all.length);
});

test('a million tagged fields, empty ones, cost no more than their bytes', () => {
  // ApiVersions v3, whose header has them: tag and length, ascending tags.
  const tags = Array.from({ length: 1_000_000 }, (_, i) => [...varint(i), 0]).flat();
  const head = [0, 18, 0, 3, 0, 0, 0, 7, 0, 1, ...utf8Encode('x'), ...varint(1_000_000)];
  const begun = performance.now();
  const { findings, frames: sent } = tryFrames([Uint8Array.from([...head, ...tags, 2, 97, 2, 49, 0])]);
  expect(findings).toEqual([]);
  expect(sent).toBe(1);
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test('docs/hostile-frames.md tells of each', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'hostile-frames.md'), 'utf8');
  const rows = frames.map(({ name, what }) => `| \`${name}\` | ${what} |`);
  expect(text.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
});

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}
