import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Source, untidy } from './rules.ts';

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.mjs', '*.md', '*.json'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const sources: Source[] = tracked
  .filter((path) => path.endsWith('.ts') && !path.startsWith('test/tidy/'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

test('every source is tidy', () => {
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.flatMap(untidy)).toEqual([]);
});

test.each([
  ['an import up the layers', 'log', "import { Raft } from '@skerry/raft';", 'log must not import @skerry/raft'],
  [
    'a file in a pure package',
    'log',
    "import { open } from 'node:fs/promises';",
    'log must not import node:fs/promises',
  ],
  ['a wall clock in a pure package', 'wire', 'const now = Date.now();', 'use Clock.wallMs()'],
  ['chance in a pure package', 'broker', 'const n = Math.random();', 'use the Random door'],
  ['an untyped cast', 'io', 'const x = y as any;', 'use a type guard'],
  ['a wide line', 'io', `// ${'x'.repeat(130)}`, 'columns, more than 120'],
  ['a long file', 'io', '\n'.repeat(450), 'lines, more than 400'],
])('%s is reported', (_what, name, text, problem) => {
  expect(untidy({ path: `packages/${name}/src/x.ts`, text }).join('\n')).toContain(problem);
});

test('a handler without a contract, or that imports another, is reported', () => {
  const problems = untidy({ path: 'packages/broker/src/handlers/99-x.ts', text: "import { y } from './01-fetch.ts';" });
  expect(problems.join('\n')).toMatch(/states what it answers[\s\S]*must not import another/);
});

test('a date is allowed where the world is', () => {
  expect(untidy({ path: 'packages/io/src/x.ts', text: 'const now = Date.now();' })).toEqual([]);
});

test('nothing committed names a machine path or a registry host', () => {
  const paths =
    /\/(work|farm)\/|\/root\/|https?:\/\/[a-z0-9.-]*(npmjs|maven|golang|pythonhosted|pypi|crates)[a-z0-9.-]*\//;
  const named = tracked.filter((path) => path !== 'test/tidy/tidy.test.ts' && paths.test(readFileSync(path, 'utf8')));
  expect(named).toEqual([]);
});
