/** Rolls, retention, pins, and the files beside a segment. */
import { crc32c, Offset } from '@skerry/base';
import { World } from '@skerry/testkit';
import { BatchBuilder } from '@skerry/wire';
import { expect, test } from 'vitest';
import type { TimedRecord } from '../src/index.ts';
import { basesOf, batchOf, compute, Lab } from './lab.ts';

const names = (lab: Lab, kind: string): string[] => lab.fileNames().filter((name) => name.endsWith(`.${kind}`));

const retain = (lab: Lab, upTo: number): number => {
  let count = 0;
  lab.do((done) =>
    lab.log.deleteOldSegments(Offset(upTo), (error, removed) => {
      count = removed;
      done(error);
    }),
  );
  return count;
};

test('a segment is begun when the last is full by size, by age, or by its index', () => {
  const size = new Lab({ settings: { segmentBytes: 500 } });
  for (let i = 0; i < 6; i++) size.append(batchOf(3));
  size.settle();
  expect(names(size, 'log')).toEqual(['0.log', '12.log']);

  const age = new Lab({ settings: { segmentMs: 1000 } });
  age.append(batchOf(1));
  age.settle();
  age.nowMs = 1000;
  age.append(batchOf(1));
  age.settle();
  age.nowMs = 1001;
  age.append(batchOf(1));
  age.settle();
  expect(names(age, 'log')).toEqual(['0.log', '2.log']);

  const index = new Lab({ settings: { segmentIndexBytes: 60, indexIntervalBytes: 0 } });
  for (let i = 0; i < 10; i++) {
    index.append(batchOf(1));
    index.settle();
  }
  expect(names(index, 'log')).toEqual(['0.log', '8.log']);
});

test('a start opens none of the segments that it need not read, however many there are', () => {
  const lab = new Lab({ settings: { segmentBytes: 500 } });
  for (let i = 0; i < 60; i++) lab.append(batchOf(3));
  lab.settle();
  expect(names(lab, 'log').length).toBeGreaterThan(9);
  const again = lab.restart();
  expect(again.machine.disk.counts.open).toBeLessThan(6);
  expect(again.readAll()).toHaveLength(60);
});

test('jitter takes a part of its own off the age of each segment, the same over a restart', () => {
  const settings = { segmentMs: 1000, segmentJitterMs: 400 };
  const begun = (): Lab => {
    const lab = new Lab({ settings });
    lab.append(batchOf(1));
    lab.settle();
    return lab;
  };
  const ages = (lab: Lab): number[] => {
    const found: number[] = [];
    for (let from = 0; found.length < 12; lab.nowMs += 10) {
      const segments = names(lab, 'log').length;
      lab.append(batchOf(1));
      lab.settle();
      if (names(lab, 'log').length === segments) continue;
      found.push(lab.nowMs - from);
      from = lab.nowMs;
    }
    return found;
  };
  const first = ages(begun());
  expect(Math.max(...first)).toBeLessThanOrEqual(1010);
  expect(Math.min(...first)).toBeGreaterThan(600);
  expect(new Set(first).size).toBeGreaterThan(6);
  expect(ages(begun().restart())).toEqual(first);
});

test('an age is remembered over a restart', () => {
  let lab = new Lab({ settings: { segmentMs: 1000 } });
  lab.nowMs = 5;
  lab.append(batchOf(1));
  lab = lab.restart();
  lab.nowMs = 1100;
  lab.append(batchOf(1));
  lab.settle();
  expect(names(lab, 'log')).toEqual(['0.log', '1.log']);
});

test('retention by time goes by the last append, whatever records say, up to the high watermark', () => {
  const lab = new Lab({ settings: { segmentBytes: 300, retentionMs: 1000 } });
  // Records from long ago, from far ahead, and from now.
  for (const [atMs, timestamp] of [
    [100, 5],
    [200, 4e12],
    [200, 300],
    [300, 300],
  ] as const) {
    lab.nowMs = atMs;
    for (let i = 0; i < 2; i++) lab.append(batchOf(3, { timestamp }));
    lab.settle();
  }
  lab.nowMs = 1100;
  expect(retain(lab, 24)).toBe(0);
  lab.nowMs = 1101;
  expect(retain(lab, 3)).toBe(0);
  expect(retain(lab, 24)).toBe(1);
  expect(lab.log.logStartOffset).toBe(6);
  lab.nowMs = 1201;
  expect(retain(lab, 24)).toBe(2);
  lab.nowMs = 1301;
  expect(retain(lab, 24)).toBe(1);
  expect([lab.log.logStartOffset, lab.log.logEndOffset]).toEqual([24, 24]);
  expect(lab.append(batchOf(1))).toBe(24);
  lab.settle();
  expect(names(lab, 'log')).toEqual(['24.log']);
  expect(lab.powerCut().log.logStartOffset).toBe(24);
});

