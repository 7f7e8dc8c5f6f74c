import { ProtocolError } from '@skerry/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { VarReader, varintSize, varlongSize, writeVarint, writeVarlong } from '../src/varint.ts';

/** The definition, with BigInt. */
function obvious(value: bigint): number[] {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

function written(value: number, write: typeof writeVarint): number[] {
  const bytes = new Uint8Array(12);
  return [...bytes.subarray(0, write(bytes, 0, value))];
}

const edges = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)];
const wideEdges = [
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  -(2 ** 32),
  2 ** 34,
  2 ** 35,
  2 ** 48,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
];

function checkVarint(value: number): void {
  const bytes = written(value, writeVarint);
  expect(bytes).toEqual(obvious(BigInt(value)));
  expect(varintSize(value)).toBe(bytes.length);
  expect(new VarReader(Uint8Array.from(bytes), 0, bytes.length).varint()).toBe(value);
}

function checkVarlong(value: number): void {
  const bytes = written(value, writeVarlong);
  expect(bytes).toEqual(obvious(BigInt(value)));
  expect(varlongSize(value)).toBe(bytes.length);
  expect(new VarReader(Uint8Array.from(bytes), 0, bytes.length).varlong()).toBe(value);
}

test('32-bit values are written as defined, in the size foretold, and read back', () => {
  for (const value of edges) checkVarint(value);
  fc.assert(fc.property(fc.integer(), checkVarint));
  expect.hasAssertions();
});

test('64-bit values are written as defined, in the size foretold, and read back', () => {
  for (const value of [...edges, ...wideEdges]) checkVarlong(value);
  fc.assert(fc.property(fc.maxSafeInteger(), checkVarlong), { numRuns: 1000 });
  expect.hasAssertions();
});

test('a 64-bit value beyond 2^53 is read to the nearest double', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const bytes = Uint8Array.from(obvious(value));
      expect(new VarReader(bytes, 0, bytes.length).varlong()).toBe(Number(value));
    }),
  );
});

test.each([
  ['cut', [0x80, 0x80]],
  ['nothing', []],
])('a variable-length integer that is %s is refused', (_what, bytes) => {
  const reader = new VarReader(Uint8Array.from([...bytes, 0]), 0, bytes.length);
  expect(() => reader.varint()).toThrow(ProtocolError);
  expect(() => reader.varlong()).toThrow(ProtocolError);
});

/** Reads a value whose first `more` bytes say that more follow. */
function reader(more: number): VarReader {
  return new VarReader(Uint8Array.from([...Array<number>(more).fill(0xff), 0x01]), 0, more + 1);
}

test('five bytes make a 32-bit value and ten a 64-bit one, more are refused', () => {
  expect(reader(4).varint()).toBe(-(2 ** 28));
  expect(reader(9).varlong()).toBe(-(2 ** 63));
  expect(() => reader(5).varint()).toThrow('more than five bytes');
  expect(() => reader(10).varlong()).toThrow('more than ten bytes');
});
