import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiKeys } from '@skerry/wire/all';
import { expect, test } from 'vitest';
import { printStraight, straightApis } from '../../scripts/protocol/straight.ts';

const messages = join(import.meta.dirname, '../../packages/wire/src/messages');

test.each([...apiKeys.values()].filter(({ name }) => straightApis.includes(name)))(
  'the straight-line code of $name is what its tables print: run scripts/protocol/import.ts',
  ({ key, request, response }) => {
    const file = readdirSync(messages).find(
      (name) => name.startsWith(`${String(key).padStart(2, '0')}-`) && name.endsWith('.generated.ts'),
    );
    expect(file).toBeDefined();
    expect(readFileSync(join(messages, file ?? ''), 'utf8')).toBe(printStraight([request, response]));
  },
);

test('every file of messages is exported by the package', () => {
  const index = ['../index.ts', '../all.ts'].map((name) => readFileSync(join(messages, name), 'utf8')).join('');
  const folders = ['messages', 'internal'].map((name) => join(messages, '..', name)).filter((path) => existsSync(path));
  const files = folders.flatMap((path) =>
    readdirSync(path).map((name) => `./${path.endsWith('internal') ? 'internal' : 'messages'}/${name}`),
  );
  const missing = files.filter((name) => !name.endsWith('.generated.ts') && !index.includes(`'${name}'`));
  expect(files.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});
