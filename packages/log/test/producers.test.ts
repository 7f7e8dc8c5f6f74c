/** Idempotence and transactions, as Kafka judges them (KIP-98, KIP-360). */
import { Offset } from '@skerry/base';
import { VirtualClock } from '@skerry/testkit';
import { batchLastOffsetDelta, markerBatch } from '@skerry/wire';
import { expect, test } from 'vitest';
import { logLimits, ProducerStates } from '../src/index.ts';
import { decodeSnapshot, encodeSnapshot } from '../src/snapshot.ts';
import { batchOf } from './lab.ts';

/** Producers, and the offset that comes next. */
class Desk {
  readonly clock = new VirtualClock();
  states = new ProducerStates(this.clock);
  end = 0;

  /** Judges a batch, and appends it if it is fresh: where, or why not. */
  send(producerId: number, epoch: number, sequence: number, count = 1, transactional = false): string | number {
    const batch = batchOf(count, { producerId, producerEpoch: epoch, baseSequence: sequence, transactional });
    return this.judge(batch);
  }

  mark(kind: 'abort' | 'commit', producerId: number, epoch = 0, coordinatorEpoch = 0): string | number {
    return this.judge(markerBatch({ kind, producerId, producerEpoch: epoch, coordinatorEpoch, timestamp: 1 }));
  }

  judge(batch: Uint8Array): string | number {
    const verdict = this.states.check(batch);
    if (verdict.kind === 'refused') return verdict.error;
    if (verdict.kind === 'duplicate') return `duplicate of ${verdict.batch.baseOffset}`;
    const at = this.end;
    this.states.record(batch, 0, Offset(at));
    this.end += batchLastOffsetDelta(batch, 0) + 1;
    return at;
  }

  stable(highWatermark = this.end): number {
    return this.states.lastStableOffset(Offset(highWatermark));
  }
}

