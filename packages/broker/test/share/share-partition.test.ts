import { describe, expect, it } from 'vitest';
import { type AcquireTerms, SharePartition, type Transition } from '../../src/share/share-partition.ts';
import { acknowledgeType, deliveryState, type SavedState } from '../../src/share/state.ts';

const limits = { lockMs: 30_000, deliveriesMax: 5, inFlightMax: 2_000 };
const { gap, accept, release, reject, renew } = acknowledgeType;

function partition(saved: SavedState = { startOffset: 0, batches: [] }, own: Partial<typeof limits> = {}) {
  return new SharePartition(saved, () => ({ ...limits, ...own }));
}

function take(of: SharePartition, batchEnds: number[], terms: Partial<AcquireTerms> = {}) {
  const firstOffset = of.nextFetchOffset() ?? -1;
  const asked = { memberId: 'a', recordsMax: 500, pieceSize: 500, strict: false, nowMs: 0, ...terms };
  return of
    .acquire({ firstOffset, batchEnds }, asked)
    .map(({ firstOffset: first, lastOffset: last, deliveryCount }) => [first, last, deliveryCount]);
}

function say(of: SharePartition, first: number, last: number, types: number[], memberId = 'a', nowMs = 0) {
  return of.acknowledge(memberId, [{ firstOffset: first, lastOffset: last, types }], nowMs);
}

function written(transition: Transition | string | undefined): void {
  if (typeof transition !== 'object') throw new Error(`no transition: ${transition}`);
  transition.settle(true);
}

describe('a share partition', () => {
  it('hands out each record to one member, whole batches at a time', () => {
    const one = partition();
    expect(take(one, [9, 19, 29], { recordsMax: 15 })).toEqual([[0, 19, 1]]);
    expect(take(one, [29], { memberId: 'b' })).toEqual([[20, 29, 1]]);
    expect(one.nextFetchOffset()).toBe(30);
    expect(one.size).toBe(2);
  });

  it('cuts a batch where the client asks for so many records and not one more', () => {
    const one = partition();
    expect(take(one, [9, 19], { recordsMax: 15, strict: true })).toEqual([[0, 14, 1]]);
    expect(take(one, [19], { recordsMax: 15, strict: true })).toEqual([[15, 19, 1]]);
  });

  it('gives pieces that end where batches end', () => {
    expect(take(partition(), [4, 9, 14, 19], { pieceSize: 8 })).toEqual([
      [0, 9, 1],
      [10, 19, 1],
    ]);
  });

  it('moves its start only over what is written as done with', () => {
    const one = partition();
    take(one, [9]);
    const said = say(one, 0, 9, [accept]);
    expect(said).toMatchObject({ startOffset: 0, batches: [{ first: 0, last: 9, state: 2, deliveries: 1 }] });
    expect(one.start).toBe(0);
    written(said);
    expect([one.start, one.end, one.size]).toEqual([10, 10, 0]);
  });

  it('is as before where an acknowledgement could not be written', () => {
    const one = partition();
    take(one, [9]);
    const said = say(one, 0, 9, [accept]);
    expect(say(one, 0, 9, [accept])).toBe('INVALID_RECORD_STATE');
    if (typeof said === 'object') said.settle(false);
    written(say(one, 0, 9, [accept]));
    expect(one.start).toBe(10);
  });

  it('takes a type for each record', () => {
    const one = partition();
    take(one, [4]);
    written(say(one, 0, 4, [accept, release, reject, gap, accept]));
    expect(one.saved()).toEqual({
      startOffset: 1,
      batches: [
        { first: 1, last: 1, state: deliveryState.available, deliveries: 1 },
        { first: 2, last: 3, state: deliveryState.archived, deliveries: 1 },
        { first: 4, last: 4, state: deliveryState.acknowledged, deliveries: 1 },
      ],
    });
    expect(take(one, [4], { memberId: 'b' })).toEqual([[1, 1, 2]]);
  });

  it('hands out no record twice while its release is being written', () => {
    const one = partition();
    take(one, [4]);
    const said = say(one, 0, 4, [release]);
    expect(one.nextFetchOffset()).toBe(5);
    written(said);
    expect(one.nextFetchOffset()).toBe(0);
  });

  it('refuses all of what names a record that the member does not hold', () => {
    const one = partition();
    take(one, [4]);
    take(one, [9], { memberId: 'b' });
    expect(say(one, 0, 9, [accept])).toBe('INVALID_RECORD_STATE');
    expect(say(one, 0, 10, [accept])).toBe('INVALID_RECORD_STATE');
    expect(say(one, 0, 4, [accept], 'b')).toBe('INVALID_RECORD_STATE');
    expect(say(one, 4, 0, [accept])).toBe('INVALID_REQUEST');
    expect(say(one, 0, 4, [accept, accept])).toBe('INVALID_REQUEST');
    expect(one.expire(limits.lockMs)?.batches).toMatchObject([{ first: 0, last: 9, state: 0 }]);
  });

  it('lets a lock time out, and a record that was delivered too often go', () => {
    const one = partition(undefined, { deliveriesMax: 2 });
    take(one, [4]);
    expect(one.nextExpiryMs()).toBe(30_000);
    expect(one.expire(29_999)).toBeUndefined();
    written(one.expire(30_000));
    expect(take(one, [4], { memberId: 'b', nowMs: 30_000 })).toEqual([[0, 4, 2]]);
    written(one.expire(60_000));
    expect([one.start, one.size]).toEqual([5, 0]);
  });

  it('keeps a lock that is renewed', () => {
    const one = partition();
    take(one, [4]);
    expect(say(one, 0, 4, [renew], 'a', 20_000)).toBeUndefined();
    expect(one.expire(30_000)).toBeUndefined();
    expect(one.nextExpiryMs()).toBe(50_000);
  });

  it('does not count deliveries to a member that leaves', () => {
    const one = partition();
    take(one, [4]);
    written(one.release('a'));
    expect(one.release('a')).toBeUndefined();
    expect(take(one, [4], { memberId: 'b' })).toEqual([[0, 4, 1]]);
  });

  it('has so many records under way, and gives back what returns first', () => {
    const one = partition(undefined, { inFlightMax: 10 });
    take(one, [4]);
    take(one, [9]);
    expect(one.nextFetchOffset()).toBeUndefined();
    written(say(one, 5, 9, [release]));
    expect(one.nextFetchOffset()).toBe(5);
    expect(take(one, [9, 14])).toEqual([[5, 9, 2]]);
    written(say(one, 0, 4, [accept]));
    expect(one.nextFetchOffset()).toBe(10);
  });

  it('forgets what the log forgets, whoever holds it', () => {
    const one = partition();
    take(one, [9]);
    const said = say(one, 0, 9, [accept]);
    expect(one.logStartMoved(5)).toMatchObject({ startOffset: 5, batches: [] });
    written(said);
    expect(one.start).toBe(10);
    take(one, [19]);
    one.logStartMoved(30);
    expect([one.start, one.end]).toEqual([30, 30]);
    expect(say(one, 10, 19, [accept])).toBeUndefined();
  });

  it('goes on after a restart as it was written', () => {
    const before = partition();
    take(before, [4]);
    take(before, [9], { memberId: 'b' });
    written(say(before, 5, 7, [accept], 'b'));
    const after = partition(before.saved());
    expect([after.start, after.end]).toEqual([0, 8]);
    expect(take(after, [4])).toEqual([[0, 4, 1]]);
    expect(after.nextFetchOffset()).toBe(8);
    expect(after.lag(10)).toBe(7);
  });
});
