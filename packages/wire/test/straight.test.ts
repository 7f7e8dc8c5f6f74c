/** Straight-line code against the closures, which are slow and plainly follow the tables. */
import { closureCodec, codec, Reader } from '@skerry/wire';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messages } from './support/arbitrary.ts';
import { type AnyCodec, outcome, shown, written } from './support/bytes.ts';
import { tables, versionsOf } from './support/tables.ts';

const straight = [...tables.values()].filter((message) => message.straight !== undefined);
const read = (each: AnyCodec, bytes: Uint8Array): string => outcome(() => shown(each.read(new Reader(bytes))));
const write = (each: AnyCodec, value: object): string =>
  outcome(() => Buffer.from(written(each, value)).toString('hex'));

test('the hot messages have straight-line code', () => {
  expect(straight.map(({ name }) => name).sort()).toEqual(
    ['Fetch', 'Heartbeat', 'ListOffsets', 'Metadata', 'OffsetCommit', 'OffsetFetch', 'Produce'].flatMap((name) => [
      `${name}Request`,
      `${name}Response`,
    ]),
  );
});

describe.each(straight)('$name', (message) => {
  const versions = versionsOf(message).map((version) => {
    return { version, fast: codec(message, version), plain: closureCodec(message, version) };
  });

  test.each(versions)(
    'v$version writes what the closures write, and refuses what they refuse',
    ({ version, fast, plain }) => {
      const values = fc.oneof(messages(message, version, false), messages(message, version, true));
      fc.assert(
        fc.property(values, (value) => {
          expect(write(fast, value)).toBe(write(plain, value));
        }),
        { numRuns: 25 },
      );
    },
  );

  test.each(versions)(
    'v$version reads what the closures read, and refuses what they refuse',
    ({ version, fast, plain }) => {
      const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 });
      fc.assert(
        fc.property(messages(message, version, false), damage, fc.nat(), (value, changes, cut) => {
          const bytes = written(plain, value);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const frame = changes.length === 2 ? bytes.subarray(0, cut % bytes.length) : bytes;
          expect(read(fast, frame)).toBe(read(plain, frame));
        }),
        { numRuns: 25 },
      );
    },
  );
});

test('no damage, no difference: what was written is read again', () => {
  for (const message of straight) {
    for (const version of versionsOf(message)) {
      fc.assert(
        fc.property(messages(message, version, false), (value) => {
          const bytes = written(codec(message, version), value);
          const again = written(codec(message, version), codec(message, version).read(new Reader(bytes)));
          expect(Buffer.compare(again, bytes)).toBe(0);
        }),
        { numRuns: 10 },
      );
    }
  }
});
