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
  const index = ['../index.ts', '../all.ts', '../legacy.ts']
    .map((name) => readFileSync(join(messages, name), 'utf8'))
    .join('');
  const folders = ['messages', 'messages/legacy', 'internal'].filter((name) => existsSync(join(messages, '..', name)));
  const files = folders.flatMap((folder) =>
    readdirSync(join(messages, '..', folder)).map((name) => `./${folder}/${name}`),
  );
  const missing = files.filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.generated.ts') && !index.includes(`'${name}'`),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});
