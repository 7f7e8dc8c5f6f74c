import { crc32c, LeaderEpoch, Offset } from '@skerry/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BatchBuilder,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchCodec,
  batchCrcIsValid,
  batchHasDeleteHorizon,
  batchHeaderBytes,
  batchIsControl,
  batchIsTransactional,
  batchLastOffset,
  batchLastOffsetDelta,
  batchLastSequence,
  batchLeaderEpoch,
  batchLength,
  batchMagic,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  batchTimestampType,
  records,
  setBatchBaseOffset,
  setBatchLeaderEpoch,
  setBatchMaxTimestamp,
} from '../src/index.ts';

const checksum = { crc32c };
const value = Uint8Array.of(1, 2, 3);

/** A batch that does not start at the first byte, as in a request or a segment. */
function placed(batch: Uint8Array): { bytes: Uint8Array; at: number } {
  const bytes = new Uint8Array(batch.length + 30).fill(0xee);
  bytes.set(batch, 13);
  return { bytes, at: 13 };
}

test('every field of the header is read as it was written', () => {
  const long = fc.maxSafeInteger();
  const options = fc.record({
    baseOffset: fc.maxSafeNat().map(Offset),
    leaderEpoch: fc.integer().map(LeaderEpoch),
    producerId: long,
    producerEpoch: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
    baseSequence: fc.integer(),
    transactional: fc.boolean(),
    control: fc.boolean(),
    timestampType: fc.constantFrom('createTime', 'logAppendTime'),
    maxTimestamp: long,
  });
  fc.assert(
    fc.property(options, fc.maxSafeNat(), (given, timestamp) => {
      const { bytes, at } = placed(
        new BatchBuilder(given).append({ timestamp, value }).append({ timestamp, value }).build(),
      );
      expect({
        baseOffset: batchBaseOffset(bytes, at),
        leaderEpoch: batchLeaderEpoch(bytes, at),
        producerId: batchProducerId(bytes, at),
        producerEpoch: batchProducerEpoch(bytes, at),
        baseSequence: batchBaseSequence(bytes, at),
        transactional: batchIsTransactional(bytes, at),
        control: batchIsControl(bytes, at),
        timestampType: batchTimestampType(bytes, at),
        maxTimestamp: batchMaxTimestamp(bytes, at),
      }).toEqual(given);
      expect(batchBaseTimestamp(bytes, at)).toBe(timestamp);
      expect([batchMagic(bytes, at), batchCodec(bytes, at), batchRecordCount(bytes, at)]).toEqual([2, 0, 2]);
      expect(batchLastOffsetDelta(bytes, at)).toBe(1);
      expect(batchLength(bytes, at)).toBe(bytes.length - 30);
      expect(batchCrcIsValid(bytes, at, checksum)).toBe(true);
      expect(batchHasDeleteHorizon(bytes, at)).toBe(false);
    }),
  );
});

test('base offset and leader epoch are patched outside the CRC', () => {
  const { bytes, at } = placed(new BatchBuilder().append({ value }).append({ value }).build());
  setBatchBaseOffset(bytes, at, Offset(2 ** 52 + 7));
  setBatchLeaderEpoch(bytes, at, LeaderEpoch(2 ** 31 - 1));
  expect(batchBaseOffset(bytes, at)).toBe(2 ** 52 + 7);
  expect(batchLastOffset(bytes, at)).toBe(2 ** 52 + 8);
  expect(batchLeaderEpoch(bytes, at)).toBe(2 ** 31 - 1);
  expect(batchCrcIsValid(bytes, at, checksum)).toBe(true);
});

test('the time of the append replaces that of every record, and the CRC follows', () => {
  const { bytes, at } = placed(new BatchBuilder({ transactional: true }).append({ timestamp: 5, value }).build());
  setBatchMaxTimestamp(bytes, at, 1_700_000_000_000, 'logAppendTime', checksum);
  expect(batchCrcIsValid(bytes, at, checksum)).toBe(true);
  expect([...records(bytes, at)].map(({ timestamp }) => timestamp)).toEqual([1_700_000_000_000]);
  setBatchMaxTimestamp(bytes, at, 5, 'createTime', checksum);
  expect([...records(bytes, at)].map(({ timestamp }) => timestamp)).toEqual([5]);
  expect(batchAttributes(bytes, at)).toBe(0x10);
});

test('sequence numbers wrap to zero', () => {
  const last = lastSequenceOfThree;
  expect([last(0), last(2 ** 31 - 3), last(2 ** 31 - 2), last(2 ** 31 - 1), last(-1)]).toEqual([
    2,
    2 ** 31 - 1,
    0,
    1,
    -1,
  ]);
});

test('a batch as compaction leaves it keeps its span, its gaps and its delete horizon', () => {
  const batch = new BatchBuilder({ baseOffset: Offset(40), deleteHorizonMs: 9_000, lastOffsetDelta: 9 })
    .append({ offsetDelta: 2, timestamp: 100, value })
    .append({ offsetDelta: 7, timestamp: 10_000, value: null })
    .build();
  expect([...records(batch, 0)].map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
    [42, 100],
    [47, 10_000],
  ]);
  expect(batchHasDeleteHorizon(batch, 0)).toBe(true);
  expect([batchBaseTimestamp(batch, 0), batchLastOffset(batch, 0), batchRecordCount(batch, 0)]).toEqual([9_000, 49, 2]);
});

test('what records will take is foretold to the byte, past every growth of the buffer', () => {
  const record = fc.record({
    timestamp: fc.maxSafeNat(),
    key: fc.option(fc.uint8Array({ maxLength: 300, size: 'max' })),
    value: fc.option(fc.uint8Array({ maxLength: 3000, size: 'max' })),
    headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme' }), value: fc.option(fc.uint8Array()) })),
  });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 12, size: 'max' }), (given) => {
      const builder = new BatchBuilder();
      for (const one of given) {
        const foretold = builder.sizeBytesWith(one);
        builder.append(one);
        expect(builder.sizeBytes).toBe(foretold);
      }
      const batch = builder.build();
      expect(batch.length).toBe(builder.sizeBytes);
      expect([...records(batch, 0)]).toEqual(given.map((one, index) => ({ ...one, offset: index })));
      expect(batchMaxTimestamp(batch, 0)).toBe(Math.max(...given.map(({ timestamp }) => timestamp)));
      expect(batchCrcIsValid(batch, 0, checksum)).toBe(true);
    }),
  );
  expect(batchHeaderBytes).toBe(61);
});

function lastSequenceOfThree(baseSequence: number): number {
  const builder = new BatchBuilder({ producerId: 1, producerEpoch: 0, baseSequence });
  for (let i = 0; i < 3; i++) builder.append({ value });
  return batchLastSequence(builder.build(), 0);
}