test.each([
  ['a restart', (lab: Lab): Lab => lab.restart()],
  ['a kill', (lab: Lab): Lab => lab.kill()],
  ['a power cut', (lab: Lab): Lab => lab.powerCut()],
])('when a segment got its last batch is known after %s', (_what, end) => {
  const before = new Lab({ settings: { segmentBytes: 300, retentionMs: 1000 } });
  for (const atMs of [100, 2000, 3000]) {
    before.nowMs = atMs;
    for (let i = 0; i < 2; i++) before.append(batchOf(3));
    before.settle();
  }
  before.clock.advance(70_000);
  const lab = end(before);
  lab.nowMs = 1101;
  expect(retain(lab, 18)).toBe(1);
  lab.nowMs = 3000;
  expect(retain(lab, 18)).toBe(0);
  const again = end(lab);
  again.nowMs = 3001;
  expect(retain(again, 18)).toBe(1);
  again.nowMs = 4001;
  expect(retain(again, 18)).toBe(1);
  const last = again.restart().restart();
  const keys = [...last.machine.store.entries(Uint8Array.of(0), Uint8Array.of(255))];
  expect(keys.filter(([key]) => key[4] === 4)).toEqual([]);
});

test('what was known of a segment does not count once batches came of which no checkpoint tells', () => {
  let lab = new Lab({ settings: { segmentBytes: 300, retentionMs: 1000 } });
  lab.append(batchOf(3));
  lab.settle();
  lab = lab.kill();
  lab.nowMs = 100;
  expect(retain(lab, 3)).toBe(0);
  lab.clock.advance(70_000);
  lab.nowMs = 1000;
  lab.append(batchOf(3));
  lab.settle();
  lab = lab.kill();
  lab.append(batchOf(3));
  lab.clock.advance(70_000);
  lab = lab.kill();
  expect(names(lab, 'log')).toEqual(['0.log', '6.log']);
  lab.nowMs = 1200;
  expect(retain(lab, 9)).toBe(0);
  lab.nowMs = 2201;
  expect(retain(lab, 9)).toBe(2);
});

test('where the store is lost, segments age from the first look, and that is kept', () => {
  const before = new Lab({ settings: { segmentBytes: 300, retentionMs: 1000 } });
  for (let i = 0; i < 6; i++) before.append(batchOf(3));
  before.settle();
  before.loseStore();
  let lab = before.kill();
  lab.nowMs = 1_000_000;
  expect(retain(lab, 18)).toBe(0);
  lab.clock.advance(5000);
  lab = lab.restart();
  lab.nowMs = 1_001_001;
  expect(retain(lab, 18)).toBe(3);
});

test('retention by size removes the oldest, never the last', () => {
  const lab = new Lab({ settings: { segmentBytes: 300, retentionBytes: 500, retentionMs: -1 } });
  for (let i = 0; i < 12; i++) lab.append(batchOf(3));
  lab.settle();
  expect(retain(lab, 36)).toBe(3);
  expect(lab.log.sizeBytes).toBeGreaterThanOrEqual(500);
  expect(lab.log.logStartOffset).toBe(18);
});

test('a segment that is read stays until the range is released', () => {
  const lab = new Lab({ settings: { segmentBytes: 300 } });
  const batches = [1, 2, 3, 4].map(() => batchOf(3, { size: 30 }));
  for (const batch of batches) lab.append(batch);
  lab.settle();
  const range = lab.range(0, 1000, 12, true);
  lab.do((done) => lab.log.advanceLogStartOffset(Offset(9), done));
  expect(names(lab, 'log')).toContain('0.log');
  if (range === undefined) throw new Error('a range');
  expect(lab.bytesOf(range)).toEqual(batches[0]);
  range.release();
  expect(names(lab, 'log')).not.toContain('0.log');
});

