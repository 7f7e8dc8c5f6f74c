/**
 * A log against the obvious: a list of batches. Random appends, cuts at either end, retention, reads by offset and
 * time, and the end of a life at any moment: what was synced is there afterwards, and nothing that was never
 * appended.
 */
import { LeaderEpoch, Offset } from '@skerry/base';
import {
  batchBaseOffset,
  batchLastOffset,
  batchLeaderEpoch,
  batchMaxTimestamp,
  markerBatch,
  records,
} from '@skerry/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AbortedTransaction, ProducerStates, type TimedRecord } from '../src/index.ts';
import { type BatchShape, batchOf, Lab } from './lab.ts';

type Move =
  | { readonly kind: 'append'; readonly count: number; readonly shape: BatchShape; readonly newEpoch: boolean }
  | { readonly kind: 'marker'; readonly how: 'abort' | 'commit'; readonly producerId: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | {
      readonly kind: 'read';
      readonly at: number;
      readonly bytesMax: number;
      readonly upTo: number;
      readonly one: boolean;
    }
  | { readonly kind: 'findTime'; readonly timestamp: number }
  | { readonly kind: 'findNewest' }
  | { readonly kind: 'truncate'; readonly at: number }
  | { readonly kind: 'restartAt'; readonly gap: number }
  | { readonly kind: 'deleteRecords'; readonly at: number }
  | { readonly kind: 'retention' }
  | { readonly kind: 'check' }
  | { readonly kind: 'slow' }
  | { readonly kind: 'full'; readonly bytesBefore: number; readonly path: string }
  | { readonly kind: 'end'; readonly how: 'powerCut' | 'kill' | 'restart'; readonly loseStore: boolean };

const fraction = fc.integer({ min: 0, max: 1000 });
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 5 }),
      shape: fc.record({
        size: fc.oneof({ weight: 8, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.constant(3000) }),
        timestamp: fc.nat(2000),
        producerId: fc.constantFrom(-1, -1, 1, 2, 3),
        producerEpoch: fc.nat(1),
        baseSequence: fc.nat(20),
        transactional: fc.boolean(),
      }),
      newEpoch: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('marker' as const),
      how: fc.constantFrom('abort' as const, 'commit' as const),
      producerId: fc.constantFrom(1, 2, 3),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 0.5, 2, 20, 15_000, 70_000) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      at: fraction,
      bytesMax: fc.constantFrom(0, 1, 100, 500, 1_000_000),
      upTo: fraction,
      one: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('findTime' as const), timestamp: fc.nat(2100) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('findNewest' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('truncate' as const), at: fraction }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restartAt' as const), gap: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteRecords' as const), at: fraction }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retention' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('check' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('slow' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('full' as const),
      bytesBefore: fc.nat(200),
      path: fc.constantFrom('.log', '.log', '.log', 'index', 'txnindex'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      how: fc.constantFrom('powerCut' as const, 'kill' as const, 'restart' as const),
      loseStore: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
  },
);

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

class Model {
  lab: Lab;
  /** Appended and neither cut nor refused. */
  batches: Uint8Array[] = [];
  end = 0;
  epoch = 0;
  start = 0;
  forgetful = false;
  /** Refused for want of space. One that got in whole may be there after a power cut, if its removal was not synced. */
  refused: Uint8Array[] = [];

  constructor(seed: number, settings: Lab['log']['settings'] | object) {
    this.lab = new Lab({ seed, settings, openFilesMax: 4 });
  }

  /** A full disk has refused what was appended at the end. */
  noteCuts(): void {
    for (const cut of this.lab.cuts.splice(0)) {
      this.refused.push(
        ...this.batches.filter((batch) => batchBaseOffset(batch, 0) >= cut).map((batch) => batch.slice()),
      );
      this.batches = this.batches.filter((batch) => batchLastOffset(batch, 0) < cut);
      this.end = cut;
    }
  }

  run(next: Move): void {
    const { lab } = this;
    this.noteCuts();
    switch (next.kind) {
      case 'append': {
        if (next.newEpoch) this.epoch++;
        this.append(batchOf(next.count, next.shape), next.count);
        return;
      }
      case 'marker': {
        const { how: kind, producerId } = next;
        this.append(markerBatch({ kind, producerId, producerEpoch: 1, coordinatorEpoch: 1, timestamp: 1 }), 1);
        return;
      }
      case 'pass':
        lab.clock.advance(next.ms);
        return;
      case 'read':
        this.read(next);
        return;
      case 'findTime':
        this.findTime(next.timestamp);
        return;
      case 'findNewest':
        this.findNewest();
        return;
      case 'truncate':
        this.truncate(this.within(next.at, this.start, this.end));
        return;
      case 'restartAt': {
        const at = Offset(this.end + next.gap);
        lab.do((done) => lab.log.truncateFullyAndStartAt(at, done));
        lab.cuts.length = 0;
        Object.assign(this, { batches: [], start: at, end: at, forgetful: false });
        return;
      }
      case 'deleteRecords': {
        const at = this.within(next.at, this.start, lab.log.writtenOffset);
        lab.do((done) => lab.log.advanceLogStartOffset(Offset(at), done));
        this.start = at;
        return;
      }
      case 'retention':
        lab.do((done) => lab.log.deleteOldSegments(lab.log.writtenOffset, done));
        expect(lab.log.logStartOffset).toBeGreaterThanOrEqual(this.start);
        this.start = lab.log.logStartOffset;
        return;
      case 'check':
        this.check();
        return;
      case 'slow':
        lab.flusher.wroteOnLoop(3);
        return;
      case 'full':
        lab.disk.faults.clear();
        lab.disk.faults.inject({
          on: 'write',
          code: 'ENOSPC',
          times: 1,
          bytesBefore: next.bytesBefore,
          path: next.path,
        });
        return;
      case 'end':
        this.endLife(next.how, next.loseStore);
    }
  }

