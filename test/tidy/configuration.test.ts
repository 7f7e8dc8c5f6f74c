import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configReference } from '../../scripts/print-config.ts';

test('docs/configuration.md is what the table prints (else run scripts/print-config.ts)', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configReference());
});