test('a range whose bytes were cut away fails, rather than give others', () => {
  const lab = new Lab();
  for (let i = 0; i < 4; i++) lab.append(batchOf(3));
  lab.settle();
  const range = lab.range(0, 1000, 12, true);
  lab.do((done) => lab.log.truncateTo(Offset(6), undefined, done));
  lab.append(batchOf(6));
  lab.settle();
  expect(() => range && lab.bytesOf(range)).toThrow('was cut while it was read');
  range?.release();
});

test('open files stay within their bound, however many logs are read', () => {
  const lab = new Lab({ openFilesMax: 5, settings: { segmentBytes: 300 } });
  for (let i = 0; i < 60; i++) lab.append(batchOf(3));
  lab.settle();
  const again = lab.restart();
  for (let offset = 0; offset < 180; offset += 3) {
    again.read(offset);
    expect(again.files.openFiles).toBeLessThanOrEqual(5);
  }
});

test('an index made anew equals the first, byte for byte', () => {
  const before = new Lab({ settings: { segmentBytes: 5000, indexIntervalBytes: 300 } });
  for (let i = 0; i < 120; i++) before.append(batchOf(1 + (i % 4), { timestamp: (i * 7919) % 1000, size: i % 50 }));
  before.settle();
  const lab = before.restart();
  const kept = new Map<string, Uint8Array>();
  const indexes = lab.disk.list('p-0').filter((name) => name.endsWith('index'));
  expect(indexes.length).toBeGreaterThanOrEqual(4);
  for (const name of indexes) kept.set(name, lab.content(name));
  for (const name of indexes) lab.disk.remove(`p-0/${name}`);
  expect(lab.readAll()).toHaveLength(120);
  const again = lab.restart();
  for (const name of indexes) {
    // The last segment's time index gets its final entry when it is closed, not before.
    expect([name, again.content(name)]).toEqual([name, kept.get(name)]);
  }
  expect(lab.kinds()).toContain('indexRebuilt');
});

test.each([
  ['cut in the middle of an entry', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 3)],
  [
    'out of order',
    (bytes: Uint8Array) => Uint8Array.from([...bytes.subarray(8, 16), ...bytes.subarray(0, 8), ...bytes.subarray(16)]),
  ],
  ['pointing beyond the log', (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length - 3 ? 255 : byte))],
])('an index that is %s is made anew', (_how, damage) => {
  const before = new Lab({ settings: { indexIntervalBytes: 100 } });
  for (let i = 0; i < 30; i++) before.append(batchOf(3));
  const lab = before.restart();
  const name = '00000000000000000000.index';
  const good = lab.content(name);
  const file = lab.disk.open(`p-0/${name}`, { create: true });
  const bad = damage(good);
  file.truncate(0 as never);
  file.writeNow([bad], 0 as never);
  file.close();
  expect(basesOf([lab.read(70, 10)])).toEqual([69]);
  expect(lab.kinds()).toEqual(['indexRebuilt']);
  expect(lab.content(name)).toEqual(good);
});

const find = (lab: Lab, timestamp: number): TimedRecord | undefined => {
  let found: TimedRecord | undefined;
  lab.do((done) =>
    lab.log.offsetForTimestamp(timestamp, lab.log.writtenOffset, (error, record) => {
      found = record;
      done(error);
    }),
  );
  return found;
};

test('a record in a compressed batch is found by its time', () => {
  const lab = new Lab();
  const builder = new BatchBuilder();
  for (const timestamp of [10, 20, 30]) builder.append({ timestamp, value: new Uint8Array(5) });
  let packed: Uint8Array | undefined;
  builder.compress('zstd', compute, (_error, bytes) => {
    packed = bytes;
  });
  lab.append(batchOf(2, { timestamp: 5 }));
  lab.append(packed ?? new Uint8Array(0), 4);
  lab.settle();
  expect(find(lab, 15)).toEqual({ offset: 3, timestamp: 20, leaderEpoch: 4 });
  expect(find(lab, 31)).toBeUndefined();
});

test('a compressed batch that cannot be read is found by its header', () => {
  const lab = new Lab();
  const batch = batchOf(3, { timestamp: 10 });
  batch[22] = (batch[22] ?? 0) | 4;
  new DataView(batch.buffer, batch.byteOffset).setUint32(17, crc32c(batch, 21, batch.length));
  lab.append(batch);
  lab.settle();
  expect(find(lab, 11)).toEqual({ offset: 0, timestamp: 12, leaderEpoch: 0 });
});

