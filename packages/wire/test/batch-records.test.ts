import { crc32c, ProtocolError } from '@skerry/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BatchBuilder,
  batchHeaderBytes,
  controlRecord,
  type DecodedRecord,
  records,
  setBatchCrc,
} from '../src/index.ts';

const text = (letters: string) => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));

function batchOf(payload: readonly number[], count = 1): Uint8Array {
  const batch = new BatchBuilder({ lastOffsetDelta: 99 }).build();
  const bytes = new Uint8Array(batchHeaderBytes + payload.length);
  bytes.set(batch);
  bytes.set(payload, batchHeaderBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setInt32(8, bytes.length - 12);
  view.setInt32(57, count);
  setBatchCrc(bytes, 0, { crc32c });
  return bytes;
}

/** Zigzag of a small number, as a byte. */
const z = (value: number) => (value << 1) ^ (value >> 31);

/** Of a record at offset 3 with the key k and the value vw. */
const fields = [0, 0, z(3), z(1), 0x6b, z(2), 0x76, 0x77, z(0)];

test('the record that the next tests spoil is sound', () => {
  const [record] = records(batchOf([z(9), ...fields]), 0);
  expect(record).toEqual({ offset: 3, timestamp: -1, key: text('k'), value: text('vw'), headers: [] });
});

test.each([
  ['a record longer than the batch', [z(63), ...fields], 'a record of 63 bytes'],
  ['a record of negative length', [z(-1), ...fields], 'a record of -1 bytes'],
  ['a record longer than its fields', [z(10), ...fields, 0], 'a record of 10 bytes ends elsewhere'],
  ['a record shorter than its fields', [z(8), ...fields], 'a record of 8 bytes ends elsewhere'],
  ['a key longer than the batch', [z(9), 0, 0, 0, z(50), 0x6b, z(2), 0x76, 0x77, z(0)], 'a field of 50 bytes'],
  ['a key of length -2', [z(9), 0, 0, 0, z(-2), 0x6b, z(2), 0x76, 0x77, z(0)], 'a field of -2 bytes'],
  ['a value longer than the batch', [z(9), 0, 0, 0, z(1), 0x6b, z(60), 0x76, 0x77, z(0)], 'a field of 60 bytes'],
  ['more headers than bytes', [z(9), 0, 0, 0, z(1), 0x6b, z(2), 0x76, 0x77, z(60)], '60 record headers'],
  [
    'a thousand million headers',
    [z(10), 0, 0, 0, z(-1), z(-1), 0xfe, 0xff, 0xff, 0xff, 0x0f],
    '2147483647 record headers',
  ],
  ['a negative count of headers', [z(9), 0, 0, 0, z(1), 0x6b, z(2), 0x76, 0x77, z(-1)], '-1 record headers'],
  ['a header without a name', [z(8), 0, 0, 0, z(-1), z(-1), z(1), z(-1), z(-1)], 'a field of -1 bytes'],
  ['a header name past the end', [z(8), 0, 0, 0, z(-1), z(-1), z(1), z(9), z(-1)], 'a field of 9 bytes'],
  ['an offset past the last', [z(7), 0, 0, 0xc8, 0x01, z(-1), z(-1), z(0)], 'offset delta 100 of 99'],
  ['an offset before the first', [z(6), 0, 0, z(-1), z(-1), z(-1), z(0)], 'offset delta -1 of 99'],
  ['a length without an end', [0x80, 0x80, 0x80], 'records are cut short'],
  ['nothing', [], 'records are cut short'],
  ['bytes after the last record', [z(9), ...fields, 0, 0], '2 bytes after the last record'],
])('%s is refused', (_what, payload, message) => {
  const read = () => [...records(batchOf(payload), 0)];
  expect(read).toThrow(ProtocolError);
  expect(read).toThrow(message);
});

test('a batch that is cut, but whose header admits it, yields what is whole and then is refused', () => {
  const builder = new BatchBuilder();
  for (let i = 0; i < 5; i++) builder.append({ timestamp: i, key: text(`k${i}`), value: text('value'), headers: [] });
  const batch = builder.build();
  for (let end = batchHeaderBytes; end < batch.length; end++) {
    const cut = batch.slice(0, end);
    new DataView(cut.buffer, cut.byteOffset).setInt32(8, end - 12);
    const found: DecodedRecord[] = [];
    expect(() => {
      for (const record of records(cut, 0)) found.push(record);
    }, `of ${end} bytes`).toThrow(ProtocolError);
    expect(found).toEqual([...records(batch, 0)].slice(0, found.length));
  }
});

test('a batch whose header claims more than there is yields nothing', () => {
  const batch = batchOf([z(9), ...fields]);
  expect(() => records(batch.subarray(0, -1), 0).next()).toThrow('a batch that is cut short');
});

test('no bytes make the iteration do anything but yield records within the batch, or refuse', () => {
  const garbage = fc.uint8Array({ minLength: 1, maxLength: 120, size: 'max' });
  fc.assert(
    fc.property(garbage, fc.integer({ min: 0, max: 2 ** 31 - 1 }), (payload, count) => {
      try {
        for (const { offset, key, value } of records(batchOf([...payload], count), 0)) {
          expect(offset).toBeLessThan(100);
          expect((key?.length ?? 0) + (value?.length ?? 0)).toBeLessThan(payload.length);
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test('a timestamp beyond 2^53 is rounded, in the batch it stays', () => {
  const batch = new BatchBuilder().append({ timestamp: 0, value: null }).build();
  const view = new DataView(batch.buffer, batch.byteOffset);
  view.setBigInt64(27, 2n ** 62n + 1n);
  expect([...records(batch, 0)].map(({ timestamp }) => timestamp)).toEqual([2 ** 62]);
  expect(view.getBigInt64(27)).toBe(2n ** 62n + 1n);
});

test.each([
  ['a key too short for a type', [0, 0], [0, 0, 0, 0, 0, 1]],
  ['a marker without an epoch', [0, 0, 0, 1], [0, 0]],
])('%s in a control batch is refused', (_what, key, value) => {
  const builder = new BatchBuilder({ control: true });
  const batch = builder.append({ key: Uint8Array.from(key), value: Uint8Array.from(value) }).build();
  expect(() => controlRecord(batch, 0)).toThrow(ProtocolError);
});

test('control records of other kinds are told apart, and data batches hold none', () => {
  const leaderChange = { key: Uint8Array.of(0, 0, 0, 2), value: new Uint8Array(8) };
  expect(controlRecord(new BatchBuilder({ control: true }).append(leaderChange).build(), 0)?.kind).toBe('other');
  expect(controlRecord(new BatchBuilder().append(leaderChange).build(), 0)).toBeUndefined();
});
