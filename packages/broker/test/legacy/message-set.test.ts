import { Offset } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import {
  type LegacyMessage,
  MessageFault,
  MessageSetWriter,
  messageBytes,
  shallowMessages,
  unpackSet,
} from '@skerry/wire/legacy';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OldMessage, oldMessage, oldSet, type Packing, readOldSet, wrapper } from './old-messages.ts';

const compute = nodeCompute({ inline: true });
const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('latin1');

/** What a set holds, or the error that it is refused with. */
function unpacked(set: Uint8Array, plainBytesMax = 100_000): string | LegacyMessage[] {
  let outcome: string | LegacyMessage[] = 'no answer';
  unpackSet(set, plainBytesMax, compute, (fault, found) => {
    if (found === undefined) outcome = fault?.error ?? 'neither';
    else outcome = listed(found.messages);
  });
  return outcome;
}

function listed(messages: Iterable<LegacyMessage>): string | LegacyMessage[] {
  try {
    return [...messages];
  } catch (error) {
    if (!(error instanceof MessageFault)) throw error;
    return error.error;
  }
}

const shown = (found: string | LegacyMessage[]): unknown =>
  typeof found === 'string' ? found : found.map(({ key, value, timestamp }) => [text(key), text(value), timestamp]);

const three: readonly OldMessage[] = [
  { timestamp: 5000, key: 'k', value: 'v' },
  { timestamp: 4000, key: null, value: '' },
  { timestamp: 2 ** 40, key: '', value: null },
];
const inFormat = (magic: number): Uint8Array => oldSet(...three.map((one) => ({ ...one, magic })));
const timed = [
  ['k', 'v', 5000],
  [null, '', 4000],
  ['', null, 2 ** 40],
];
const timeless = timed.map(([key, value]) => [key, value, -1]);

test('a set gives its messages, in either format', () => {
  expect(shown(unpacked(inFormat(1)))).toEqual(timed);
  expect(shown(unpacked(inFormat(0)))).toEqual(timeless);
  expect(unpacked(new Uint8Array(0))).toEqual([]);
});

test.each<Packing>(['gzip', 'snappy', 'xerial', 'lz4'])('a wrapper is opened: %s', (packing) => {
  expect(shown(unpacked(wrapper(packing, inFormat(1))))).toEqual(timed);
  expect(shown(unpacked(wrapper(packing, inFormat(0), { magic: 0 })))).toEqual(timeless);
});

test('the wrong header checksum of lz4 is overlooked in format 0, where clients wrote it, and there alone', () => {
  expect(shown(unpacked(wrapper('brokenLz4', inFormat(0), { magic: 0 })))).toEqual(timeless);
  expect(unpacked(wrapper('brokenLz4', inFormat(1)))).toBe('CORRUPT_MESSAGE');
});

test('a wrapper of append time gives its time to all it holds', () => {
  const found = unpacked(wrapper('gzip', inFormat(1), { attributes: 8, timestamp: 77 }));
  expect(shown(found)).toEqual(timed.map(([key, value]) => [key, value, 77]));
});

test('what is cut at the end of a set is left out, wherever it is cut', () => {
  const set = inFormat(1);
  const whole = set.length - oldMessage({ ...three[2] }).length;
  for (let end = whole; end < set.length; end++)
    expect(shown(unpacked(set.subarray(0, end)))).toEqual(timed.slice(0, 2));
});