  append(batch: Uint8Array, count: number): void {
    expect(this.lab.append(batch, this.epoch)).toBe(this.end);
    this.batches.push(batch);
    this.end += count;
  }

  /** What is known of producers is what the batches say, however often the process ended. */
  checkProducers(): void {
    const { log } = this.lab;
    if (this.forgetful) return;
    const again = new ProducerStates(this.lab.clock);
    const aborted: AbortedTransaction[] = [];
    for (const batch of this.batches) {
      const entry = again.record(batch, 0, batchBaseOffset(batch, 0));
      if (entry !== undefined) aborted.push(entry);
    }
    // An undo puts a producer back, not its place among the idle.
    const plain = (states: ProducerStates): unknown[] =>
      [...states.all()].sort((a, b) => a.producerId - b.producerId).map((state) => ({ ...state, heardMs: 0 }));
    expect(plain(log.producers)).toEqual(plain(again));
    expect(log.lastStableOffset(Offset(this.end))).toBe(again.lastStableOffset(Offset(this.end)));
    const found = log.abortedTransactions(log.logStartOffset, Offset(this.end));
    expect(found).toEqual(aborted.filter(({ lastOffset }) => lastOffset >= this.start));
  }

  /** The epochs are those of the batches; one without records may have a row, or none. */
  checkEpochs(): void {
    const rows: number[][] = [];
    for (const batch of this.batches) {
      const epoch = batchLeaderEpoch(batch, 0);
      if (rows.at(-1)?.[0] !== epoch) rows.push([epoch, batchBaseOffset(batch, 0)]);
    }
    const kept = rows.filter((_row, i) => (rows[i + 1]?.[1] ?? this.end) > this.start);
    const expected = kept.map(([epoch, start = 0]) => [epoch, Math.max(start, this.start)]);
    const found = this.lab.log.epochs.rows.map(({ epoch, startOffset }) => [epoch, startOffset]);
    expect(found.filter(([, start], i) => start !== (found[i + 1]?.[1] ?? this.end))).toEqual(expected);
  }

  within(part: number, low: number, high: number): number {
    return low + Math.floor(((high - low) * part) / 1000);
  }

  visible(): Uint8Array[] {
    const written = this.lab.log.writtenOffset;
    return this.batches.filter(
      (batch) => batchLastOffset(batch, 0) >= this.start && batchBaseOffset(batch, 0) < written,
    );
  }

  read({ at, bytesMax, upTo: upToPart, one }: Extract<Move, { kind: 'read' }>): void {
    const { lab, start } = this;
    const written = lab.log.writtenOffset;
    const offset = this.within(at, start, written);
    const upTo = this.within(upToPart, offset, written);
    const expected: number[] = [];
    for (const batch of this.visible()) {
      if (batchLastOffset(batch, 0) < offset || batchLastOffset(batch, 0) >= upTo) continue;
      expected.push(...batch);
    }
    const [first] = this.visible().filter((batch) => batchLastOffset(batch, 0) >= offset);
    const found = lab.read(offset, bytesMax, upTo, one);
    expect([...found]).toEqual(expected.slice(0, found.length));
    if (expected.length === 0) return;
    // As much as asked for, but one segment's at most, whose end the model does not know.
    const most = Math.max(bytesMax, one ? (first?.length ?? 0) : 0);
    expect(found.length).toBeLessThanOrEqual(most);
    expect(found.length).toBeGreaterThanOrEqual(Math.min(most, one ? (first?.length ?? 0) : 0));
  }

  find(
    look: (done: (error: Error | undefined, record: TimedRecord | undefined) => void) => void,
  ): TimedRecord | undefined {
    let found: TimedRecord | undefined;
    this.lab.do((done) =>
      look((error, record) => {
        found = record;
        done(error);
      }),
    );
    return found;
  }

  all(): { offset: number; timestamp: number }[] {
    const { start } = this;
    return this.visible().flatMap((batch) => [...records(batch, 0)].filter(({ offset }) => offset >= start));
  }

