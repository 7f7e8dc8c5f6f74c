/** What a log does when its store fails, or lost what it was given. */
import { LeaderEpoch, Offset, OperatingError } from '@skerry/base';
import { describe, expect, test } from 'vitest';
import { basesOf, batchOf, Lab } from './lab.ts';

const full = 'SKR_DISK_FULL';

function filled(segments = 4): Lab {
  const lab = new Lab({ settings: { segmentBytes: 150, retentionBytes: 0 } });
  for (let i = 0; i < segments; i++) lab.append(batchOf(3), i);
  lab.settle();
  return lab;
}

/** What `run` calls back with. */
function outcome(lab: Lab, run: (done: (error?: Error) => void) => void): Error | undefined {
  let over = false;
  let failed: Error | undefined;
  run((error) => {
    failed = error;
    over = true;
  });
  lab.clock.runUntil(() => over);
  return failed;
}

const failure = (code: string): unknown => expect.objectContaining({ code });

describe('a store without space', () => {
  test('puts a checkpoint off, which is tried again ever more rarely, and the log goes on', () => {
    const lab = new Lab();
    lab.machine.store.failCommits(1000, full);
    lab.append(batchOf(3));
    lab.clock.advance(100_000);
    expect([lab.failures, lab.synced]).toEqual([[], 3]);
    expect(lab.kinds().filter((kind) => kind === 'checkpointPutOff')).toHaveLength(1);
    const before = lab.machine.store.commits;
    lab.append(batchOf(2));
    lab.clock.advance(300_000);
    const tries = lab.machine.store.commits - before;
    expect(tries).toBeGreaterThanOrEqual(4);
    expect(tries).toBeLessThanOrEqual(8);
    expect(lab.synced).toBe(5);
    lab.machine.store.failCommits(0);
    lab.clock.advance(61_500);
    expect(lab.events.at(-1)).toMatchObject({ kind: 'checkpoint', recoveryPoint: 5 });
    const again = lab.powerCut();
    expect(again.kinds()).not.toContain('recovered');
    expect(basesOf(again.readAll())).toEqual([0, 3]);
  });

  test('lets a log be closed, which says that nothing was saved', () => {
    const lab = filled();
    lab.machine.store.failCommits(1000, full);
    lab.append(batchOf(1), 9);
    lab.clock.advance(10_000);
    expect(outcome(lab, (done) => lab.log.close(done))).toEqual(failure(full));
    lab.machine.store.failCommits(0);
    expect(lab.kill().log.logEndOffset).toBe(13);
  });

  test('refuses to move the log start, and takes it up when it is asked again', () => {
    const lab = filled();
    lab.clock.advance(5000);
    lab.machine.store.failCommits(1000, full);
    expect(outcome(lab, (done) => lab.log.advanceLogStartOffset(Offset(7), done))).toEqual(failure(full));
    expect(lab.failures).toEqual([]);
    lab.append(batchOf(1), 9);
    lab.settle();
    expect(lab.synced).toBe(13);
    expect(outcome(lab, (done) => lab.log.advanceLogStartOffset(Offset(7), done))).toEqual(failure(full));
    lab.machine.store.failCommits(0);
    expect(outcome(lab, (done) => lab.log.advanceLogStartOffset(Offset(7), done))).toBeUndefined();
    const again = lab.powerCut();
    expect(again.log.logStartOffset).toBe(7);
    expect(again.fileNames().filter((name) => name.endsWith('.log'))).toEqual(['6.log', '9.log', '12.log']);
  });

  test('does not keep retention from making room: a start begins the log where the files do', () => {
    const lab = filled();
    lab.clock.advance(5000);
    lab.machine.store.failCommits(1000, full);
    let removed = 0;
    outcome(lab, (done) =>
      lab.log.deleteOldSegments(Offset(12), (error, count) => {
        removed = count;
        done(error);
      }),
    );
    expect(removed).toBe(3);
    expect(lab.fileNames().filter((name) => name.endsWith('.log'))).toEqual(['9.log']);
    const again = lab.powerCut();
    expect(again.log.logStartOffset).toBe(9);
    expect(basesOf(again.readAll())).toEqual([9]);
  });

  test('does not let segments go whose producers it does not have', () => {
    const lab = new Lab({ settings: { segmentBytes: 150 } });
    lab.machine.store.failCommits(1000, full);
    lab.append(batchOf(3, { producerId: 7, producerEpoch: 0, baseSequence: 0 }));
    for (let i = 0; i < 3; i++) lab.append(batchOf(3));
    lab.settle();
    expect(outcome(lab, (done) => lab.log.advanceLogStartOffset(Offset(9), done))).toEqual(failure(full));
    expect(lab.fileNames()).toContain('0.log');
    const again = lab.powerCut();
    expect(again.log.producers.get(7)).toMatchObject({ batches: [{ baseSequence: 0 }] });
    expect(basesOf(again.readAll())).toEqual([0, 3, 6, 9]);
  });

  test('refuses a truncation, which changes nothing, and may be asked for again', () => {
    const lab = filled();
    lab.clock.advance(5000);
    lab.machine.store.failCommits(1000, full);
    const cut = (done: (error?: Error) => void): void => lab.log.truncateTo(Offset(6), LeaderEpoch(1), done);
    expect(outcome(lab, cut)).toEqual(failure(full));
    expect(basesOf(lab.readAll())).toEqual([0, 3, 6, 9]);
    lab.append(batchOf(1), 9);
    lab.settle();
    expect(lab.synced).toBe(13);
    lab.machine.store.failCommits(0);
    expect(outcome(lab, cut)).toBeUndefined();
    const again = lab.powerCut();
    expect(again.log.logEndOffset).toBe(6);
    expect(again.log.epochs.latest).toBe(1);
  });

  test('refuses to empty a log, which goes on as it was', () => {
    const lab = filled();
    lab.clock.advance(5000);
    lab.machine.store.failCommits(1000, full);
    const wipe = (done: (error?: Error) => void): void => lab.log.truncateFullyAndStartAt(Offset(50), done);
    expect(outcome(lab, wipe)).toEqual(failure(full));
    expect(lab.append(batchOf(1), 9)).toBe(12);
    lab.settle();
    lab.machine.store.failCommits(0);
    lab.clock.advance(100_000);
    const again = lab.powerCut();
    expect(again.log.logEndOffset).toBe(13);
    expect(again.log.epochs.rows.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 9]);
    expect(outcome(again, (done) => again.log.truncateFullyAndStartAt(Offset(50), done))).toBeUndefined();
    expect(again.powerCut().log.logStartOffset).toBe(50);
  });

  test('keeps an emptied log waiting until a start would not empty it again', () => {
    const lab = filled();
    let over = false;
    lab.log.truncateFullyAndStartAt(Offset(50), () => {
      over = true;
    });
    lab.clock.runUntil(() => lab.kinds().includes('truncated'));
    lab.machine.store.failCommits(3, full);
    lab.clock.advance(3000);
    expect(over).toBe(false);
    lab.clock.advance(20_000);
    expect(over).toBe(true);
    lab.append(batchOf(2), 9);
    lab.settle();
    expect(basesOf(lab.powerCut().readAll())).toEqual([50]);
  });

  test('refuses to save epochs, and has them with the next checkpoint', () => {
    const lab = filled();
    lab.machine.store.failCommits(1000, full);
    expect(outcome(lab, (done) => lab.log.saveEpochs(done))).toEqual(failure(full));
    lab.machine.store.failCommits(0);
    lab.append(batchOf(1), 9);
    lab.clock.advance(100_000);
    const again = lab.powerCut();
    expect(again.kinds()).not.toContain('recovered');
    expect(again.log.epochs.rows.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 9]);
  });
});

