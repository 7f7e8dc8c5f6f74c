import { expect, test } from 'vitest';
import { parseProperties } from '../../src/settings/properties.ts';

const pairs = (text: string) => parseProperties(text, 'f').map(({ key, value }) => [key, value]);

test.each([
  ['an equals sign', 'a=b', 'a', 'b'],
  ['a colon', 'a:b', 'a', 'b'],
  ['a blank', 'a b', 'a', 'b'],
  ['blanks about the sign', '  a  =  b ', 'a', 'b '],
  ['only the first sign', 'a=b=c:d', 'a', 'b=c:d'],
  ['no value', 'a', 'a', ''],
  ['an escaped sign in the key', 'a\\=b\\:c\\ d = e', 'a=b:c d', 'e'],
  ['a joined line, its indent dropped', 'a = b,\\\n    c', 'a', 'b,c'],
  ['an escaped backslash, which joins nothing', 'a=b\\\\', 'a', 'b\\'],
  ['escapes', 'a=\\t\\n\\u00e9\\q', 'a', '\t\n\u00e9q'],
  ['a sign after a comment sign', 'a=b#c', 'a', 'b#c'],
  ['a join at the very end', 'a=b\\', 'a', 'b'],
])('a line with %s', (_what, text, key, value) => {
  expect(pairs(text)).toEqual([[key, value]]);
});

test('an escaped backslash at the end joins nothing', () => {
  expect(pairs('a=b\\\\\nc=d')).toEqual([
    ['a', 'b\\'],
    ['c', 'd'],
  ]);
});

test('comments and empty lines are passed over, and lines counted', () => {
  const text = '# one\n\n ! three\r\na=1\\\n  2\rb=3';
  expect(parseProperties(text, 'server.properties')).toEqual([
    { key: 'a', value: '12', origin: 'server.properties:4' },
    { key: 'b', value: '3', origin: 'server.properties:6' },
  ]);
});

test('a cut \\u is refused, with its line', () => {
  expect(() => parseProperties('a=1\nb=\\u12', 'f')).toThrow('f:2: \\u must be followed by four hexadecimal digits');
});
