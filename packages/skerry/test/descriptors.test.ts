import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@skerry/base';
import { afterAll, expect, test } from 'vitest';
import { connectionsPossible } from '../src/descriptors.ts';

const folder = mkdtempSync(join(tmpdir(), 'skerry-descriptors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const possible = (line: string): number => {
  const file = join(folder, 'limits');
  writeFileSync(file, `Limit                     Soft Limit           Hard Limit           Units\n${line}\n`);
  return connectionsPossible(file);
};

test('connections leave the files of the disk their descriptors', () => {
  expect(possible('Max open files            20000                20000                files')).toBe(
    20_000 - limits.openFilesMax - 128,
  );
  expect(possible('Max open files            1024                 4096                 files')).toBe(512);
});

test('a system that does not tell how many there are sets no bound', () => {
  expect(possible('Max open files            unlimited            unlimited            files')).toBe(Infinity);
  expect(connectionsPossible(join(folder, 'none'))).toBe(Infinity);
});
