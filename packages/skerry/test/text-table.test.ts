import { expect, test } from 'vitest';
import { grouped, plural, textTable } from '../src/text-table.ts';

test('numbers stand right, words left, and no line ends in blanks', () => {
  expect(
    textTable(
      ['NAME', 'N', 'NOTE'],
      [
        ['a', 5, ''],
        ['bcdef', 1200, 'x'],
      ],
    ),
  ).toEqual(['NAME       N  NOTE', 'a          5', 'bcdef  1,200  x']);
});

test.each([
  [0, '0 records'],
  [1, '1 record'],
  [1234567, '1,234,567 records'],
])('%i is "%s"', (count, text) => {
  expect(plural(count, 'record')).toBe(text);
});

test('a negative number is grouped like others', () => {
  expect(grouped(-1234)).toBe('-1,234');
});
