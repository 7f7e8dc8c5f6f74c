/** Names the cases an older client cannot even compile: skipped, and seen to be. */
/* oxlint-disable vitest/valid-title, vitest/no-disabled-tests -- the titles are those of the files left out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';

export function notInThisClient(...files: readonly string[]): void {
  const sources = files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('');
  const names = [...sources.matchAll(/CASES\.put\("([^"]+)"/g)].map(([, name]) => `${name} (not in this client)`);
  describe.skip('what newer clients can', () => {
    test.each(names)('%s', () => {});
  });
}
