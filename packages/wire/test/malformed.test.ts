/**
 * Frames of Kafka, damaged. Whatever a peer sends, a codec gives a value or a ProtocolError, and asks for no more
 * memory than the frame is worth.
 */
import { ProtocolError } from '@skerry/base';
import { codec, Reader } from '@skerry/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outcome, shown, title } from './support/bytes.ts';
import { type GoldenFrame, goldenFrames } from './support/golden-frames.ts';
import { type AnyMessage, tables } from './support/tables.ts';

const frames = goldenFrames().filter(({ pattern }) => pattern === 'full');
const table = (name: string): AnyMessage => tables.get(name) as AnyMessage;

// Hundreds of thousands of errors follow, and their stack traces are what takes the time.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** Remembers where integers of the sizes that lengths and counts have were read. */
class NotingReader extends Reader {
  readonly seen: { readonly at: number; readonly bytes: number; readonly compact: boolean }[] = [];

  override int16(): number {
    return this.#note(() => super.int16(), false);
  }

  override int32(): number {
    return this.#note(() => super.int32(), false);
  }

  override uvarint(): number {
    return this.#note(() => super.uvarint(), true);
  }

  #note(read: () => number, compact: boolean): number {
    const at = this.position;
    const value = read();
    this.seen.push({ at, bytes: this.position - at, compact });
    return value;
  }
}

/** The complaint about `bytes` as that message: none, or anything but a ProtocolError. */
function complaint({ name, version }: GoldenFrame, bytes: Uint8Array): string | undefined {
  try {
    codec(table(name), version).read(new Reader(bytes));
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    return `${title(table(name), version)}: ${String(error)} for ${Buffer.from(bytes).toString('hex')}`;
  }
}

const isString = (each: string | undefined): each is string => each !== undefined;

test('a frame cut at any byte is refused, and only with a ProtocolError', () => {
  const complaints = frames.flatMap((frame) =>
    Array.from(frame.bytes, (_, end) => complaint(frame, frame.bytes.subarray(0, end))),
  );
  expect(complaints.length).toBeGreaterThan(90_000);
  expect(complaints.filter(isString)).toEqual([]);
}, 60_000);

test('a frame without its last byte is refused', () => {
  const taken = frames.filter(({ name, version, bytes }) => {
    const reader = new Reader(bytes.subarray(0, bytes.length - 1));
    const refused = outcome(() => shown(codec(table(name), version).read(reader))).startsWith('ProtocolError');
    return bytes.length > 0 && !refused;
  });
  expect(taken).toEqual([]);
});

const compactLies = [[0], [1], [0x7f], [0xff, 0x7f], [0xff, 0xff, 0xff, 0xff, 0x07], [0xff, 0xff, 0xff, 0xff, 0x0f]];
const beyond32Bits = [0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
const plainLies = [0, 1, -1, -2, 0x7fff_ffff, -0x8000_0000];

function plain(value: number, bytes: number): readonly number[] {
  return bytes === 2 ? [value >> 24, value] : [value >> 24, value >> 16, value >> 8, value];
}

/** `bytes` with `count` of them from `at` replaced. */
function spliced(bytes: Uint8Array, at: number, count: number, by: readonly number[]): Uint8Array {
  const result = new Uint8Array(bytes.length - count + by.length);
  result.set(bytes.subarray(0, at));
  result.set(by, at);
  result.set(bytes.subarray(at + count), at + by.length);
  return result;
}

test('every length and count that lies is refused or harmless, and only with a ProtocolError', () => {
  let lies = 0;
  const complaints = frames.flatMap((frame) => {
    const reader = new NotingReader(frame.bytes);
    codec(table(frame.name), frame.version).read(reader);
    return reader.seen.flatMap(({ at, bytes, compact }) => {
      const told = compact ? [...compactLies, beyond32Bits] : plainLies.map((value) => plain(value, bytes));
      return told.map((lie) => {
        lies++;
        return complaint(frame, spliced(frame.bytes, at, bytes, lie));
      });
    });
  });
  expect(lies).toBeGreaterThan(50_000);
  expect(complaints.filter(isString)).toEqual([]);
}, 60_000);

test('an error names the field, the message and the version', () => {
  const frame = frames.find(
    ({ name, version, pattern }) => name === 'ListOffsetsRequest' && version === 6 && pattern === 'full',
  );
  const cut = frame?.bytes.subarray(0, 25) ?? new Uint8Array(0);
  expect(() => codec(table('ListOffsetsRequest'), 6).read(new Reader(cut))).toThrow(
    new ProtocolError('ListOffsetsRequest v6: topics[0].partitions: 2 elements in 9 bytes'),
  );
});
