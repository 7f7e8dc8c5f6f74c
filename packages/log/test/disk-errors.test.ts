/** What a log does when its disk fails: DESIGN.md section 8. */
import { LeaderEpoch, Offset } from '@skerry/base';
import { World } from '@skerry/testkit';
import { expect, test } from 'vitest';
import { basesOf, batchOf, Lab } from './lab.ts';

test('a full disk refuses the gather, cuts back what got in, and the log goes on when there is space', () => {
  const lab = new Lab();
  const good = batchOf(3);
  lab.append(good);
  lab.settle();
  lab.disk.faults.inject({ on: 'write', path: '.log', code: 'ENOSPC', bytesBefore: 100, times: 1 });
  lab.append(batchOf(2, { producerId: 5, producerEpoch: 0, baseSequence: 0 }));
  lab.append(batchOf(2, { producerId: 5, producerEpoch: 0, baseSequence: 2 }));
  lab.settle();
  expect([lab.cuts, lab.failures]).toEqual([[3], []]);
  expect([lab.log.logEndOffset, lab.log.writtenOffset]).toEqual([3, 3]);
  expect(lab.log.producers.get(5)).toBeUndefined();
  expect(lab.content('00000000000000000000.log')).toEqual(good);
  const next = batchOf(1);
  expect(lab.append(next)).toBe(3);
  lab.settle();
  expect(lab.powerCut().readAll()).toEqual([good, next]);
});

test('a full disk in the middle of a gather over segments keeps what was written (the second of three)', () => {
  const lab = new Lab({ settings: { segmentBytes: 300 } });
  lab.append(batchOf(3));
  lab.settle();
  lab.disk.faults.inject({ on: 'write', path: '00000000000000000006.log', code: 'ENOSPC', bytesBefore: 10, times: 1 });
  for (let i = 0; i < 4; i++) lab.append(batchOf(3));
  lab.settle();
  expect(lab.cuts).toEqual([6]);
  lab.append(batchOf(3));
  lab.settle();
  expect(basesOf(lab.powerCut().readAll())).toEqual([0, 3, 6]);
});

test('the pool tells of a full disk as the loop does', () => {
  const lab = new Lab();
  lab.flusher.wroteOnLoop(3);
  lab.disk.faults.inject({ on: 'write', path: '.log', code: 'EDQUOT', bytesBefore: 20, times: 1 });
  lab.append(batchOf(1));
  lab.settle();
  expect([lab.cuts, lab.log.logEndOffset]).toEqual([[0], 0]);
  lab.append(batchOf(1));
  lab.settle();
  expect(lab.synced).toBe(1);
});

test('an index that finds no space is no reason to refuse records', () => {
  const lab = new Lab({ settings: { segmentBytes: 2000, indexIntervalBytes: 50 } });
  lab.disk.faults.inject({ on: 'write', path: 'index', code: 'ENOSPC' });
  for (let i = 0; i < 40; i++) lab.append(batchOf(3));
  lab.clock.advance(100_000);
  expect([lab.failures, lab.cuts, lab.log.syncedOffset]).toEqual([[], [], 120]);
  expect(lab.kinds()).toContain('indexNotWritten');
  const again = lab.powerCut();
  expect(again.readAll()).toHaveLength(40);
  expect(again.failures).toEqual([]);
});

test.each([
  ['a write', 'write', '.log'],
  ['a sync', 'sync', '.log'],
] as const)('after %s failed nothing is acknowledged any more', (_what, on, path) => {
  const lab = new Lab();
  lab.append(batchOf(1));
  lab.settle();
  lab.disk.faults.inject({ on, path, code: 'EIO', times: 1 });
  lab.append(batchOf(1));
  lab.settle();
  expect(lab.failures).toHaveLength(1);
  expect([lab.synced, lab.log.syncedOffset]).toEqual([1, 1]);
  expect(() => lab.append(batchOf(1))).toThrow('no append to a log that failed');
  lab.clock.advance(100_000);
  expect(lab.log.syncedOffset).toBe(1);
  lab.disk.faults.clear();
  expect(lab.powerCut().readAll()).toHaveLength(1);
});

test('a sync that fails after more was written acknowledges neither', () => {
  const lab = new Lab();
  lab.disk.faults.inject({ on: 'sync', path: '.log', code: 'EIO', times: 1 });
  lab.append(batchOf(1));
  lab.flusher.flush();
  lab.append(batchOf(1));
  lab.flusher.flush();
  lab.settle();
  expect([lab.written, lab.synced, lab.failures.length]).toEqual([2, 0, 1]);
});

test.each([
  ['read', '.log', 'SKR_DATA_CORRUPT', [0, 1]],
  ['open', '.index', 'SKR_DISK_FAILED', [1, 0]],
] as const)(
  'an append whose index cannot be made is not taken: EIO at %s of %s',
  (on, path, told, [failed, damaged]) => {
    const before = new Lab({ settings: { indexIntervalBytes: 0 } });
    for (let i = 0; i < 3; i++) before.append(batchOf(1));
    const lab = before.restart();
    for (const kind of ['index', 'timeindex']) lab.disk.remove(`p-0/00000000000000000000.${kind}`);
    lab.disk.faults.inject({ on, path, code: 'EIO' });
    expect(() => lab.append(batchOf(1))).toThrow(expect.objectContaining({ code: told }));
    expect([lab.failures.length, lab.damages.length]).toEqual([failed, damaged]);
    lab.disk.faults.clear();
    const next = lab.kill();
    expect(next.append(batchOf(1))).toBe(3);
    next.settle();
    expect(next.synced).toBe(4);
  },
);

