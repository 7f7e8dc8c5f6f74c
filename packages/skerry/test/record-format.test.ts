import { Offset } from '@skerry/base';
import { expect, test } from 'vitest';
import { formatter, jsonLine } from '../src/record-format.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const record = {
  topic: 'lab.temp',
  partition: 2,
  offset: Offset(17),
  timestamp: 1700000000000,
  key: bytes('pump'),
  value: bytes('21.5 °C'),
  headers: [
    { key: 'site', value: bytes('harbour') },
    { key: 'none', value: null },
  ],
};
const text = (formatted: Uint8Array) => Buffer.from(formatted).toString();

test.each([
  ['%t %p %o %k %s\\n', 'lab.temp 2 17 pump 21.5 °C\n'],
  ['%K/%S at %T', '4/8 at 1700000000000'],
  ['%h', 'site=harbour,none=NULL'],
  ['100%%\\t\\x41\\\\\\q', '100%\tA\\\\q'],
  ['plain', 'plain'],
  ['', ''],
])('%j prints %j', (format, printed) => {
  expect(text(formatter(format)(record))).toBe(printed);
});

test('bytes that are no text are printed as they are', () => {
  const value = Uint8Array.of(0xff, 0x00, 0xfe);
  expect([...formatter('%s')({ ...record, value })]).toEqual([0xff, 0x00, 0xfe]);
});

test('no key and no value are empty, with a length of -1', () => {
  expect(text(formatter('[%k]%K[%s]%S')({ ...record, key: null, value: null }))).toBe('[]-1[]-1');
});

test.each([['%q'], ['50%']])('%j is refused', (format) => {
  expect(() => formatter(format)).toThrow('means nothing. Known: %t %p');
});

test('as JSON a record is one line; what is no text is base64', () => {
  expect(JSON.parse(text(jsonLine({ ...record, key: null, value: Uint8Array.of(0xff, 0xfe) })))).toEqual({
    topic: 'lab.temp',
    partition: 2,
    offset: 17,
    timestamp: 1700000000000,
    key: null,
    value: { base64: '//4=' },
    headers: [
      ['site', 'harbour'],
      ['none', null],
    ],
  });
  expect(text(jsonLine(record)).split('\n')).toHaveLength(2);
});