test('any other failure of the store ends the log', () => {
  const lab = filled();
  lab.machine.store.failCommits(1);
  lab.append(batchOf(1), 9);
  lab.clock.advance(100_000);
  expect(lab.failures).toEqual([failure('SKR_STORE_FAILED')]);
  expect(lab.events).toContainEqual(expect.objectContaining({ kind: 'failed' }));
});

describe('a value that is damaged in the store', () => {
  const keysOf = (lab: Lab): Uint8Array[] =>
    [...lab.machine.store.entries(Uint8Array.of(0), Uint8Array.of(255))].map(([key]) => key);

  test('counts as missing, whichever it is: the log is read again, and nothing of it is lost', () => {
    let kinds = 0;
    for (let i = 0; ; i++) {
      const before = new Lab({ settings: { segmentBytes: 150 } });
      const batches = Array.from({ length: 4 }, (_, n) =>
        batchOf(3, { producerId: 7, producerEpoch: 0, baseSequence: 3 * n }),
      );
      for (const [n, batch] of batches.entries()) {
        before.append(batch, n);
        before.settle();
        before.clock.advance(2000);
      }
      before.do((done) => before.log.close(done));
      const key = keysOf(before)[i];
      if (key === undefined) break;
      kinds++;
      before.machine.store.damage(key);
      let lab = before.kill();
      for (let starts = 0; starts < 2; starts++) {
        expect(lab.readAll()).toEqual(batches);
        expect(lab.log.epochs.rows.map(({ epoch, startOffset }) => [epoch, startOffset])).toEqual([
          [0, 0],
          [1, 3],
          [2, 6],
          [3, 9],
        ]);
        expect(lab.log.producers.get(7)?.batches.map(({ baseSequence }) => baseSequence)).toEqual([0, 3, 6, 9]);
        lab = lab.restart();
      }
    }
    expect(kinds).toBe(7);
  });

  test('leaves no snapshot that later records would be held against', () => {
    const before = filled();
    before.append(batchOf(2, { producerId: 7, producerEpoch: 0, baseSequence: 0 }), 9);
    before.do((done) => before.log.close(done));
    const [checkpoint] = keysOf(before);
    if (checkpoint !== undefined) before.machine.store.damage(checkpoint);
    // The end is torn, too: what the snapshot tells of was never there.
    before.disk.flipBit('p-0/00000000000000000012.log', 70, 1);
    let lab = before.kill();
    expect([lab.log.logEndOffset, lab.log.producers.get(7)]).toEqual([12, undefined]);
    for (let i = 0; i < 3; i++) lab.append(batchOf(2), 9);
    lab = lab.restart();
    expect(lab.log.producers.get(7)).toBeUndefined();
  });

  test('costs the log start: what was deleted of the first segment comes back, what lies before does not', () => {
    const before = filled();
    before.do((done) => before.log.advanceLogStartOffset(Offset(7), done));
    const [checkpoint] = keysOf(before);
    if (checkpoint !== undefined) before.machine.store.damage(checkpoint);
    expect(before.kill().log.logStartOffset).toBe(6);
  });
});

test('a folder that cannot be made for want of space refuses the append, not the log', () => {
  const lab = new Lab();
  const { disk } = lab;
  const makeFolder = disk.makeFolder.bind(disk);
  disk.makeFolder = () => {
    throw new OperatingError('SKR_DISK_FULL', 'make folder: ENOSPC (simulated)');
  };
  const log = lab.open('q-0');
  log.append(batchOf(1), LeaderEpoch(0));
  lab.settle();
  expect([lab.cuts, lab.failures, log.logEndOffset]).toEqual([[0], [], 0]);
  disk.makeFolder = makeFolder;
  log.append(batchOf(1), LeaderEpoch(0));
  lab.settle();
  expect(log.syncedOffset).toBe(1);
});