test('remove leaves nothing: no folder, no key', () => {
  const lab = new Lab();
  lab.append(batchOf(3));
  lab.clock.advance(100_000);
  const keys = (): number => [...lab.machine.store.entries(Uint8Array.of(0), Uint8Array.of(255))].length;
  expect(keys()).toBe(3);
  lab.do((done) => lab.log.remove(done));
  expect([lab.disk.exists('p-0'), keys()]).toEqual([false, 0]);
});

test('two logs share a store without meeting', () => {
  const lab = new Lab();
  const other = lab.open('p-00');
  lab.append(batchOf(3));
  other.append(batchOf(5), 0 as never);
  lab.clock.advance(100_000);
  const again = lab.kill();
  expect([again.log.logEndOffset, again.open('p-00').logEndOffset]).toEqual([3, 5]);
});

test('searches that a removal or a cut overtakes at any moment find nothing, or what is left', () => {
  for (let delay = 0; delay < 12; delay++) {
    for (const how of ['remove', 'cut'] as const) {
      const world = new World(delay);
      const machine = world.machine('slow', { delayMs: () => 0.7 });
      const before = new Lab({ world, machine, settings: { segmentBytes: 300, indexIntervalBytes: 0 } });
      for (let i = 0; i < 20; i++) before.append(batchOf(3, { timestamp: 1000 + i * 10 }));
      const lab = before.restart();
      const answers: unknown[] = [];
      const pinned = lab.range(31, 100, 60, true);
      for (const offset of [1, 31, 55]) {
        lab.log.read(Offset(offset), 500, Offset(60), true, (error, range) => {
          answers.push(error);
          range?.release();
        });
      }
      lab.log.offsetForTimestamp(1105, Offset(60), (error) => answers.push(error));
      lab.log.offsetOfMaxTimestamp(Offset(60), (error) => answers.push(error));
      lab.clock.advance(delay * 0.5);
      if (how === 'remove') lab.do((done) => lab.log.advanceLogStartOffset(Offset(50), done));
      else lab.do((done) => lab.log.truncateTo(Offset(7), undefined, done));
      lab.settle();
      expect(answers).toEqual([undefined, undefined, undefined, undefined, undefined]);
      pinned?.release();
      lab.settle();
      expect(lab.files.openFiles).toBeLessThan(20);
      expect(lab.readAll().length).toBeGreaterThan(0);
    }
  }
});

test('a truncation reads the producers anew through the pool, a bounded piece at a time', () => {
  const lab = new Lab();
  for (let i = 0; i < 500; i++)
    lab.append(batchOf(1, { size: 500, producerId: i % 7, producerEpoch: 0, baseSequence: Math.floor(i / 7) }));
  lab.settle();
  lab.reads.ms = 30;
  const before = lab.clock.monotonicMs();
  lab.do((done) => lab.log.truncateTo(Offset(400), undefined, done));
  // 400 batches of 570 bytes, none of which is in a snapshot.
  expect(lab.clock.monotonicMs() - before).toBeGreaterThan(10 * 30);
  expect(lab.log.producers.get(3)?.batches.at(-1)).toMatchObject({ lastOffset: 395 });
  expect(lab.log.producers.check(batchOf(1, { producerId: 3, producerEpoch: 0, baseSequence: 57 })).kind).toBe('fresh');
});

test('a truncation that cannot read the producers has changed nothing', () => {
  const lab = new Lab();
  for (let i = 0; i < 5; i++) lab.append(batchOf(1, { producerId: 1, producerEpoch: 0, baseSequence: i }));
  lab.settle();
  let told: Error | undefined;
  lab.disk.faults.inject({ on: 'read', path: '.log', code: 'EIO', times: 1, skip: 1 });
  lab.log.truncateTo(Offset(3), undefined, (error) => {
    told = error;
  });
  lab.settle();
  expect(told).toMatchObject({ code: 'SKR_DATA_CORRUPT' });
  expect(lab.log.logEndOffset).toBe(5);
  expect(lab.append(batchOf(1, { producerId: 1, producerEpoch: 0, baseSequence: 5 }))).toBe(5);
});
