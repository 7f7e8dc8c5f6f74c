/** A scripted life, ended at every instant at which the disk or the store has something to do. */
import { LeaderEpoch, Offset } from '@skerry/base';
import { World } from '@skerry/testkit';
import { batchBaseOffset, batchLastOffset, markerBatch } from '@skerry/wire';
import { expect, test } from 'vitest';
import { basesOf, batchOf, Lab } from './lab.ts';

interface Life {
  readonly lab: Lab;
  readonly batches: Uint8Array[];
  /** What the owner was told is safe. */
  synced: number;
}

/** Appends of a script until `untilMs`, with steps in between; then what was told. */
function live(
  script: (life: Life, at: (ms: number, run: () => void) => void) => void,
  seed: number,
  untilMs: number,
): Life {
  const lab = new Lab({ seed, settings: { segmentBytes: 600, indexIntervalBytes: 100 } });
  const life: Life = { lab, batches: [], synced: 0 };
  script(life, (ms, run) => lab.machine.clock.after(ms, run));
  lab.clock.advance(untilMs);
  life.synced = lab.log.syncedOffset;
  return life;
}

const append = (life: Life, count: number, epoch: number): void => {
  const batch = batchOf(count, { size: 40 });
  life.lab.append(batch, epoch);
  life.batches.push(batch);
};

/** Appends over some segments, a checkpoint in between. */
const steady = (life: Life, at: (ms: number, run: () => void) => void): void => {
  for (let i = 0; i < 24; i++) at(i * 0.7, () => append(life, 1 + (i % 3), Math.floor(i / 5)));
};

const ends = Array.from({ length: 60 }, (_, i) => i * 0.37);

test.each(['powerCut', 'kill'] as const)(
  'what was synced is there after a %s at any moment, and nothing else than was appended',
  (how) => {
    for (const [seed, untilMs] of ends.entries()) {
      const before = live(steady, seed, untilMs);
      const lab = before.lab[how]();
      expect(lab.log.logEndOffset).toBeGreaterThanOrEqual(before.synced);
      lab.settle();
      const found = lab.readAll();
      expect(found).toEqual(before.batches.slice(0, found.length));
      const rows = lab.log.epochs.rows.map(({ startOffset }) => startOffset);
      expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
      for (const batch of found)
        expect(lab.log.epochs.epochAt(batchBaseOffset(batch, 0))).toBe(epochOf(before.batches, batch));
    }
  },
);

const epochOf = (batches: readonly Uint8Array[], batch: Uint8Array): number =>
  Math.floor(batches.findIndex((one) => batchBaseOffset(one, 0) === batchBaseOffset(batch, 0)) / 5);

test('a log that lost its store loses no record', () => {
  for (const [seed, untilMs] of ends.entries()) {
    const before = live(steady, seed, untilMs);
    before.lab.machine.cutPower();
    before.lab.loseStore();
    const lab = before.lab.again();
    expect(lab.log.logEndOffset).toBeGreaterThanOrEqual(before.synced);
    lab.settle();
    const found = lab.readAll();
    expect(found).toEqual(before.batches.slice(0, found.length));
    expect(lab.log.epochs.rows.map(({ epoch }) => epoch)).toEqual([
      ...new Set(found.map((batch) => epochOf(before.batches, batch))),
    ]);
  }
});

test('a truncation is done, or was not begun, whenever the power goes', () => {
  for (const [seed, untilMs] of ends.entries()) {
    const before = new Lab({ seed, settings: { segmentBytes: 600, indexIntervalBytes: 100 } });
    const batches = Array.from({ length: 20 }, () => batchOf(2, { size: 40 }));
    for (const [i, batch] of batches.entries()) {
      before.append(batch, i);
      before.settle();
    }
    let done = false;
    before.log.truncateTo(Offset(12), LeaderEpoch(5), () => {
      done = true;
    });
    before.clock.advance(untilMs);
    const lab = before.powerCut();
    lab.settle();
    const found = lab.readAll();
    expect(found).toEqual(batches.slice(0, found.length));
    expect(found.length).toBeGreaterThanOrEqual(6);
    if (done) {
      expect(lab.log.logEndOffset).toBe(12);
      expect(lab.log.epochs.latest).toBe(5);
    }
    const next = batchOf(1);
    lab.append(next, 30);
    lab.settle();
    expect(lab.readAll()).toEqual([...found, next]);
  }
});

test('what is appended after a log was emptied stays, whenever the power goes', () => {
  for (const [seed, untilMs] of ends.entries()) {
    const before = new Lab({ seed, settings: { segmentBytes: 600 } });
    for (let i = 0; i < 8; i++) before.append(batchOf(2, { size: 40 }));
    before.settle();
    before.log.truncateFullyAndStartAt(Offset(10), () => {});
    before.clock.advance(untilMs / 3);
    let lab = before.powerCut();
    const start = lab.log.logStartOffset;
    expect([0, 10]).toContain(start);
    const next = batchOf(3);
    const at = lab.append(next);
    expect(at).toBe(start === 0 ? 16 : 10);
    lab.settle();
    expect(lab.log.syncedOffset).toBe(at + 3);
    lab = lab.powerCut();
    expect(lab.readAll().at(-1)).toEqual(next);
    if (start === 10) expect(basesOf(lab.readAll())).toEqual([10]);
  }
});

