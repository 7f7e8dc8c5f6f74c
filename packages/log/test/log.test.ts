import { limits, Offset } from '@skerry/base';
import { batchBaseOffset, batchLeaderEpoch } from '@skerry/wire';
import { expect, test } from 'vitest';
import { basesOf, batchOf, Lab } from './lab.ts';

test('what is appended in a turn is written at its end in one write, then synced, then read back', () => {
  const lab = new Lab();
  const [first, second] = [batchOf(3), batchOf(2)];
  expect(lab.append(first)).toBe(0);
  expect(lab.append(second)).toBe(3);
  expect([lab.log.logEndOffset, lab.log.writtenOffset, lab.log.syncedOffset]).toEqual([5, 0, 0]);
  lab.settle();
  expect(lab.disk.counts.write).toBe(1);
  expect([lab.written, lab.synced, lab.log.syncedOffset]).toEqual([5, 5, 5]);
  expect(lab.read(0)).toEqual(Uint8Array.from([...first, ...second]));
  expect(lab.read(4)).toEqual(second);
  expect([batchBaseOffset(second, 0), batchLeaderEpoch(second, 0)]).toEqual([3, 0]);
});

test('what is appended while a sync is under way shares the next one', () => {
  const lab = new Lab();
  lab.append(batchOf(1));
  lab.flusher.flush();
  for (let i = 0; i < 10; i++) {
    lab.append(batchOf(1));
    lab.clock.advance(0.05);
  }
  expect([lab.log.writtenOffset, lab.log.syncedOffset]).toEqual([11, 0]);
  lab.settle();
  expect(lab.log.syncedOffset).toBe(11);
  expect(lab.disk.counts.sync).toBe(2);
});

test('logs that became dirty in one turn share one commit', () => {
  const lab = new Lab();
  const other = lab.open('p-1');
  let commits = 0;
  const commit = lab.disk.commit.bind(lab.disk);
  lab.disk.commit = (dirty, done) => {
    commits++;
    commit(dirty, done);
  };
  lab.append(batchOf(1));
  other.append(batchOf(1), 0 as never);
  lab.settle();
  expect([lab.log.syncedOffset, other.syncedOffset, commits]).toEqual([1, 1, 1]);
});

test.each(['powerCut', 'kill', 'restart'] as const)('a log of several segments comes back whole (%s)', (how) => {
  const before = new Lab({ settings: { segmentBytes: 400 } });
  const batches = [3, 2, 4, 1, 2, 5].map((count) => batchOf(count));
  for (const batch of batches) {
    before.append(batch, 7);
    before.settle();
  }
  const lab = before[how]();
  expect([lab.log.logStartOffset, lab.log.logEndOffset]).toEqual([0, 17]);
  lab.settle();
  expect(lab.log.syncedOffset).toBe(17);
  expect(lab.readAll()).toEqual(batches);
  expect(lab.log.epochs.rows).toEqual([{ epoch: 7, startOffset: 0 }]);
  expect(lab.fileNames().filter((name) => name.endsWith('.log'))).toEqual(['0.log', '9.log']);
});

test('a start after a clean stop reads no log (20 segments)', () => {
  const before = new Lab({ settings: { segmentBytes: 300 } });
  for (let i = 0; i < 40; i++) {
    before.append(batchOf(3));
    before.settle();
  }
  const reads = before.disk.counts.read;
  const lab = before.restart();
  expect(reads).toBe(0);
  expect(lab.disk.counts.read).toBe(0);
  expect(lab.kinds()).toEqual([]);
  expect(lab.readAll()).toHaveLength(40);
});

test('a range ends before `upTo`, and at `bytesMax` unless that leaves no whole batch', () => {
  const lab = new Lab();
  const batches = [batchOf(3), batchOf(3), batchOf(3)];
  for (const batch of batches) lab.append(batch);
  lab.settle();
  const [size] = batches.map(({ length }) => length);
  expect(basesOf([lab.read(4, 1_000_000, 6)])).toEqual([3]);
  expect(lab.read(4, 1_000_000, 6)).toEqual(batches[1]);
  expect(lab.read(3, 10, 9, true)).toEqual(batches[1]);
  expect(lab.read(3, 10, 9, false)).toHaveLength(0);
  expect(lab.read(0, (size ?? 0) + 5, 9)).toHaveLength((size ?? 0) + 5);
  expect(lab.range(6, 100, 6, true)).toBeUndefined();
  expect(lab.range(9, 100, 9, true)).toBeUndefined();
});

test('hot data is read before the call returns, cold data later', () => {
  const lab = new Lab();
  const batch = batchOf(3);
  lab.append(batch);
  lab.settle();
  const readNow = (): boolean => {
    let now = false;
    lab.log.read(Offset(0), 1000, Offset(3), true, (_error, range) => {
      range?.read(new Uint8Array(range.byteLength), 0, () => {
        now = true;
        range.release();
      });
    });
    const result = now;
    lab.settle();
    expect(now).toBe(true);
    return result;
  };
  expect(readNow()).toBe(true);
  lab.clock.advance(11_000);
  expect(readNow()).toBe(false);
});

test('a writer that the disk keeps waiting goes through the pool, in order', () => {
  const lab = new Lab();
  lab.flusher.wroteOnLoop(3);
  const batches = [batchOf(1), batchOf(2), batchOf(3)];
  for (const batch of batches) {
    lab.append(batch);
    lab.flusher.flush();
  }
  expect(lab.log.writtenOffset).toBe(0);
  lab.settle();
  expect([lab.written, lab.synced]).toEqual([6, 6]);
  expect(lab.readAll()).toEqual(batches);
});

test('process-crash: much unsynced data is synced before that is due, and with more the writes leave the loop', () => {
  const lab = new Lab({ settings: { durability: 'process-crash', flushMs: 60_000 } });
  const quarter = limits.unsyncedBytesMax / 4;
  const append = (): void => {
    lab.append(batchOf(1, { size: quarter }));
    lab.flusher.flush();
  };
  append();
  lab.clock.advance(100);
  expect([lab.disk.counts.sync, lab.flusher.writesOnLoop]).toEqual([0, true]);
  append();
  append();
  append();
  expect([lab.written, lab.synced, lab.flusher.writesOnLoop]).toEqual([4, 0, false]);
  append();
  expect(lab.written).toBe(4);
  lab.clock.advance(100);
  expect([lab.written, lab.flusher.writesOnLoop]).toEqual([5, true]);
  expect(lab.synced).toBeGreaterThanOrEqual(4);
});

test('process-crash: nobody waits for the sync, which comes when it is due', () => {
  const lab = new Lab({ settings: { durability: 'process-crash', flushMs: 5000 } });
  lab.append(batchOf(1));
  lab.clock.advance(4000);
  expect([lab.written, lab.synced, lab.disk.counts.sync]).toEqual([1, 0, 0]);
  lab.clock.advance(3000);
  expect(lab.synced).toBe(1);
});

test('an idle log has no timer', () => {
  const lab = new Lab();
  lab.append(batchOf(1));
  lab.clock.advance(200_000);
  expect(lab.clock.idle).toBe(true);
  expect(lab.kinds()).toEqual(['checkpoint']);
});
