import { expect, test } from 'vitest';
import { compileRegex, regexProblem } from '../../../src/groups/regex/regex.ts';

test.each([
  ['foo', 'foo', true],
  ['foo', 'foobar', false],
  ['foo.*', 'foobar', true],
  ['^foo-[0-9]{2,3}$', 'foo-12', true],
  ['^foo-[0-9]{2,3}$', 'foo-1', false],
  ['(a|b)+c?', 'abba', true],
  ['[^a-c]+', 'xyz', true],
  ['[^a-c]+', 'xaz', false],
  ['(?i)FOO', 'foo', true],
  ['(?i:F)OO', 'foo', false],
  ['[[:alpha:]]+\\d?', 'abc1', true],
  ['\\pL+', 'abc', true],
  ['\\p{Greek}+', 'abc', false],
  ['\\Qa.b\\E', 'a.b', true],
  ['\\Qa.b\\E', 'axb', false],
  ['a\\.b', 'axb', false],
  ['(?P<name>x)y', 'xy', true],
  ['a{0,2}', 'aaa', false],
  ['a{2}', 'aa', true],
  ['x{', 'x{', true],
  ['.*\\bfoo', 'a.foo', true],
  ['.*\\bfoo', 'afoo', false],
  ['\\x41\\x{42}\\103', 'ABC', true],
  ['a|', '', true],
  ['', '', true],
])('%s against %s: %s', (regex, name, matches) => {
  expect(compileRegex(regex)(name)).toBe(matches);
});

test.each([
  '(',
  ')',
  'a**',
  'a+*',
  '*a',
  '[a',
  '[b-a]',
  'a{2,1}',
  'a{1001}',
  '\\1',
  '\\k',
  '(?=a)',
  '(?<=a)',
  '(?>a)',
  '\\p{No}x\\',
])('%s is no regular expression of RE2', (regex) => {
  expect(regexProblem(regex)).toMatch(/RE2/);
});

test.each(['((a{1000}){1000}){1000}', '((){1000}){1000}', '('.repeat(300) + ')'.repeat(300), 'a'.repeat(10_001)])(
  'one that would take too much room is refused before it does',
  (regex) => {
    expect(regexProblem(regex)).toBeDefined();
  },
);

test('what lets a backtracking matcher run for years takes steps in proportion to the name', () => {
  // Not a time but steps would be exact; a minute is out of reach for one and a breath for the other.
  const name = 'a'.repeat(249);
  for (const regex of ['(a*)*b', '(a|aa)+b', '(a+a+)+b', '(.*.*.*.*.*)b', '(a?){100}a{100}b']) {
    expect(compileRegex(regex)(name)).toBe(false);
  }
});

test('names are matched as JavaScript matches them, where both know the expression', () => {
  const pieces = ['a', 'b', '.', '[ab]', '(a|b)', '(ab)*', 'a?', 'b+', 'a{1,2}', '(?:b|)', '\\w'];
  const names = ['', 'a', 'b', 'ab', 'ba', 'aab', 'abab', 'bbb', 'aaaa'];
  for (const one of pieces) {
    for (const two of pieces) {
      for (const three of pieces) {
        const regex = `${one}${two}|${three}`;
        const expected = new RegExp(`^(?:${regex})$`);
        for (const name of names)
          expect([regex, name, compileRegex(regex)(name)]).toEqual([regex, name, expected.test(name)]);
      }
    }
  }
});
