import { expect, test } from 'vitest';
import { pair, parse } from '../src/args.ts';
import type { Command } from '../src/command.ts';
import { UsageError } from '../src/failure.ts';

const command: Command = {
  path: ['send'],
  summary: 'Send.',
  positionals: ['TOPIC', 'FILE…'],
  options: [
    { name: 'offset', short: 'o', value: 'N', summary: '' },
    { name: 'header', short: 'H', value: 'K=V', multiple: true, summary: '' },
    { name: 'quiet', short: 'q', summary: '' },
    { name: 'brokers', value: 'LIST', env: 'BROKERS', summary: '' },
  ],
  examples: [],
  load: () => Promise.reject(new Error('not run')),
};

test('words, options in every form and switches are told apart', () => {
  const parsed = parse(
    command,
    ['t', '-o', '-5', '-q', 'f1', '-Ha=1', '--header=b=2', '--header', 'c=3', '--', '-x'],
    {},
  );
  expect(parsed.positionals).toEqual(['t', 'f1', '-x']);
  expect(parsed.text('offset')).toBe('-5');
  expect(parsed.all('header')).toEqual(['a=1', 'b=2', 'c=3']);
  expect([parsed.isSet('quiet'), parsed.isSet('brokers')]).toEqual([true, false]);
});

test('an option wins over its variable, and an empty variable is none', () => {
  expect(parse(command, ['t', 'f'], { BROKERS: 'env' }).text('brokers')).toBe('env');
  expect(parse(command, ['t', 'f', '--brokers', 'arg'], { BROKERS: 'env' }).text('brokers')).toBe('arg');
  expect(parse(command, ['t', 'f'], { BROKERS: '' }).isSet('brokers')).toBe(false);
});

test.each([
  [['t'], 'FILE is missing'],
  [[], 'TOPIC is missing'],
  [['t', 'f', '--ofset', '1'], 'no option --ofset. Did you mean --offset?'],
  [['t', 'f', '-z'], 'no option -z'],
  [['t', 'f', '--offset'], '--offset needs a value: --offset N'],
  [['t', 'f', '-o', '--quiet'], '-o needs a value: -o N'],
  [['t', 'f', '--quiet=yes'], '--quiet takes no value'],
  [['t', 'f', '-o', '1', '-o', '2'], '-o is given twice'],
])('%j is refused: %s', (args, message) => {
  expect(() => parse(command, args, {})).toThrow(new UsageError(message));
});

test('a word too many is refused where the words end', () => {
  expect(() => parse({ ...command, positionals: ['TOPIC'] }, ['t', 'x'], {})).toThrow('"x" is one word too many');
});

test.each([
  ['12', 12],
  ['0', '--offset 0: must be a whole number from 1 to 99'],
  ['-3', '--offset -3: must be a whole number from 1 to 99'],
  ['1e1', '--offset 1e1: must be a whole number from 1 to 99'],
])('the number %j is %j', (given, expected) => {
  const read = () => parse(command, ['t', 'f', '-o', given], {}).number('offset', 1, 99);
  expect(attempt(read)).toBe(expected);
});

test.each([
  ['a=b=c', ['a', 'b=c']],
  ['a=', ['a', '']],
  ['=b', '-c =b: must be KEY=VALUE'],
  ['ab', '-c ab: must be KEY=VALUE'],
])('the pair %j is %j', (given, expected) => {
  expect(attempt(() => pair(given, '-c'))).toEqual(expected);
});

function attempt<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
}
