/** Bits that flip on the disk are never given out: what a read meets is checked, and told to the owner. */
import { Bytes, crc32c, LeaderEpoch, Offset } from '@skerry/base';
import { batchLength } from '@skerry/wire';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CheckedBytes } from '../src/checked-bytes.ts';
import { DamageError } from '../src/damage.ts';
import type { LogRange } from '../src/log-range.ts';
import { RangeCheck } from '../src/range-check.ts';
import { batchOf, Lab } from './lab.ts';

const logFile = 'p-0/00000000000000000000.log';

/** A log that was closed in good order and opened again: nothing of it was read by this process. */
function closed(batches = 20, size?: number): { lab: Lab; batches: Uint8Array[] } {
  const before = new Lab({ settings: { indexIntervalBytes: 300 } });
  const made = Array.from({ length: batches }, (_, i) => batchOf(3, { size: size ?? 30 + i, timestamp: 1000 + i }));
  for (const batch of made) before.append(batch);
  before.settle();
  return { lab: before.restart(), batches: made };
}

interface Outcome {
  readonly error: Error | undefined;
  readonly bytes: Uint8Array;
}

/** Reads from `offset` on in pieces of `piece` bytes, until the end or an error. */
function readIn(lab: Lab, offset: number, piece: number, bytesMax = 10_000_000): Outcome {
  let range: ReturnType<Lab['range']>;
  try {
    range = lab.range(offset, bytesMax, lab.log.writtenOffset, true);
  } catch (error) {
    return { error: error as Error, bytes: new Uint8Array(0) };
  }
  const bytes = new Uint8Array(range?.byteLength ?? 0);
  for (let good = 0; good < bytes.length; good += piece) {
    const error = readPiece(lab, range, bytes.subarray(good, good + piece), good);
    if (error !== undefined) {
      range?.release();
      return { error, bytes: bytes.subarray(0, good) };
    }
  }
  range?.release();
  return { error: undefined, bytes };
}

function readPiece(lab: Lab, range: LogRange | undefined, into: Uint8Array, from: number): Error | undefined {
  let over = false;
  let failed: Error | undefined;
  range?.read(into, from, (error) => {
    failed = error;
    over = true;
  });
  lab.clock.runUntil(() => over);
  return failed;
}

test('no batch with a flipped bit is given out whole, wherever the bit is and in whatever pieces it is read', () => {
  const { lab: whole, batches } = closed(6);
  const all = whole.content('00000000000000000000.log');
  expect(readIn(whole, 0, 64).bytes).toEqual(all);
  for (let byte = 0; byte < all.length; byte += byte % 5 === 0 ? 3 : 1) {
    const { lab } = closed(6);
    lab.disk.flipBit(logFile, byte, byte % 8);
    const { error, bytes } = readIn(lab, 0, 1 + (byte % 100));
    let end = 0;
    for (const batch of batches) if (end + batch.length <= byte) end += batch.length;
    const next = end + batchLength(all, end);
    expect({ byte, error }).toMatchObject({ error: { code: 'SKR_DATA_CORRUPT' } });
    // A batch that states another length is not whole before that.
    if (byte < end + 8 || byte >= end + 12) expect(bytes.length).toBeLessThan(next);
    expect(bytes.subarray(0, end)).toEqual(all.subarray(0, bytes.length).subarray(0, end));
    expect(lab.damages).toMatchObject([{ file: logFile }]);
    expect(lab.failures).toEqual([]);
  }
});

test('what was flipped tells the file, the position and the offset', () => {
  const { lab, batches } = closed(6);
  const position = (batches[0]?.length ?? 0) + (batches[1]?.length ?? 0);
  lab.disk.flipBit(logFile, position + 70, 2);
  expect(readIn(lab, 1, 4096).error).toMatchObject({ file: logFile, position, offset: 6 });
});

