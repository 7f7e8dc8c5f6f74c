/** Needs Java and Maven; without them it is skipped, and the committed frames are taken on trust. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goldenText } from './support/golden-frames.ts';

const has = (tool: string): boolean => spawnSync(tool, ['-version'], { stdio: 'ignore' }).status === 0;

test.skipIf(!has('java') || !has('mvn'))(
  'Kafka still writes the golden frames [Java, Maven]',
  () => {
    const script = join(import.meta.dirname, '../../../scripts/protocol/golden.ts');
    const made = spawnSync(process.execPath, [script], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    expect(made.status, made.stderr).toBe(0);
    expect(made.stdout === goldenText(), 'scripts/protocol/golden.ts prints the committed frames').toBe(true);
  },
  600_000,
);
