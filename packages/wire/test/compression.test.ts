import { type CompressionAlgorithm, type Compute, crc32c, ProtocolError } from '@skerry/base';
import { describe, expect, test } from 'vitest';
import {
  BatchBuilder,
  codecName,
  codecNames,
  codecNumber,
  compressRecords,
  decompressBatch,
  decompressRecords,
} from '../src/index.ts';

/**
 * "Compresses" by a byte in front, which says by what; keeps what it was asked. Calls back at once, or when told to.
 */
class FakeCompute implements Compute {
  readonly asked: { readonly algorithm: CompressionAlgorithm; readonly bytes: number; readonly max?: number }[] = [];
  readonly late: (() => void)[] = [];
  isLate = false;

  crc32c(bytes: Uint8Array, start: number, end: number): number {
    return crc32c(bytes, start, end);
  }

  compress(
    algorithm: CompressionAlgorithm,
    input: Uint8Array,
    done: (error?: Error, output?: Uint8Array) => void,
  ): void {
    this.asked.push({ algorithm, bytes: input.length });
    const output = new Uint8Array(input.length + 1);
    output[0] = codecNumber(algorithm);
    output.set(input, 1);
    this.#call(() => done(undefined, output));
  }

  decompress(
    algorithm: CompressionAlgorithm,
    input: Uint8Array,
    max: number,
    done: (error: Error | undefined, output?: Uint8Array) => void,
  ): void {
    this.asked.push({ algorithm, bytes: input.length, max });
    const bad = input[0] !== codecNumber(algorithm) || input.length - 1 > max;
    this.#call(() => (bad ? done(new ProtocolError(`bad ${algorithm}`)) : done(undefined, input.slice(1))));
  }

  #call(run: () => void): void {
    if (this.isLate) this.late.push(run);
    else run();
  }
}

interface Outcome {
  readonly error?: Error | undefined;
  readonly output?: Uint8Array | undefined;
}

function outcome(compute: FakeCompute, start: (done: (error?: Error, output?: Uint8Array) => void) => void): Outcome {
  const outcomes: Outcome[] = [];
  start((error, output) => outcomes.push({ error, output }));
  for (let run = compute.late.shift(); run !== undefined; run = compute.late.shift()) run();
  expect(outcomes, 'calls back').toHaveLength(1);
  return outcomes[0] ?? {};
}

const counting = (count: number) => Uint8Array.from({ length: count }, (_, index) => index * 7);
const xerialHeader = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1];

test('codecs have the numbers that batches carry', () => {
  expect(codecNames.map((name) => [name, codecNumber(name)])).toEqual([
    ['none', 0],
    ['gzip', 1],
    ['snappy', 2],
    ['lz4', 3],
    ['zstd', 4],
  ]);
  expect([codecName(2), codecName(5), codecName(-1)]).toEqual(['snappy', undefined, undefined]);
});

describe.each([false, true])('with a Compute that calls back %s', (isLate) => {
  const make = () => Object.assign(new FakeCompute(), { isLate });

  test.each(codecNames)('%s comes back as it was, at any size', (name) => {
    for (const size of [0, 1, 32_767, 32_768, 32_769, 65_536, 100_000]) {
      const compute = make();
      const input = counting(size);
      const packed = outcome(compute, (done) => compressRecords(name, input, compute, done)).output ?? new Uint8Array();
      const plain = outcome(compute, (done) => decompressRecords(name, packed, size, compute, done));
      expect(plain.error).toBeUndefined();
      expect(Buffer.compare(plain.output ?? new Uint8Array(1), input), `${size} bytes`).toBe(0);
    }
  });

  test('a failing block ends the work with its error', () => {
    const compute = make();
    const packed = Uint8Array.from([...xerialHeader, 0, 0, 0, 2, 2, 9, 0, 0, 0, 2, 3, 9, 0, 0, 0, 2, 2, 9]);
    const { error } = outcome(compute, (done) => decompressRecords('snappy', packed, 100, compute, done));
    expect(error).toEqual(new ProtocolError('bad snappy'));
    expect(compute.asked).toHaveLength(2);
  });

  test('the bound holds for all blocks together', () => {
    const compute = make();
    const packed = outcome(compute, (done) => compressRecords('snappy', counting(80_000), compute, done)).output;
    const { error } = outcome(compute, (done) => {
      decompressRecords('snappy', packed ?? new Uint8Array(), 79_999, compute, done);
    });
    expect(error).toBeInstanceOf(ProtocolError);
    expect(compute.asked.slice(3).map(({ max }) => max)).toEqual([79_999, 79_999 - 32_768, 79_999 - 65_536]);
  });
});

