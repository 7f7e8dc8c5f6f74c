/** Needs Java and Maven; without them it is skipped, and the committed frames are taken on trust. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { goldenText } from './support/golden-frames.ts';

const path = (process.env['PATH'] ?? '').split(delimiter);
const has = (tool: string): boolean => path.some((folder) => existsSync(join(folder, tool)));

test.skipIf(!has('java') || !has('mvn')).each([
  ['frames', []],
  ['legacy-frames', ['--legacy']],
] as const)('Kafka still writes the golden %s [Java, Maven]', { timeout: 600_000 }, (age, flags) => {
  const script = join(import.meta.dirname, '../../../scripts/protocol/golden.ts');
  const made = spawnSync(process.execPath, ['--conditions=skerry-source', script, ...flags], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect({ status: made.status, said: made.stderr }).toMatchObject({ status: 0 });
  // Compared as one truth: a difference of a megabyte helps nobody.
  expect(made.stdout === goldenText(age)).toBe(true);
});
