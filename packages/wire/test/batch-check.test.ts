import { crc32c, LeaderEpoch, Offset } from '@skerry/base';
import { describe, expect, test } from 'vitest';
import {
  BatchBuilder,
  type BatchFault,
  batchLength,
  batchShapeFault,
  checkBatch,
  markerBatch,
  setBatchCrc,
} from '../src/index.ts';

const checksum = { crc32c };
const text = (letters: string) => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));

function sound(): Uint8Array {
  return new BatchBuilder({ producerId: 7, producerEpoch: 0, baseSequence: 0 })
    .append({
      timestamp: 1_700_000_000_000,
      key: text('pump-7'),
      value: text('21.4'),
      headers: [{ key: 'a', value: null }],
    })
    .append({ timestamp: 1_700_000_000_100, value: text('21.5') })
    .build();
}

/** The fault of a batch after `change`, with a CRC that fits it. */
function faultOf(change: (bytes: DataView) => void, origin: 'client' | 'log'): BatchFault | undefined {
  const batch = sound();
  change(new DataView(batch.buffer, batch.byteOffset));
  setBatchCrc(batch, 0, checksum);
  return checkBatch(batch, 0, batch.length, checksum, origin);
}

test('a sound batch has no fault, wherever it stands and whatever follows', () => {
  const batch = sound();
  const bytes = new Uint8Array(batch.length * 2 + 5);
  bytes.set(batch, 5);
  bytes.set(batch, 5 + batch.length);
  for (const origin of ['client', 'log'] as const) {
    expect(checkBatch(bytes, 5, bytes.length, checksum, origin)).toBeUndefined();
    expect(checkBatch(bytes, 5 + batchLength(bytes, 5), bytes.length, checksum, origin)).toBeUndefined();
  }
});

test('a batch cut at any byte is cut', () => {
  const batch = sound();
  for (let end = 0; end < batch.length; end++) {
    expect(checkBatch(batch, 0, end, checksum, 'log'), `of ${end} bytes`).toBe('cut');
    expect(checkBatch(batch.slice(0, end), 0, end, checksum, 'log'), `of ${end} bytes`).toBe('cut');
  }
});

test('every bit from the magic on is guarded: one that flips is found', () => {
  const batch = sound();
  for (let at = 16; at < batch.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = batch.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      const fault = checkBatch(flipped, 0, flipped.length, checksum, 'log');
      const expected = at > 16 ? 'crcMismatch' : bit === 1 ? 'oldMagic' : 'unknownMagic';
      expect(fault, `bit ${bit} of byte ${at}`).toBe(expected);
    }
  }
});

test('base offset and leader epoch are the broker to set: outside the guard', () => {
  const batch = new BatchBuilder({ baseOffset: Offset(2 ** 40), leaderEpoch: LeaderEpoch(9) })
    .append({ value: null })
    .build();
  for (let at = 3; at < 8; at++) batch[at] = 0x55;
  for (let at = 12; at < 16; at++) batch[at] = 0x55;
  expect(checkBatch(batch, 0, batch.length, checksum, 'client')).toBeUndefined();
});

describe.each<
  [what: string, fault: BatchFault | undefined, byLog: BatchFault | undefined, change: (view: DataView) => void]
>([
  ['magic 0', 'oldMagic', 'oldMagic', (view) => view.setInt8(16, 0)],
  ['magic 1', 'oldMagic', 'oldMagic', (view) => view.setInt8(16, 1)],
  ['magic 3', 'unknownMagic', 'unknownMagic', (view) => view.setInt8(16, 3)],
  ['magic -1', 'unknownMagic', 'unknownMagic', (view) => view.setInt8(16, -1)],
  ['codec 5', 'unknownCodec', 'unknownCodec', (view) => view.setInt16(21, 5)],
  ['codec 7', 'unknownCodec', 'unknownCodec', (view) => view.setInt16(21, 7)],
  ['a last offset before the first', 'offsetRangeLies', 'offsetRangeLies', (view) => view.setInt32(23, -1)],
  ['a negative count', 'countLies', 'countLies', (view) => view.setInt32(57, -1)],
  ['more records than offsets', 'countLies', 'countLies', (view) => view.setInt32(57, 3)],
  ['fewer records than offsets', 'countLies', undefined, (view) => view.setInt32(57, 1)],
  ['no records', 'countLies', undefined, (view) => view.setInt32(57, 0)],
  [
    'more records than bytes',
    'countLies',
    'countLies',
    (view) => {
      view.setInt32(23, 2 ** 31 - 1);
      view.setInt32(57, 2 ** 31 - 1);
    },
  ],
  ['a control batch', 'controlByClient', undefined, (view) => view.setInt16(21, 0x20)],
  ['a producer without a sequence', 'sequenceMissing', undefined, (view) => view.setInt32(53, -1)],
  ['a producer id beyond 2^53', 'numberInexact', 'numberInexact', (view) => view.setBigInt64(43, 2n ** 53n)],
  ['a next offset beyond 2^53', undefined, 'numberInexact', (view) => view.setBigInt64(0, 2n ** 53n - 2n)],
  ['a negative base offset', undefined, 'offsetRangeLies', (view) => view.setBigInt64(0, -1n)],
])('%s', (_what, byClient, byLog, change) => {
  test(`is ${byClient ?? 'nothing'} from a client, ${byLog ?? 'nothing'} in a log`, () => {
    expect(faultOf(change, 'client')).toBe(byClient);
    expect(faultOf(change, 'log')).toBe(byLog);
  });
});

test.each([-(2 ** 31), -1, 0, 13, 48, 2 ** 31 - 1, 2 ** 31 - 12])('a length field of %i is not believed', (length) => {
  const batch = sound();
  new DataView(batch.buffer, batch.byteOffset).setInt32(8, length);
  const fault = batchShapeFault(batch, 0, batch.length);
  expect(fault).toBe(length < 49 ? 'lengthLies' : 'cut');
});

test('a marker may stand in a log, and come from nobody else', () => {
  const marker = markerBatch({ kind: 'abort', producerId: 1, producerEpoch: 0, coordinatorEpoch: 2, timestamp: 5 });
  expect(checkBatch(marker, 0, marker.length, checksum, 'log')).toBeUndefined();
  expect(checkBatch(marker, 0, marker.length, checksum, 'client')).toBe('controlByClient');
});