test('sequences follow one another, without a gap and without a step back', () => {
  const desk = new Desk();
  expect(desk.send(1, 0, 0, 3)).toBe(0);
  expect(desk.send(1, 0, 3, 2)).toBe(3);
  expect(desk.send(1, 0, 6)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  expect(desk.send(1, 0, 4)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  expect(desk.send(1, 0, 5)).toBe(5);
});

test('without state any first sequence is accepted', () => {
  expect(new Desk().send(1, 4, 77)).toBe(0);
});

test('after 2^31 - 1 comes 0, also within a batch', () => {
  const desk = new Desk();
  expect(desk.send(1, 0, 2 ** 31 - 3, 3)).toBe(0);
  expect(desk.send(1, 0, 0)).toBe(3);
  const other = new Desk();
  expect(other.send(1, 0, 2 ** 31 - 1, 3)).toBe(0);
  expect(other.send(1, 0, 2)).toBe(3);
});

test('one of the last five batches that comes again gets its first offset; an older one is out of order', () => {
  const desk = new Desk();
  for (let i = 0; i < 6; i++) expect(desk.send(1, 0, i * 2, 2)).toBe(i * 2);
  expect(desk.send(1, 0, 0, 2)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  for (let i = 1; i < 6; i++) expect(desk.send(1, 0, i * 2, 2)).toBe(`duplicate of ${i * 2}`);
  expect(desk.send(1, 0, 2, 1)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
});

test('a new epoch begins at 0, an old one is refused', () => {
  const desk = new Desk();
  desk.send(1, 3, 0);
  expect(desk.send(1, 4, 1)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  expect(desk.send(1, 4, 0)).toBe(1);
  expect(desk.send(1, 3, 1)).toBe('INVALID_PRODUCER_EPOCH');
  expect(desk.send(1, 3, 0)).toBe('INVALID_PRODUCER_EPOCH');
  expect(desk.mark('commit', 1, 3)).toBe('INVALID_PRODUCER_EPOCH');
});

test('a producer that is only known by a marker begins at 0', () => {
  const desk = new Desk();
  desk.mark('abort', 1, 2);
  expect(desk.send(1, 2, 5)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  expect(desk.send(1, 2, 0)).toBe(1);
});

test('an open transaction holds readers back, and so does its marker until it is committed', () => {
  const desk = new Desk();
  desk.send(9, 0, 0);
  desk.send(1, 0, 0, 2, true);
  desk.send(2, 0, 0, 1, true);
  expect(desk.stable()).toBe(1);
  expect(desk.send(1, 0, 2)).toBe('INVALID_TXN_STATE');
  expect(desk.mark('commit', 1)).toBe(4);
  expect(desk.stable(4)).toBe(1);
  expect(desk.stable()).toBe(3);
  expect(desk.mark('abort', 2)).toBe(5);
  expect(desk.stable(5)).toBe(3);
  expect(desk.stable()).toBe(6);
});

test('a marker of a coordinator that was replaced is refused', () => {
  const desk = new Desk();
  desk.send(1, 0, 0, 1, true);
  desk.mark('commit', 1, 0, 7);
  expect(desk.mark('commit', 1, 0, 6)).toBe('TRANSACTION_COORDINATOR_FENCED');
  expect(desk.mark('commit', 1, 0, 7)).toBe(2);
});

test('an aborted transaction is indexed with where it left the last stable offset', () => {
  const desk = new Desk();
  desk.send(1, 0, 0, 2, true);
  desk.send(2, 0, 0, 2, true);
  const marker = (producerId: number): Uint8Array =>
    markerBatch({ kind: 'abort', producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 1 });
  expect(desk.states.record(marker(2), 0, Offset(4))).toEqual({
    producerId: 2,
    firstOffset: 2,
    lastOffset: 4,
    lastStableOffset: 0,
  });
  expect(desk.states.record(marker(1), 0, Offset(5))).toMatchObject({ firstOffset: 0, lastStableOffset: 6 });
  // A transaction without records has nothing to skip.
  expect(desk.states.record(marker(1), 0, Offset(6))).toBeUndefined();
});

test('what is undone was never there: sequences, transactions, markers', () => {
  const desk = new Desk();
  desk.send(1, 0, 0, 1, true);
  desk.send(2, 0, 0);
  desk.states.settle(Offset(2));
  const before = [...desk.states.all()].map((state) => ({ ...state }));
  desk.send(2, 0, 1);
  desk.send(3, 0, 0, 1, true);
  desk.mark('abort', 1);
  desk.send(2, 1, 0);
  desk.states.undoTo(Offset(2));
  desk.end = 2;
  expect(new Set(desk.states.all())).toEqual(new Set(before));
  expect(desk.stable()).toBe(0);
  expect(desk.send(2, 0, 1)).toBe(2);
});

test('a producer that is idle for long is forgotten, unless it is in a transaction', () => {
  const desk = new Desk();
  desk.send(1, 0, 0);
  desk.send(2, 0, 0, 1, true);
  desk.clock.advance(500);
  desk.send(3, 0, 0);
  desk.clock.advance(600);
  desk.states.expire(1000);
  expect([...desk.states.all()].map(({ producerId }) => producerId)).toEqual([2, 3]);
});

test('beyond the bound the one idle longest is forgotten', () => {
  const desk = new Desk();
  for (let id = 0; id <= logLimits.producersMax; id++) desk.send(id, 0, 0, 1, id === 0);
  expect(desk.states.size).toBe(logLimits.producersMax);
  expect([desk.states.get(0), desk.states.get(1)]).toEqual([expect.anything(), undefined]);
});

test('a snapshot holds all of it', () => {
  const desk = new Desk();
  desk.send(2 ** 40, 3, 2 ** 31 - 2, 4);
  desk.send(1, 0, 0, 2, true);
  desk.send(2, 0, 0, 1, true);
  desk.mark('commit', 2, 0, 9);
  const { states, ended } = decodeSnapshot(encodeSnapshot(desk.states), 0);
  expect(states).toEqual([...desk.states.all()]);
  expect(ended).toEqual(desk.states.ended);
  const again = new ProducerStates(desk.clock);
  again.load(states, ended);
  expect(again.lastStableOffset(Offset(desk.end))).toBe(desk.stable());
});