describe('a read of data', () => {
  /** How many bytes are summed while `run` does its work. */
  function summed(lab: Lab, run: () => void): number {
    const before = lab.summedBytes;
    run();
    return lab.summedBytes - before;
  }

  test('that this process wrote costs no checksum', () => {
    const lab = new Lab();
    for (let i = 0; i < 20; i++) lab.append(batchOf(3));
    lab.settle();
    expect(summed(lab, () => lab.readAll())).toBe(0);
  });

  test('that recovery has read costs none either', () => {
    const before = new Lab();
    for (let i = 0; i < 20; i++) before.append(batchOf(3));
    before.settle();
    const lab = before.kill();
    lab.range(0, 10, 60, true)?.release();
    expect(lab.log.logEndOffset).toBe(60);
    const range = lab.range(0, 1_000_000, 60, true);
    expect(range?.byteLength).toBe(lab.log.sizeBytes);
    range?.release();
  });

  test('that was checked once and comes from memory costs none; from the disk it is checked again', () => {
    const { lab } = closed(1500, 200);
    const read = (): Outcome => readIn(lab, 0, 256 * 1024);
    const size = lab.log.sizeBytes;
    expect(size).toBeGreaterThan(512 * 1024);
    expect(summed(lab, read)).toBeGreaterThan(size / 2);
    expect(summed(lab, read)).toBe(0);
    lab.reads.ms = 30;
    // What credit is left from before goes first.
    for (let i = 0; i < 30; i++) read();
    expect(summed(lab, read)).toBeGreaterThan(size / 2);
  });

  test('that flipped after it was checked is found when it comes from the disk again', () => {
    const { lab } = closed(1500, 200);
    expect(readIn(lab, 0, 256 * 1024).error).toBeUndefined();
    lab.disk.flipBit(logFile, lab.log.sizeBytes - 10, 1);
    lab.reads.ms = 30;
    let error: Error | undefined;
    for (let i = 0; i < 40 && error === undefined; i++) ({ error } = readIn(lab, 0, 256 * 1024));
    expect(error).toBeInstanceOf(DamageError);
  });
});

test('a search by time does not answer from a damaged batch', () => {
  const { lab } = closed(6);
  lab.disk.flipBit(logFile, 90, 0);
  let told: Error | undefined;
  let over = false;
  lab.log.offsetForTimestamp(1000, Offset(18), (error) => {
    told = error;
    over = true;
  });
  lab.clock.runUntil(() => over);
  expect(told).toBeInstanceOf(DamageError);
  expect(lab.damages).toHaveLength(1);
});

test('a disk that refuses a read is told like damage: the log goes on', () => {
  const { lab } = closed(6);
  const range = lab.range(0, 1_000_000, 18, true);
  lab.disk.faults.inject({ on: 'read', path: '.log', code: 'EIO' });
  let told: Error | undefined;
  let over = false;
  range?.read(new Uint8Array(100), 0, (error) => {
    told = error;
    over = true;
  });
  lab.clock.runUntil(() => over);
  range?.release();
  expect(told).toMatchObject({ code: 'SKR_DATA_CORRUPT', message: expect.stringContaining('EIO') });
  expect(lab.damages).toHaveLength(1);
  lab.disk.faults.clear();
  lab.append(batchOf(1));
  lab.settle();
  expect(lab.synced).toBe(19);
});

test('a flipped or torn index leads to no wrong answer: what it leads to is checked, or it is made anew', () => {
  const { lab: whole, batches } = closed(20);
  const offsets = Array.from({ length: 60 }, (_, i) => i);
  const answers = offsets.map((offset) => whole.read(offset, 150, 60));
  expect(answers[3]).toEqual(batches[1]);
  const { length } = whole.content('00000000000000000000.index');
  expect(length).toBeGreaterThan(60);
  for (let bit = 0; bit < length * 8; bit++) {
    const { lab } = closed(20);
    lab.disk.flipBit('p-0/00000000000000000000.index', bit >> 3, bit & 7);
    const offset = (bit * 7) % 60;
    expect({ bit, bytes: lab.read(offset, 150, 60) }).toEqual({ bit, bytes: answers[offset] });
    expect(lab.damages).toEqual([]);
  }
});

