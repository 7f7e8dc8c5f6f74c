import { expect, test } from 'vitest';
import { parse } from '../src/args.ts';
import { run } from '../src/cli.ts';
import { commands } from '../src/commands.ts';
import { recorded } from './terminal.ts';

const paths = [[], ['topic'], ...commands.map(({ path }) => path)];

test.each(paths.map((path) => [['skerry', ...path].join(' '), path] as const))('%s --help', async (name, path) => {
  const terminal = recorded();
  expect(await run([...path, '--help'], terminal)).toBe(0);
  await expect(terminal.written.out).toMatchFileSnapshot(`help/${name.replaceAll(' ', '-')}.txt`);
  expect(terminal.written.note).toBe('');
});

test('each line of help fits a terminal of 120 columns', async () => {
  for (const path of paths) {
    const terminal = recorded();
    await run([...path, '--help'], terminal);
    for (const line of terminal.written.out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(120);
  }
});

test('each example is one that the parser takes', () => {
  for (const command of commands) {
    for (const example of command.examples) {
      const written = /skerry (.*?)(?: \| (?!skerry).*)?$/.exec(example)?.[1] ?? '';
      const words = [...written.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
      expect(words.slice(0, command.path.length)).toEqual(command.path);
      expect(() => parse(command, words.slice(command.path.length), {}), example).not.toThrow();
    }
  }
});

test('no two options of a command share a letter', () => {
  for (const { options } of commands) {
    const letters = options.flatMap(({ short }) => short ?? []);
    expect(new Set([...letters, 'h']).size).toBe(letters.length + 1);
  }
});