test('the log start stays where a removal put it, whenever the power goes', () => {
  for (const [seed, untilMs] of ends.entries()) {
    const before = live(steady, seed, 30);
    let done = false;
    before.lab.log.advanceLogStartOffset(Offset(21), () => {
      done = true;
    });
    before.lab.clock.advance(untilMs / 4);
    const lab = before.lab.powerCut();
    const { logStartOffset } = lab.log;
    expect(done ? [21] : [0, 21]).toContain(logStartOffset);
    lab.settle();
    expect(lab.readAll()).toEqual(before.batches.filter((batch) => batchLastOffset(batch, 0) >= logStartOffset));
  }
});

test('what is known of producers outlives their records, also before the first checkpoint', () => {
  const before = new Lab({ settings: { segmentBytes: 300 } });
  before.append(batchOf(2, { producerId: 7, producerEpoch: 0, baseSequence: 0 }));
  for (let i = 0; i < 5; i++) before.append(batchOf(3));
  before.flusher.flush();
  before.clock.advance(1.5);
  before.do((done) => before.log.advanceLogStartOffset(Offset(before.log.writtenOffset), done));
  expect(before.log.logStartOffset).toBeGreaterThan(2);
  const lab = before.powerCut();
  expect(lab.disk.exists('p-0/00000000000000000000.log')).toBe(false);
  expect(lab.log.producers.get(7)).toMatchObject({ batches: [{ baseSequence: 0, lastSequence: 1 }] });
});

test('an aborted transaction that recovery found again is there after the next crash too', () => {
  let lab = new Lab();
  const producer = { producerId: 7, producerEpoch: 0 };
  lab.append(batchOf(2, { ...producer, baseSequence: 0, transactional: true }));
  lab.append(markerBatch({ kind: 'abort', ...producer, coordinatorEpoch: 0, timestamp: 1 }));
  lab.settle();
  lab = lab.kill();
  lab.clock.advance(65_000);
  expect(lab.kinds()).toContain('checkpoint');
  lab = lab.powerCut();
  expect(lab.log.abortedTransactions(Offset(0), Offset(3))).toMatchObject([{ firstOffset: 0, lastOffset: 2 }]);
});

test('a cut is synced although a sync from before it was under way', () => {
  for (const [seed, ms] of ends.entries()) {
    const world = new World(seed);
    // Longer than the store takes, so that the cut comes while the sync is under way.
    const machine = world.machine('slow', { delayMs: (operation) => (operation === 'sync' ? 6 : 0.05) });
    const before = new Lab({ world, machine });
    for (let i = 0; i < 4; i++) before.append(batchOf(2));
    before.settle();
    before.append(batchOf(2));
    before.flusher.flush();
    before.clock.advance(ms / 10);
    before.do((done) => before.log.truncateTo(Offset(4), undefined, done));
    expect(before.powerCut().log.logEndOffset).toBe(4);
  }
});

// Without its own sync, the cut would be undone by the next power cut, and the torn end lie under a later segment.
test.each([
  ['a start cut off', (lab: Lab): Lab => lab],
  ['a start cut off that was killed before it could sync that', (lab: Lab): Lab => lab.kill()],
])('a torn end that %s does not come back under the segments that follow', (_what, goOn) => {
  let cuts = 0;
  for (let seed = 0; seed < 60; seed++) {
    let lab = new Lab({ seed, settings: { segmentBytes: 600 } });
    const kept = batchOf(1, { size: 200 });
    const larger = batchOf(1, { size: 400 });
    lab.append(kept);
    // The recovery point lies where the end will be cut off: nothing else there is left to sync.
    lab = lab.restart();
    lab.append(batchOf(1, { size: 200 }));
    lab.clock.runUntil(() => lab.log.writtenOffset === 2);
    lab = lab.powerCut();
    if (lab.events.some((event) => event.kind === 'recovered' && event.cutBytes > 0)) cuts++;
    else continue;
    lab = goOn(lab);
    // It does not fit the first segment, which is not written to again.
    lab.append(larger);
    lab.settle();
    lab = lab.powerCut();
    expect(lab.readAll()).toEqual([kept, larger]);
  }
  expect(cuts).toBeGreaterThan(10);
});