test('a flipped time index leads to no wrong answer either', () => {
  const ask = (lab: Lab, timestamp: number): unknown => {
    let found: unknown;
    lab.do((done) =>
      lab.log.offsetForTimestamp(timestamp, Offset(60), (error, record) => {
        found = record;
        done(error);
      }),
    );
    return found;
  };
  const newest = (lab: Lab): unknown => {
    let found: unknown;
    lab.do((done) =>
      lab.log.offsetOfMaxTimestamp(Offset(60), (error, record) => {
        found = record;
        done(error);
      }),
    );
    return found;
  };
  const { lab: whole } = closed(20);
  const answers = Array.from({ length: 25 }, (_, i) => ask(whole, 1000 + i));
  const newestAnswer = newest(whole);
  expect(answers[0]).toMatchObject({ offset: 0 });
  const { length } = whole.content('00000000000000000000.timeindex');
  expect(length).toBeGreaterThan(60);
  for (let bit = 0; bit < length * 8; bit++) {
    const { lab } = closed(20);
    lab.disk.flipBit('p-0/00000000000000000000.timeindex', bit >> 3, bit & 7);
    const at = (bit * 7) % 25;
    expect({ bit, found: ask(lab, 1000 + at) }).toEqual({ bit, found: answers[at] });
    expect({ bit, newest: newest(lab) }).toEqual({ bit, newest: newestAnswer });
    expect(lab.damages).toEqual([]);
  }
});

describe('a range check', () => {
  const base = { path: 'f', compute: { crc32c } as never, epochAt: () => undefined, baseAt: () => undefined };

  /** Batches one behind the other, from offset 0, with the gaps given before each. */
  function file(gaps: readonly number[]): { bytes: Uint8Array; end: number } {
    let next = 0;
    const parts = gaps.map((gap) => {
      const batch = batchOf(2, { baseOffset: Offset(next + gap), size: 20 });
      next += gap + 2;
      return batch;
    });
    return { bytes: Uint8Array.from(parts.flatMap((part) => [...part])), end: next };
  }

  test('takes any pieces, and gaps that what follows bears out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 130 }), { minLength: 20, maxLength: 60, size: 'max' }),
        fc.option(fc.nat()),
        (gaps, pieces, flip) => {
          const { bytes, end } = file(gaps);
          if (flip !== null) bytes[flip % bytes.length] = (bytes[flip % bytes.length] ?? 0) ^ (1 << (flip % 8));
          const starts = new Map<number, number>();
          for (let at = 0, i = 0, next = 0; i < gaps.length; i++) {
            next += gaps[i] ?? 0;
            starts.set(at, next);
            at += bytes.length / gaps.length;
            next += 2;
          }
          const check = new RangeCheck({
            ...base,
            start: Bytes(0),
            from: Offset(0),
            end: Bytes(bytes.length),
            endOffset: Offset(end),
            epochAt: () => LeaderEpoch(-1),
            baseAt: (position) => starts.get(position) as never,
          });
          let at = 0;
          let fault: DamageError | undefined;
          for (let i = 0; at < bytes.length && fault === undefined; i++) {
            const piece = pieces[i % pieces.length] ?? 1;
            fault = check.take(bytes.subarray(at, at + piece));
            at += piece;
          }
          const flipped = flip === null ? -1 : flip % bytes.length;
          const inBatch = flipped % (bytes.length / gaps.length);
          // A base offset that is lower, and still not below what came before, is a gap more: nothing can tell.
          if (fault === undefined) expect(flipped < 0 || inBatch < 8).toBe(true);
          else expect(flipped).toBeGreaterThanOrEqual(0);
          if (flipped >= 0 && gaps.every((gap) => gap === 0)) expect(fault).toBeDefined();
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test('stretches that were checked join, and are few (against a map of bytes)', () => {
  const stretch = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]) => [from, from + length] as const);
  fc.assert(
    fc.property(
      fc.array(stretch, { maxLength: 6 }),
      fc.nat(80),
      fc.option(fc.nat(80)),
      stretch,
      (added, own, cut, asked) => {
        const checked = new CheckedBytes();
        checked.resume(own);
        const known = new Set<number>();
        for (const [from, to] of added) {
          checked.add(from, to);
          for (let at = from; at < to; at++) known.add(at);
        }
        if (cut !== null) checked.cut(cut);
        const isKnown = (at: number): boolean => at >= own || (cut !== null && at >= cut) || known.has(at);
        const [from, to] = asked;
        let covered = true;
        for (let at = from; at < to; at++) covered &&= isKnown(at);
        if (checked.covers(from, to)) expect(covered).toBe(true);
        else expect(from === to || !covered).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});
