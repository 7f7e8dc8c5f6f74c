/** Compaction against a map of keys: random records, passes in between, restarts and power cuts. */
import { Offset } from '@skerry/base';
import { SeededRandom } from '@skerry/testkit';
import { BatchBuilder, batchBaseOffset, batchCodec, batchLastOffset, records } from '@skerry/wire';
import { expect, test } from 'vitest';
import { type Compacted, type CompactionRules, verifyLog } from '../../src/index.ts';
import { compute, Lab } from '../lab.ts';

const rules: CompactionRules = { dirtyRatioMin: 0, lagMsMin: 0, lagMsMax: Infinity, deleteRetentionMs: 100 };
const bounds = { mapBytesMax: 2 ** 20, bytesPerSecondMax: Infinity };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const told = (bytes: Uint8Array | null): string => (bytes === null ? '-' : new TextDecoder().decode(bytes));

function pass(lab: Lab, own: Partial<CompactionRules> = {}, mapBytesMax = bounds.mapBytesMax): Compacted | undefined {
  let found: Compacted | undefined;
  lab.do((done) =>
    lab.log.compact({ ...rules, ...own }, { ...bounds, mapBytesMax }, lab.log.syncedOffset, (error, result) => {
      found = result;
      done(error);
    }),
  );
  return found;
}

/** All records from `from` on, as `offset key=value`. */
function content(lab: Lab): string[] {
  return lab
    .readAll()
    .flatMap((batch) => [...records(batch, 0, batchCodec(batch, 0) === 0 ? undefined : plainOf(batch))])
    .map(({ offset, key, value }) => `${offset} ${told(key)}=${told(value)}`);
}

/** The codec of the lab turns every bit. */
const plainOf = (batch: Uint8Array): Uint8Array => batch.subarray(61).map((byte) => byte ^ 0xff);

interface Put {
  readonly offset: number;
  readonly key: string;
  readonly value: string | null;
}

/** What must be there: the newest of each key below `end`, and all from there on. */
function newest(puts: readonly Put[], end: number): string[] {
  const last = new Map(puts.filter(({ offset }) => offset < end).map((put) => [put.key, put.offset]));
  return puts
    .filter(({ offset, key }) => offset >= end || last.get(key) === offset)
    .map(({ offset, key, value }) => `${offset} ${key}=${value ?? '-'}`);
}

class Workload {
  readonly puts: Put[] = [];
  readonly #random: SeededRandom;
  sequence = 0;
  readonly #compress: boolean;

  constructor(seed: number, compress = false) {
    this.#random = new SeededRandom(seed);
    this.#compress = compress;
  }

  below(bound: number): number {
    return this.#random.below(bound);
  }

  append(lab: Lab): void {
    const producer = this.below(3) === 0 ? { producerId: 7, producerEpoch: 0, baseSequence: this.sequence } : {};
    const builder = new BatchBuilder(producer);
    const count = 1 + this.below(4);
    if ('producerId' in producer) this.sequence += count;
    const made: { key: string; value: string | null }[] = [];
    for (let i = 0; i < count; i++) {
      const key = `k${this.below(8)}`;
      const value = this.below(6) === 0 ? null : `v${this.puts.length + i}`;
      builder.append({
        timestamp: 1000 + this.puts.length,
        key: text(key),
        value: value === null ? null : text(value),
      });
      made.push({ key, value });
    }
    let batch = builder.build();
    if (this.#compress && this.below(2) === 0) compressed(builder, (bytes) => (batch = bytes));
    const base = lab.append(batch);
    for (const [i, put] of made.entries()) this.puts.push({ offset: base + i, ...put });
  }
}

function compressed(builder: BatchBuilder, take: (bytes: Uint8Array) => void): void {
  builder.compress('gzip', compute, (_error, batch) => {
    if (batch !== undefined) take(batch);
  });
}

const settings = { segmentBytes: 600, indexIntervalBytes: 100 };

test('what stays is the newest record of each key, at its offset, and all of the active segment', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const workload = new Workload(seed, seed % 2 === 0);
    let lab = new Lab({ settings });
    let end = 0;
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 12; i++) {
        workload.append(lab);
        if (i % 4 === 0) lab.settle();
      }
      lab.settle();
      lab.clock.advance(1000);
      const mapBytesMax = seed % 3 === 0 ? 1 : bounds.mapBytesMax;
      const result = pass(lab, { deleteRetentionMs: 1e9 }, mapBytesMax);
      end = Math.max(end, result?.cleaned ?? 0);
      const way = workload.below(4);
      if (way === 0) lab = lab.restart();
      else if (way === 1) lab = lab.powerCut();
      else if (way === 2) lab = lab.kill();
      if (way === 3 && workload.below(3) === 0) {
        lab.loseStore();
        lab = lab.powerCut();
      }
      lab.settle();
      expect(content(lab), `seed ${seed}, round ${round}`).toEqual(newest(workload.puts, end));
      expect(lab.damages).toEqual([]);
      expect(lab.failures).toEqual([]);
      expect(lab.fileNames().filter((name) => /swap|cleaned/.test(name))).toEqual([]);
    }
    expect(lab.log.logEndOffset).toBe(workload.puts.length);
    expect(end).toBeGreaterThan(workload.puts.length / 2);
  }
});

