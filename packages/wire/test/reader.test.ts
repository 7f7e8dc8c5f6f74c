import { ProtocolError } from '@skerry/base';
import { codec, fetchRequest, Reader, Writer } from '@skerry/wire';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joined, shown, written } from './support/bytes.ts';

const reader = (...bytes: readonly number[]): Reader => new Reader(Uint8Array.from(bytes));
const int64 = (value: bigint): Reader => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value);
  return new Reader(bytes);
};

describe('an offset', () => {
  test.each([0n, 1n, -1n, -2n, 2n ** 32n, -(2n ** 32n) - 1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n)])(
    '%s is exact',
    (value) => {
      expect(int64(value).offset()).toBe(Number(value));
    },
  );

  test('of 2^63-1 is Infinity', () => {
    expect(int64(2n ** 63n - 1n).offset()).toBe(Infinity);
  });

  test.each([2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 2n, -(2n ** 63n)])('%s is refused', (value) => {
    expect(() => int64(value).offset()).toThrow(ProtocolError);
  });
});

test('an unsigned varint of 32 bits is read as it was written', () => {
  const writer = new Writer();
  fc.assert(
    fc.property(fc.nat(31), fc.nat(0xffff_ffff), (shift, bits) => {
      writer.uvarint(bits >>> shift);
      expect(new Reader(joined(writer.finish())).uvarint()).toBe(bits >>> shift);
    }),
  );
});

test('an unsigned varint of more than 32 bits is refused', () => {
  expect(() => reader(0xff, 0xff, 0xff, 0xff, 0x10).uvarint()).toThrow('more than 32 bits');
  expect(() => reader(0xff, 0xff, 0xff, 0xff, 0xff, 0x01).uvarint()).toThrow(ProtocolError);
});

test('null is refused where a value must be, and taken where it may be', () => {
  expect(() => reader(0xff, 0xff).string()).toThrow('null where a value must be');
  expect(() => reader(0).compactString()).toThrow('null where a value must be');
  expect(reader(0xff, 0xff).nullableString()).toBeNull();
  expect(reader(0).nullableCompactString()).toBeNull();
});

test('a negative length other than -1 is refused', () => {
  expect(() => reader(0xff, 0xfe).nullableString()).toThrow('a length of -2');
  expect(() => reader(0xff, 0xff, 0xff, 0xfe).nullableCount(1)).toThrow('a length of -2');
});

test('a string longer than Java takes is refused', () => {
  const frame = new Uint8Array(40_000).fill(0x61);
  frame.set([0x81, 0x80, 0x02]);
  expect(() => new Reader(frame).compactString()).toThrow('a string of 32768 bytes');
});

test('bytes are a view into the frame, not a copy', () => {
  const frame = Uint8Array.from([0, 0, 0, 2, 7, 8]);
  const blob = new Reader(frame).blob();
  frame[4] = 9;
  expect([...blob]).toEqual([9, 8]);
});

test('a reader of a part of the bytes does not pass its end', () => {
  const part = new Reader(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), 2, 4);
  expect(part.int16()).toBe(0x0304);
  expect(() => part.int8()).toThrow('1 bytes wanted, 0 left');
});

test('tagged fields of a version to come are skipped', () => {
  const last = codec(fetchRequest, 18);
  const bytes = written(last, { rackId: 'r' });
  const more = Uint8Array.from([...bytes.subarray(0, bytes.length - 1), 2, 40, 3, 1, 2, 3, 0x80, 0x01, 0]);
  const known = new Reader(more);
  expect(shown(last.read(known))).toBe(shown(last.read(new Reader(bytes))));
  expect(known.remaining).toBe(0);
});

test('a tagged field that does not fill its declared size is refused', () => {
  const last = codec(fetchRequest, 18);
  const bytes = written(last, { clusterId: 'c' });
  const tags = bytes.subarray(bytes.length - 5);
  expect([...tags]).toEqual([1, 0, 2, 2, 0x63]);
  tags[2] = 1;
  expect(() => last.read(new Reader(bytes))).toThrow('clusterId: a tagged field ends 1 bytes past its declared end');
});