const bad: readonly [string, Uint8Array, string][] = [
  ['a wrong CRC', oldSet({ value: 'x', crc: 1 }), 'CORRUPT_MESSAGE'],
  ['one in the second message', oldSet({ value: 'x' }, { value: 'y', crc: 1 }), 'CORRUPT_MESSAGE'],
  ['one within a wrapper', wrapper('gzip', oldSet({ value: 'x', crc: 1 })), 'CORRUPT_MESSAGE'],
  ['a magic that nobody knows', oldSet({ magic: 3, value: 'x' }), 'CORRUPT_MESSAGE'],
  ['a size that cannot be', oldMessage({}).map((byte, at) => (at === 11 ? 13 : byte)), 'CORRUPT_MESSAGE'],
  ['a negative size', oldMessage({}).map((byte, at) => (at === 8 ? 0xff : byte)), 'CORRUPT_MESSAGE'],
  ['fields that end elsewhere', oldSet({ value: 'x', trailing: 'more' }), 'CORRUPT_MESSAGE'],
  ['both formats', oldSet({ magic: 1 }, { magic: 0 }), 'INVALID_RECORD'],
  ['both formats, one in the other', wrapper('gzip', oldSet({ magic: 0 })), 'INVALID_RECORD'],
  ['a wrapper that does not stand alone', oldSet(wrapper('gzip', oldSet({})), {}), 'INVALID_RECORD'],
  ['a wrapper in a wrapper', wrapper('gzip', wrapper('gzip', oldSet({}))), 'INVALID_RECORD'],
  ['a wrapper without a value', oldMessage({ attributes: 1 }), 'INVALID_RECORD'],
  ['zstd', oldMessage({ attributes: 4, value: 'x' }), 'INVALID_RECORD'],
  ['a codec that nobody knows', oldMessage({ attributes: 6, value: 'x' }), 'UNSUPPORTED_COMPRESSION_TYPE'],
  ['bytes that cannot be unpacked', oldMessage({ attributes: 1, value: 'x' }), 'CORRUPT_MESSAGE'],
];

test.each(bad)('is refused: %s', (_what, set, error) => {
  expect(unpacked(set)).toBe(error);
});

test('a wrapper gives no more than it may', () => {
  const bomb = wrapper('gzip', oldSet({ value: 'x'.repeat(1_000_000) }));
  expect(bomb.length).toBeLessThan(2000);
  expect(unpacked(bomb, 999_999)).toBe('CORRUPT_MESSAGE');
  expect(unpacked(bomb, 1_000_100)).toHaveLength(1);
});

const bytes = fc.uint8Array({ maxLength: 200 });
const fields = fc.option(fc.uint8Array({ maxLength: 20 }));
const messages = fc.record({
  magic: fc.constantFrom(0, 1),
  attributes: fc.integer({ min: 0, max: 15 }),
  timestamp: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  key: fields,
  value: fields,
});
const packings = fc.constantFrom<Packing>('gzip', 'snappy', 'xerial', 'lz4', 'brokenLz4');
/** Sets that are nearly right: a byte of them may be another, and the rest may be missing. */
const sets = fc
  .tuple(
    fc.array(messages, { maxLength: 5 }),
    fc.option(packings),
    fc.nat(),
    fc.nat(255),
    fc.nat(),
    fc.constantFrom(0, 1),
  )
  .map(([inner, packing, at, byte, end, magic]) => {
    const plain = oldSet(...inner);
    const set = packing === null ? plain : wrapper(packing, plain, { magic });
    if (set.length > 0) set[at % set.length] = byte;
    return end % 3 === 0 ? set.subarray(0, end % (set.length + 1)) : set;
  });

test('no bytes bring it to anything but messages or a fault', () => {
  fc.assert(
    fc.property(fc.oneof(bytes, sets), (set) => {
      unpacked(set);
    }),
    { numRuns: 5000 },
  );
});

test('messages hold no more than the bytes they were read from', () => {
  fc.assert(
    fc.property(fc.oneof(bytes, sets), (set) => {
      const found = listed(shallowMessages(set));
      if (typeof found === 'string') return;
      const held = found.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);
      expect(held + found.length * 26).toBeLessThanOrEqual(set.length);
    }),
    { numRuns: 2000 },
  );
});

test('what the writer makes is what an old consumer reads', () => {
  const stored = fc.record({
    offset: fc.maxSafeNat().map(Offset),
    timestamp: fc.oneof(fc.constant(-1), fc.maxSafeNat()),
    key: fields,
    value: fields,
    appended: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(stored, { minLength: 1, maxLength: 40, size: 'max' }),
      fc.constantFrom(0, 1),
      (all, format) => {
        const magic = format === 0 ? 0 : 1;
        const writer = new MessageSetWriter(magic);
        for (const one of all) writer.append(one, one.appended ? 'logAppendTime' : 'createTime');
        expect(writer.sizeBytes).toBe(all.reduce((sum, one) => sum + messageBytes(magic, one), 0));
        expect(readOldSet(writer.finish())).toEqual(
          all.map(({ offset, timestamp, key, value, appended }) => ({
            offset,
            magic,
            timestamp: magic === 0 ? undefined : timestamp,
            logAppendTime: magic === 1 && appended,
            key: text(key),
            value: text(value),
          })),
        );
      },
    ),
  );
});
