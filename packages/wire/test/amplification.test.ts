/**
 * How much memory a frame can make a codec ask for. For every array of every message a frame is made that holds nothing
 * but that array, in its shortest form and in a form with many small parts; the heap's growth while it is read is all
 * that was allocated, garbage included, because the test's heap is young enough that nothing is collected meanwhile (a
 * sample with a collection in it shows less than the others, so the median of three is taken). The engine's own work,
 * such as compiling what has just become hot, is in a sample too: an excess counts if the median of many more
 * confirms it.
 */
import { codec, inRange, Reader, versionRange } from '@skerry/wire';
import { expect, test } from 'vitest';
import { title, written } from './support/bytes.ts';
import { type AnyField, type AnyMessage, tables } from './support/tables.ts';

const elements = 1000;
type Type = AnyField['type'];

const shortest: Readonly<Record<string, unknown>> = {
  bool: false,
  int64: 0n,
  uuid: 'AAAAAAAAAAAAAAAAAAAAAA',
  string: '',
};
const manyParts: Readonly<Record<string, unknown>> = {
  ...shortest,
  int64: 5n,
  string: 'ab',
  bytes: new Uint8Array(1),
  records: new Uint8Array(1),
};

function value(type: Type, version: number, parts: boolean): unknown {
  if (type.kind === 'array') return parts ? [value(type.of, version, parts)] : [];
  if (type.kind === 'struct') return struct(type.fields, version, parts);
  return (
    (parts ? manyParts : shortest)[type.kind] ??
    (type.kind === 'bytes' || type.kind === 'records' ? new Uint8Array(0) : 0)
  );
}

function struct(fields: AnyMessage['fields'], version: number, parts: boolean): Record<string, unknown> {
  const held = Object.entries(fields).filter(
    ([, field]) => field.tag === undefined && inRange(versionRange(field.versions), version),
  );
  return Object.fromEntries(held.map(([name, field]) => [name, value(field.type, version, parts)]));
}

/** Values of a struct with one of its arrays long, each array in turn. */
function* swollen(fields: AnyMessage['fields'], version: number, parts: boolean): Generator<Record<string, unknown>> {
  const rest = struct(fields, version, false);
  for (const [name, { type, versions }] of Object.entries(fields)) {
    if (!inRange(versionRange(versions), version)) continue;
    if (type.kind === 'array') {
      yield { ...rest, [name]: Array.from({ length: elements }, () => value(type.of, version, parts)) };
      if (type.of.kind === 'struct')
        for (const each of swollen(type.of.fields, version, parts)) yield { ...rest, [name]: [each] };
    } else if (type.kind === 'struct')
      for (const each of swollen(type.fields, version, parts)) yield { ...rest, [name]: each };
  }
}

function allocated(run: () => unknown, count: number): number {
  const samples: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = process.memoryUsage();
    run();
    const after = process.memoryUsage();
    samples.push(after.heapUsed - before.heapUsed + after.external - before.external);
  }
  return samples.sort((a, b) => a - b)[(count - 1) / 2] ?? 0;
}

/** Many elements of a byte each are refused for their number alone. */
function readOrRefuse(each: { read(reader: Reader): unknown }, bytes: Uint8Array): void {
  try {
    each.read(new Reader(bytes));
  } catch (error) {
    if (!(error as Error).message.includes(`${elements} elements in a frame of`)) throw error;
  }
}

test('no frame makes its reader allocate more than 64 times its size and 64 KiB', () => {
  let tried = 0;
  const excesses: string[] = [];
  for (const message of tables.values()) {
    for (let version = message.versions.min; version <= message.versions.max; version++) {
      const each = codec(message, version);
      for (const parts of [false, true]) {
        for (const body of swollen(message.fields, version, parts)) {
          const bytes = written(each, body);
          const read = (): void => readOrRefuse(each, bytes);
          const bound = 64 * bytes.length + 65_536;
          tried++;
          const spent = allocated(read, 3) > bound ? allocated(read, 31) : 0;
          if (spent > bound) excesses.push(`${title(message, version)}: ${spent} for ${bytes.length}`);
        }
      }
    }
  }
  expect(tried).toBeGreaterThan(2000);
  expect(excesses).toEqual([]);
}, 240_000);

function counting(declared: number, left: number): Reader {
  const frame = new Uint8Array(4 + left);
  new DataView(frame.buffer).setInt32(0, declared);
  return new Reader(frame);
}

test('a count is believed only as far as bytes are left for it, whatever the elements', () => {
  expect(() => counting(0x7fff_ffff, 1000).count(1)).toThrow('2147483647 elements in 1000 bytes');
  expect(() => counting(251, 1000).count(4)).toThrow('251 elements in 1000 bytes');
  expect(counting(250, 1000).count(4)).toBe(250);
});

test('slots for elements of one byte are bounded by four times the frame, or 4 KiB', () => {
  expect(counting(512, 512).count(1)).toBe(512);
  expect(() => counting(513, 513).count(1)).toThrow('513 elements in a frame of 517 bytes');
  expect(counting(500_000, 1_000_000).count(1)).toBe(500_000);
});