  findTime(timestamp: number): void {
    const { log } = this.lab;
    const expected = this.all().find((record) => record.timestamp >= timestamp);
    const found = this.find((done) => log.offsetForTimestamp(timestamp, log.writtenOffset, done));
    expect([found?.offset, found?.timestamp]).toEqual([expected?.offset, expected?.timestamp]);
  }

  findNewest(): void {
    const { log } = this.lab;
    const newest = Math.max(...this.visible().map((batch) => batchMaxTimestamp(batch, 0)));
    const expected = this.all().find(({ timestamp }) => timestamp === newest);
    const found = this.find((done) => log.offsetOfMaxTimestamp(log.writtenOffset, done));
    // Records below the log start count in a segment's newest time; then the model cannot say.
    if (expected !== undefined)
      expect([found?.offset, found?.timestamp]).toEqual([expected.offset, expected.timestamp]);
  }

  truncate(at: number): void {
    const { lab } = this;
    // Of what lies below the log start only snapshots tell, and those beyond the cut go.
    if (this.start > 0) this.forgetful = true;
    lab.do((done) => lab.log.truncateTo(Offset(at), LeaderEpoch(this.epoch), done));
    this.batches = this.batches.filter((batch) => batchLastOffset(batch, 0) < at);
    this.noteCuts();
    this.end = lab.log.logEndOffset;
    const last = this.batches.at(-1);
    if (last !== undefined) expect(this.end).toBe(Math.max(this.start, batchLastOffset(last, 0) + 1));
    this.start = lab.log.logStartOffset;
  }

  /** What the log holds, is what was appended. */
  check(): void {
    const { lab } = this;
    lab.settle();
    this.noteCuts();
    expect([lab.log.logStartOffset, lab.log.logEndOffset, lab.log.writtenOffset]).toEqual([
      this.start,
      this.end,
      this.end,
    ]);
    expect(lab.readAll()).toEqual(this.visible());
    expect(lab.failures).toEqual([]);
    this.checkProducers();
    this.checkEpochs();
    if (lab.log.settings.durability !== 'power-loss') return;
    expect(lab.log.syncedOffset).toBe(this.end);
    expect(lab.files.openFiles).toBeLessThanOrEqual(4);
  }

  acceptRefused(safe: number): void {
    const { log } = this.lab;
    const found = this.lab
      .readAll(Math.max(safe, log.logStartOffset))
      .filter((batch) => batchBaseOffset(batch, 0) >= safe);
    const back = this.refused.filter((batch) => found.some((other) => equal(other, batch)));
    if (back.length === 0) return;
    this.batches = [...this.batches.filter((batch) => batchBaseOffset(batch, 0) < safe), ...found];
    for (const batch of found)
      expect([...this.refused, ...this.batches].some((known) => equal(known, batch))).toBe(true);
    this.end = log.logEndOffset;
  }

  endLife(how: 'powerCut' | 'kill' | 'restart', loseStore = false): void {
    this.lab.disk.faults.clear();
    if (how === 'restart') this.lab.do((done) => this.lab.log.close(done));
    this.noteCuts();
    const { writtenOffset: written, syncedOffset: synced } = this.lab.log;
    if (how === 'powerCut') this.lab.machine.cutPower();
    else this.lab.machine.kill();
    if (loseStore) this.lab.loseStore();
    this.lab = this.lab.again();
    const { log } = this.lab;
    if (loseStore) Object.assign(this, { start: log.logStartOffset, forgetful: true });
    const safe =
      how === 'restart' ? this.end : how === 'kill' ? Math.min(written, this.end) : Math.min(synced, this.end);
    expect(log.logEndOffset).toBeGreaterThanOrEqual(safe);
    if (how === 'powerCut' && this.refused.length > 0) this.acceptRefused(safe);
    expect(log.logEndOffset).toBeLessThanOrEqual(this.end);
    this.end = log.logEndOffset;
    this.batches = this.batches.filter((batch) => batchLastOffset(batch, 0) < this.end);
    const rows = log.epochs.rows;
    expect(rows.every(({ startOffset }) => startOffset <= this.end)).toBe(true);
    this.check();
  }
}

const settings = fc.record({
  segmentBytes: fc.constantFrom(300, 1000, 20_000),
  indexIntervalBytes: fc.constantFrom(0, 200, 4096),
  segmentIndexBytes: fc.constantFrom(100, 10_000),
  retentionBytes: fc.constantFrom(-1, 1000),
  retentionMs: fc.constant(-1),
  durability: fc.constantFrom('power-loss' as const, 'process-crash' as const),
});

test('a log does what a list of batches does, and lives through the end of its process', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      settings,
      fc.array(move, { minLength: 30, maxLength: 90, size: 'max' }),
      (seed, set, moves) => {
        const model = new Model(seed, set);
        for (const next of moves) model.run(next);
        model.endLife('restart');
      },
    ),
    { numRuns: Number(process.env['RUNS'] ?? 30), endOnFailure: process.env['SHRINK'] === undefined },
  );
}, 600_000);