test('a read that fails says so, and the log goes on', () => {
  const lab = new Lab();
  lab.append(batchOf(1));
  lab.settle();
  const range = lab.range(0, 1000, 1, true);
  lab.disk.faults.inject({ on: 'read', code: 'EIO', times: 1 });
  let failed: Error | undefined;
  range?.read(new Uint8Array(range.byteLength), 0, (error) => {
    failed = error;
  });
  range?.release();
  expect(failed?.message).toContain('EIO');
  expect(lab.readAll()).toHaveLength(1);
});

test('a bit that flipped below the recovery point is never cut off: the log does not open, and says where', () => {
  const before = new Lab({ settings: { segmentBytes: 300 } });
  for (let i = 0; i < 3; i++) before.append(batchOf(3));
  before.settle();
  const lost = before.again.bind(before);
  before.do((done) => before.log.close(done));
  before.disk.flipBit('p-0/00000000000000000000.log', 100, 3);
  before.loseStore();
  before.machine.kill();
  expect(lost).toThrow(/p-0\/00000000000000000000\.log at byte 0/);
});

test('a segment that is shorter than it was when it was safe is not accepted', () => {
  const before = new Lab();
  before.append(batchOf(3));
  before.do((done) => before.log.close(done));
  const file = before.disk.open('p-0/00000000000000000000.log', { create: false });
  file.truncate(100 as never);
  file.close();
  before.machine.kill();
  expect(() => before.again()).toThrow('it ends before byte');
});

test('a header that makes no sense is reported by the read that meets it', () => {
  const lab = new Lab();
  for (let i = 0; i < 3; i++) lab.append(batchOf(3));
  const again = lab.restart();
  again.disk.flipBit('p-0/00000000000000000000.log', 8, 6);
  expect(() => again.read(4)).toThrow(/makes no sense/);
  again.log.read(Offset(4), 100, Offset(9), true, (error) => expect(error).toMatchObject({ code: 'SKR_DATA_CORRUPT' }));
});

test('a torn tail is cut, and the cut is reported', () => {
  const before = new Lab();
  const good = batchOf(3);
  before.append(good);
  before.settle();
  const file = before.disk.open('p-0/00000000000000000000.log', { create: false });
  file.writeNow([batchOf(3, { baseOffset: Offset(3) }).subarray(0, 80)], file.size());
  file.close();
  const lab = before.kill();
  expect(lab.events).toMatchObject([{ kind: 'recovered', end: 3, cutBytes: 80 }]);
  expect(lab.content('00000000000000000000.log')).toEqual(good);
});

test('a log that failed can be closed, and writes nothing more', () => {
  const lab = new Lab();
  lab.disk.faults.inject({ on: 'sync', path: '.log', code: 'EIO', times: 1 });
  lab.append(batchOf(1));
  lab.settle();
  const { write, sync } = lab.disk.counts;
  lab.do((done) => lab.log.close(done));
  lab.clock.advance(100_000);
  expect([lab.disk.counts.write, lab.disk.counts.sync]).toEqual([write, sync]);
});

test('a read under way ends although its log is closed', () => {
  const lab = new Lab();
  const batch = batchOf(3);
  lab.append(batch);
  lab.clock.advance(20_000);
  const range = lab.range(0, 1000, 3, true);
  const bytes = new Uint8Array(batch.length);
  let ended = false;
  range?.read(bytes, 0, () => {
    ended = true;
  });
  lab.do((done) => lab.log.close(done));
  expect([ended, bytes]).toEqual([true, batch]);
  range?.release();
  expect(lab.files.openFiles).toBe(0);
});

test('searches under way when a log is closed are answered, if only with an error', () => {
  for (let delay = 0; delay < 10; delay++) {
    const world = new World(delay);
    const machine = world.machine('slow', { delayMs: () => 0.7 });
    const before = new Lab({ world, machine, settings: { segmentBytes: 300, indexIntervalBytes: 0 } });
    for (let i = 0; i < 10; i++) before.append(batchOf(3, { timestamp: i }));
    const lab = before.restart();
    let answers = 0;
    lab.log.read(Offset(4), 500, Offset(30), true, (_error, range) => {
      answers++;
      range?.read(new Uint8Array(range.byteLength), 0, () => range.release());
    });
    lab.log.offsetForTimestamp(8, Offset(30), () => answers++);
    lab.clock.advance(delay * 0.5);
    lab.do((done) => lab.log.close(done));
    lab.settle();
    expect([answers, lab.files.openFiles]).toEqual([2, 0]);
  }
});

test('after a failed sync no log of the node acknowledges anything, written or synced, until a restart', () => {
  for (const code of ['EIO', 'ENOSPC'] as const) {
    const lab = new Lab();
    const told: string[] = [];
    const other = lab.open('q-0', { onWritten: () => told.push('written'), onSynced: () => told.push('synced') });
    lab.disk.faults.inject({ on: 'sync', path: 'p-0', code, times: 1 });
    lab.append(batchOf(1));
    lab.settle();
    expect(lab.failures).toMatchObject([{ code: 'SKR_DISK_FAILED' }]);
    lab.disk.faults.clear();
    other.append(batchOf(1), LeaderEpoch(0));
    lab.clock.advance(100_000);
    expect([told, other.writtenOffset, other.syncedOffset]).toEqual([[], 0, 0]);
    expect(lab.failures).toHaveLength(2);
  }
});