test('ten thousand blocks take no deeper a stack than one', () => {
  const compute = new FakeCompute();
  const packed = Uint8Array.from([...xerialHeader, ...Array.from({ length: 10_000 }, () => [0, 0, 0, 2, 2, 9]).flat()]);
  const { output } = outcome(compute, (done) => decompressRecords('snappy', packed, 10_000, compute, done));
  expect(output).toEqual(new Uint8Array(10_000).fill(9));
});

test('snappy is written with the header of snappy-java, and read with or without', () => {
  const compute = new FakeCompute();
  const framed = outcome(compute, (done) => compressRecords('snappy', Uint8Array.of(5), compute, done)).output;
  expect([...(framed ?? [])]).toEqual([...xerialHeader, 0, 0, 0, 2, 2, 5]);
  const raw = outcome(compute, (done) => decompressRecords('snappy', Uint8Array.of(2, 5), 1, compute, done)).output;
  expect(raw).toEqual(Uint8Array.of(5));
});

test('framed streams that were appended to one another are read as one', () => {
  const compute = new FakeCompute();
  const packed = Uint8Array.from([...xerialHeader, 0, 0, 0, 2, 2, 8, ...xerialHeader, 0, 0, 0, 2, 2, 9]);
  expect(outcome(compute, (done) => decompressRecords('snappy', packed, 2, compute, done)).output).toEqual(
    Uint8Array.of(8, 9),
  );
});

test('a framed stream cut within a block is refused before any work, and between blocks it is shorter', () => {
  const packed = [...xerialHeader, 0, 0, 0, 2, 2, 8, 0, 0, 0, 2, 2, 9];
  for (let end = xerialHeader.length; end < packed.length; end++) {
    const compute = new FakeCompute();
    const cut = Uint8Array.from(packed.slice(0, end));
    const { error, output } = outcome(compute, (done) => decompressRecords('snappy', cut, 9, compute, done));
    const whole = (end - xerialHeader.length) % 6 === 0;
    expect([error instanceof ProtocolError, output?.length], `of ${end}`).toEqual(
      whole ? [false, (end - 16) / 6] : [true, undefined],
    );
    expect(compute.asked.length, `of ${end}`).toBe(whole ? (end - xerialHeader.length) / 6 : 0);
  }
});

test.each([
  ['negative', [0xff, 0xff, 0xff, 0xff]],
  ['past the end', [0x7f, 0xff, 0xff, 0xff]],
])('a framed block of a length that is %s is refused', (_what, length) => {
  const compute = new FakeCompute();
  const packed = Uint8Array.from([...xerialHeader, ...length, 2, 8]);
  const { error } = outcome(compute, (done) => decompressRecords('snappy', packed, 9, compute, done));
  expect(error).toEqual(new ProtocolError('a snappy block that is longer than its stream'));
  expect(compute.asked).toEqual([]);
});

test('a batch of an unknown codec is refused, one without a codec is only looked at', () => {
  const compute = new FakeCompute();
  const batch = new BatchBuilder().append({ value: Uint8Array.of(1) }).build();
  const { output } = outcome(compute, (done) => decompressBatch(batch, 0, 100, compute, done));
  expect(output?.buffer).toBe(batch.buffer);
  batch[22] = 6;
  expect(outcome(compute, (done) => decompressBatch(batch, 0, 100, compute, done)).error).toBeInstanceOf(ProtocolError);
});
