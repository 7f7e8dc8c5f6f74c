import { Offset } from '@skerry/base';
import { EncodeError, type FileRange, Reader, Writer } from '@skerry/wire';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joined } from './support/bytes.ts';

const range = (byteLength: number): FileRange => ({ byteLength, read: () => undefined, release: () => undefined });

test('what is written is read again, whatever its size and however often the writer is used', () => {
  const writer = new Writer();
  const item = fc.oneof(fc.string({ maxLength: 3000, size: 'max' }), fc.uint8Array({ maxLength: 3000, size: 'max' }));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 8, size: 'max' }), (items) => {
      for (const each of items) {
        if (typeof each === 'string') writer.compactString(each);
        else writer.blob(each);
      }
      const reader = new Reader(joined(writer.finish()));
      for (const each of items) expect(typeof each === 'string' ? reader.compactString() : reader.blob()).toEqual(each);
      expect(reader.remaining).toBe(0);
    }),
  );
});

test('parts are bytes of their own: the next message does not change the last', () => {
  const writer = new Writer();
  writer.int32(1);
  const first = joined(writer.finish());
  const [part] = ((): readonly unknown[] => {
    writer.int32(2);
    return writer.finish();
  })();
  writer.int32(3);
  expect([...first]).toEqual([0, 0, 0, 1]);
  expect(part).toEqual(Uint8Array.from([0, 0, 0, 2]));
});

test('a file range is a part of its own, counted in the size and in the declared length', () => {
  const writer = new Writer();
  const length = writer.reserveInt32();
  const file = range(100_000);
  writer.compactRecords(file);
  writer.records(Uint8Array.of(9));
  expect(writer.size).toBe(4 + 3 + 100_000 + 5);
  writer.patchInt32(length, writer.size - 4);
  const [head, foreign, tail] = writer.finish();
  expect(head).toEqual(Uint8Array.from([0, 1, 0x86, 0xa8, 0xa1, 0x8d, 0x06]));
  expect(foreign).toBe(file);
  expect(tail).toEqual(Uint8Array.from([0, 0, 0, 1, 9]));
  expect(writer.size).toBe(0);
});

test('large records are passed on, small ones are copied', () => {
  const writer = new Writer();
  const [small, large] = [new Uint8Array(4096), new Uint8Array(4097)];
  writer.records(small);
  writer.records(large);
  const parts = writer.finish();
  expect(parts.map((part) => part.byteLength)).toEqual([4 + 4096 + 4, 4097]);
  expect(parts[1]).toBe(large);
});

test.each([1, 127, 128, 20_000])('a length put before %s bytes moves them by as much as it takes', (count) => {
  const writer = new Writer();
  writer.compactRecords(range(5000));
  const start = writer.size;
  for (let i = 0; i < count; i++) writer.int8(i % 100);
  writer.prefixLength(start);
  const reader = new Reader(writer.finish().at(-1) as Uint8Array);
  expect(reader.uvarint()).toBe(count);
  expect(Array.from({ length: count }, () => reader.int8())).toEqual(Array.from({ length: count }, (_, i) => i % 100));
});

describe('a value out of range is refused', () => {
  test.each([
    ['int8', 128],
    ['int16', -32_769],
    ['uint16', -1],
    ['int32', 2 ** 31],
    ['int32', 1.5],
    ['uint32', 2 ** 32],
  ] as const)('%s %s', (kind, value) => {
    expect(() => new Writer()[kind](value)).toThrow(EncodeError);
  });

  test.each([2 ** 53 + 2, -Infinity, NaN, 0.5])('offset %s', (value) => {
    expect(() => new Writer().offset(Offset(value))).toThrow(EncodeError);
  });

  test('a string of 32768 bytes', () => {
    expect(() => new Writer().compactString('\u00e9'.repeat(16_384))).toThrow('32768 bytes');
  });
});