test('what is being written anew counts, and what it replaces until it is gone', () => {
  const workload = new Workload(98);
  const lab = new Lab({ settings });
  for (let i = 0; i < 60; i++) {
    workload.append(lab);
    lab.settle();
  }
  const { log } = lab;
  const before = log.sizeBytes;
  expect(log.diskBytes).toBe(before);
  const ended: (Error | undefined)[] = [];
  log.compact(rules, { ...bounds, bytesPerSecondMax: 1000 }, log.syncedOffset, (error) => ended.push(error));
  let most = 0;
  for (let ms = 0; ended.length === 0 && ms < 100_000; ms++) {
    lab.clock.advance(1);
    most = Math.max(most, log.diskBytes);
  }
  expect(ended).toEqual([undefined]);
  expect(most).toBeGreaterThan(before);
  lab.settle();
  expect(log.diskBytes).toBe(log.sizeBytes);
  expect(log.sizeBytes).toBeLessThan(before);
});

test('batches keep their offsets, and no offset is without a batch', () => {
  const workload = new Workload(99);
  const lab = new Lab({ settings });
  for (let i = 0; i < 100; i++) workload.append(lab);
  lab.settle();
  const before = new Map(lab.readAll().map((batch) => [batchBaseOffset(batch, 0), batchLastOffset(batch, 0)]));
  pass(lab);
  for (const base of lab.readAll().map((batch) => [batchBaseOffset(batch, 0), batchLastOffset(batch, 0)] as const))
    expect(before.get(base[0])).toBe(base[1]);
  expect(lab.log.sizeBytes).toBeLessThan(4000);
  expect(lab.log.logStartOffset).toBe(Offset(0));
});

test('a compacted log has no fault, and a start without its store finds the same', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const workload = new Workload(seed);
    let lab = new Lab({ settings });
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 40; i++) {
        workload.append(lab);
        lab.settle();
      }
      pass(lab);
    }
    const before = content(lab);
    lab.do((done) => lab.log.close(done));
    const { disk, store, clock } = lab.machine;
    const state = { store, prefix: text('p-0/') };
    expect(verifyLog({ disk, compute, clock, folder: 'p-0', state }).problems).toEqual([]);
    lab.loseStore();
    expect(verifyLog({ disk, compute, clock, folder: 'p-0', state: undefined }).problems).toEqual([
      expect.objectContaining({ remedy: 'start' }),
    ]);
    lab = lab.kill();
    expect(content(lab)).toEqual(before);
    // The producer's next batch follows its last, of which compaction may have left the header alone.
    lab.settle();
    const { batches = [] } = lab.log.producers.get(7) ?? {};
    expect(batches.at(-1)?.lastSequence).toBe(workload.sequence - 1);
  }
});

test('a tombstone goes with the first pass after its delete horizon', () => {
  const lab = new Lab({ settings: { segmentBytes: 200 } });
  const put = (key: string, value: string | null): void => {
    const bytes = value === null ? null : text(value);
    lab.append(new BatchBuilder().append({ timestamp: 1000, key: text(key), value: bytes }).build());
    lab.settle();
  };
  const found = (): string[] => content(lab).map((record) => record.slice(record.indexOf(' ') + 1));
  const fill = (): void => {
    for (let i = 0; i < 3; i++) put('x', 'y'.repeat(60));
  };
  put('a', '1');
  put('a', null);
  fill();
  pass(lab);
  expect(found()).toContain('a=-');
  lab.nowMs += 99;
  fill();
  pass(lab);
  expect(found()).toContain('a=-');
  lab.nowMs += 1;
  fill();
  pass(lab);
  expect(found().filter((record) => record.startsWith('a'))).toEqual([]);
});
