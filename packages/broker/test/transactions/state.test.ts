import { expect, test } from 'vitest';
import {
  completed,
  type Decision,
  decideAdd,
  decideEnd,
  decideInit,
  fenced,
  newState,
  type TransactionState,
} from '../../src/transactions/state.ts';

const freshId = 77;
const partitions = new Map([['t', new Set([0])]]);

function next(decision: Decision): TransactionState {
  if (decision.kind !== 'next') throw new Error(`no next state: ${JSON.stringify(decision)}`);
  return decision.next;
}
/** An open transaction of producer 5 in an epoch. */
const open = (epoch: number, clientVersion = 2): TransactionState => {
  const state = { ...newState(5), epoch, timeoutMs: 1000 };
  return next(decideAdd(state, { claim: { producerId: 5, epoch }, partitions, clientVersion }, 10));
};
const end = (state: TransactionState, epoch: number, commit = true, producerId = 5): Decision =>
  decideEnd(state, { claim: { producerId, epoch }, commit, clientVersion: 2 }, { nowMs: 20, freshId: undefined });

test('with the last epoch of clients an end brings a new producer id, answered again when asked again', () => {
  const state = open(0x7ffe);
  expect(end(state, 0x7ffe)).toEqual({ kind: 'needsId' });
  const asked = { claim: { producerId: 5, epoch: 0x7ffe }, commit: true, clientVersion: 2 };
  const prepared = next(decideEnd(state, asked, { nowMs: 20, freshId }));
  expect(prepared).toMatchObject({ producerId: 5, epoch: 0x7fff, nextProducerId: freshId, status: 'PrepareCommit' });
  const done = completed(prepared, 30);
  expect(done).toMatchObject({ producerId: freshId, epoch: 0, previousProducerId: 5, status: 'CompleteCommit' });
  expect(end(done, 0x7ffe)).toEqual({ kind: 'done' });
  expect(end(done, 0x7ffe, false)).toEqual({ kind: 'refused', error: 'INVALID_TXN_STATE' });
  expect(end(done, 0x7ffd)).toEqual({ kind: 'refused', error: 'INVALID_PRODUCER_ID_MAPPING' });
});

test('a fence takes the very last epoch, and the next producer gets a new id', () => {
  const aborted = completed(fenced(open(0x7ffe), 20, 2), 30);
  expect(aborted).toMatchObject({ producerId: 5, epoch: 0x7fff, status: 'CompleteAbort' });
  const asked = { timeoutMs: 1000, claim: undefined };
  expect(decideInit(aborted, asked, { nowMs: 40, version: 2, freshId: undefined })).toEqual({ kind: 'needsId' });
  const owned = next(decideInit(aborted, asked, { nowMs: 40, version: 2, freshId }));
  expect(owned).toMatchObject({ producerId: freshId, epoch: 0, previousProducerId: 5, status: 'Empty' });
});

test('who had the last epoch may go on under the new id, who had an earlier one may not', () => {
  const asked = (epoch: number, producerId = 5) => ({ timeoutMs: 1000, claim: { producerId, epoch } });
  const at = { nowMs: 40, version: 2, freshId };
  const owned = next(decideInit({ ...newState(5), epoch: 0x7ffe }, asked(0x7ffe), at));
  expect(owned).toMatchObject({ producerId: freshId, epoch: 0, lastEpoch: 0x7ffe });
  expect(next(decideInit(owned, asked(0x7ffe), at))).toMatchObject({ producerId: freshId, epoch: 0 });
  expect(decideInit(owned, asked(3), at)).toEqual({ kind: 'refused', error: 'PRODUCER_FENCED' });
  expect(decideInit(owned, asked(3, 6), at)).toEqual({ kind: 'refused', error: 'PRODUCER_FENCED' });
});

/** What each end of each state is told, by the epoch that the client names: the state's, and the one before. */
test.each<[string, (state: TransactionState) => TransactionState, readonly string[]]>([
  ['open', (state) => state, ['next', 'next', 'PRODUCER_FENCED', 'PRODUCER_FENCED']],
  [
    'prepared to commit',
    (state) => next(end(state, 3)),
    ['PRODUCER_FENCED', 'PRODUCER_FENCED', 'CONCURRENT_TRANSACTIONS', 'INVALID_TXN_STATE'],
  ],
  [
    'prepared to abort',
    (state) => next(end(state, 3, false)),
    ['PRODUCER_FENCED', 'PRODUCER_FENCED', 'INVALID_TXN_STATE', 'CONCURRENT_TRANSACTIONS'],
  ],
  [
    'committed',
    (state) => completed(next(end(state, 3)), 1),
    ['INVALID_TXN_STATE', 'next', 'done', 'INVALID_TXN_STATE'],
  ],
  [
    'aborted',
    (state) => completed(next(end(state, 3, false)), 1),
    ['INVALID_TXN_STATE', 'next', 'INVALID_TXN_STATE', 'done'],
  ],
])('ends of a transaction that is %s (version 2)', (_what, prepare, expected) => {
  const state = prepare(open(3));
  const told = [0, 1].flatMap((back) =>
    [true, false].map((commit) => {
      const decision = end(state, state.epoch - back, commit);
      return decision.kind === 'refused' ? decision.error : decision.kind;
    }),
  );
  expect(told).toEqual(expected);
});

test.each<[string, (state: TransactionState) => TransactionState, readonly string[]]>([
  ['not begun', () => ({ ...newState(5), epoch: 3 }), ['INVALID_TXN_STATE', 'INVALID_TXN_STATE', 'PRODUCER_FENCED']],
  ['open', (state) => state, ['next', 'next', 'PRODUCER_FENCED']],
  [
    'prepared',
    (state) => ({ ...state, status: 'PrepareCommit' }),
    ['CONCURRENT_TRANSACTIONS', 'INVALID_TXN_STATE', 'PRODUCER_FENCED'],
  ],
  ['committed', (state) => ({ ...state, status: 'CompleteCommit' }), ['done', 'INVALID_TXN_STATE', 'PRODUCER_FENCED']],
  ['aborted', (state) => ({ ...state, status: 'CompleteAbort' }), ['INVALID_TXN_STATE', 'done', 'PRODUCER_FENCED']],
])('ends of a transaction that is %s (version 1)', (_what, prepare, expected) => {
  const state = prepare(open(3, 0));
  const told = [
    [3, true],
    [3, false],
    [2, true],
  ].map(([epoch, commit]) => {
    const asked = { claim: { producerId: 5, epoch: Number(epoch) }, commit: commit === true, clientVersion: 0 };
    const decision = decideEnd(state, asked, { nowMs: 20, freshId: undefined });
    return decision.kind === 'refused' ? decision.error : decision.kind;
  });
  expect(told).toEqual(expected);
});