test('a cut whose sync failed is made again by the next start', () => {
  const settings = { segmentBytes: 400 };
  const before = new Lab({ settings });
  before.append(batchOf(3));
  before.settle();
  const file = before.disk.open('p-0/00000000000000000000.log', { create: false });
  file.writeNow([batchOf(3, { baseOffset: Offset(3) }).subarray(0, 80)], file.size());
  before.do((done) => before.disk.commit([{ file, end: file.size() }], done));
  const torn = before.powerCut();
  torn.disk.faults.inject({ on: 'sync', path: '.log', code: 'EIO', times: 1 });
  torn.settle();
  torn.disk.faults.clear();
  const lab = torn.kill();
  // Nothing is written over what was cut off: another segment follows at once.
  lab.settle();
  for (let i = 0; i < 3; i++) {
    lab.append(batchOf(30));
    lab.settle();
  }
  const all = lab.readAll();
  expect(all).toHaveLength(4);
  expect(lab.powerCut().readAll()).toEqual(all);
});

test('what a failed sync left in the page cache is on the disk before it counts again', () => {
  for (const segmentBytes of [300, 100_000]) {
    const before = new Lab({ settings: { segmentBytes } });
    for (let i = 0; i < 3; i++) before.append(batchOf(3));
    before.settle();
    before.disk.faults.inject({ on: 'sync', path: '.log', code: 'EIO', times: 1 });
    for (let i = 0; i < 2; i++) before.append(batchOf(3));
    before.settle();
    expect(before.failures).toHaveLength(1);
    before.disk.faults.clear();
    const lab = before.kill();
    const end = lab.log.logEndOffset;
    lab.settle();
    lab.append(batchOf(2));
    lab.settle();
    expect(lab.synced).toBe(end + 2);
    const all = lab.readAll();
    expect(lab.powerCut().readAll()).toEqual(all);
  }
});

test('nothing is written over a torn end before its cut is durable', () => {
  const before = new Lab();
  before.append(batchOf(3));
  before.do((done) => before.log.close(done));
  const file = before.disk.open('p-0/00000000000000000000.log', { create: false });
  file.writeNow([batchOf(3, { baseOffset: Offset(3) }).subarray(0, 80)], file.size());
  file.close();
  const lab = before.kill();
  const cuts = lab.disk.counts.sync;
  lab.append(batchOf(1));
  lab.flusher.flush();
  expect(lab.written).toBe(0);
  lab.settle();
  expect(lab.disk.counts.sync).toBeGreaterThanOrEqual(cuts + 2);
  expect(lab.synced).toBe(4);
});

test('an epoch that begins while an interrupted emptying is finished is saved', () => {
  const before = new Lab();
  before.append(batchOf(3));
  before.settle();
  before.log.truncateFullyAndStartAt(Offset(10), () => {});
  // The store says so, the files are still there.
  before.clock.advance(2.01);
  let lab = before.powerCut();
  expect(lab.log.logStartOffset).toBe(10);
  lab.clock.advance(2);
  lab.append(batchOf(2), 4);
  lab.settle();
  lab.clock.advance(61_000);
  expect(lab.kinds()).toContain('checkpoint');
  lab = lab.powerCut();
  expect(lab.log.epochs.rows).toEqual([{ epoch: 4, startOffset: 10 }]);
});

// Begun by age, between two appends, it is no exception from the rule that a new segment waits for the old ones' sync.
test('a segment that was begun by age takes nothing before all older ones are synced', () => {
  for (let seed = 0; seed < 40; seed++) {
    let lab = new Lab({ seed, settings: { durability: 'process-crash', segmentMs: 1000, flushMs: 30_000 } });
    for (let i = 0; i < 4; i++) {
      lab.append(batchOf(1, { size: 300 }));
      lab.clock.advance(1);
    }
    lab.nowMs += 2000;
    lab.do((done) => lab.log.deleteOldSegments(lab.log.writtenOffset, (error) => done(error)));
    lab.append(batchOf(1, { size: 300 }));
    lab.clock.advance(seed % 5);
    lab = lab.powerCut();
    lab.settle();
    expect(lab.readAll().length).toBe(lab.log.logEndOffset);
  }
});

test('a start syncs the log alone before it answers; the checkpoint follows, a few logs at a time', () => {
  const before = new Lab();
  const names = Array.from({ length: 60 }, (_, i) => `p-${i + 1}`);
  for (const log of names.map((name) => before.open(name)))
    for (let i = 0; i < 9; i++) log.append(batchOf(3), LeaderEpoch(0));
  before.settle();
  const lab = before.kill();
  const syncs = lab.disk.counts.sync;
  const logs = names.map((name) => lab.open(name));
  lab.settle();
  expect(logs.every(({ syncedOffset }) => syncedOffset === 27)).toBe(true);
  expect(lab.disk.counts.sync - syncs).toBe(names.length);
  let most = 0;
  for (let second = 0; second < 130; second++) {
    const told = lab.kinds().filter((kind) => kind === 'checkpoint').length;
    lab.clock.advance(1000);
    most = Math.max(most, lab.kinds().filter((kind) => kind === 'checkpoint').length - told);
  }
  expect(lab.kinds().filter((kind) => kind === 'checkpoint')).toHaveLength(names.length);
  expect(most).toBeLessThanOrEqual(2);
});
