/**
 * One transactional id as `__transaction_state` has it, and the steps from one such state to the next. Pure: whoever
 * drives it writes the next state to the log before it counts (KIP-98, KIP-890).
 *
 *   Empty, Complete…        --a partition joins-->          Ongoing
 *   Ongoing                 --EndTxn-->                     PrepareCommit, PrepareAbort
 *   Ongoing                 --time-out, InitProducerId-->   PrepareAbort, with the next epoch: a fence
 *   Empty, Complete…        --EndTxn to abort, v5+-->       PrepareAbort, of nothing
 *   Prepare…                --all markers are written-->    Complete…
 *   Empty, Complete…        --InitProducerId-->             Empty, with the next epoch
 *
 * With clients that know transaction version 2 every end takes the next epoch, so that nothing that belongs to an
 * earlier transaction can come into a later one, however late it arrives. An epoch cannot grow for ever: with the last
 * one that clients get a new producer id follows, and the last of all is left for the coordinator's own fence.
 */
import { assert } from '@skerry/base';
import { type ErrorName, noProducerEpoch, noProducerId } from '@skerry/wire';

/** In the order of the numbers that stand for them in the log. */
export const statuses = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
] as const;
export type Status = (typeof statuses)[number];

/** Partitions by topic. */
export type PartitionSet = ReadonlyMap<string, ReadonlySet<number>>;

/** Never changed in place. */
export interface TransactionState {
  readonly status: Status;
  readonly producerId: number;
  /** Before the last change of the id; −1 if there was none. */
  readonly previousProducerId: number;
  /** That the end under way will bring; −1 if none. */
  readonly nextProducerId: number;
  readonly epoch: number;
  /** What the client had before `epoch`, and may still name when it asks again; −1: nothing. Not in the log. */
  readonly lastEpoch: number;
  readonly timeoutMs: number;
  readonly partitions: PartitionSet;
  /** Wall time; −1 if no transaction was begun. */
  readonly startMs: number;
  readonly updateMs: number;
  /** The transaction version by which its client works: 0 or 2. */
  readonly clientVersion: number;
}

/** Who claims to own the id. */
export interface Claim {
  readonly producerId: number;
  readonly epoch: number;
}

/** What follows from a request. `needsId`: ask again with a new producer id. */
export type Decision =
  | { readonly kind: 'refused'; readonly error: ErrorName }
  /** It has happened already: answered as the first time. */
  | { readonly kind: 'done' }
  | { readonly kind: 'needsId' }
  | { readonly kind: 'next'; readonly next: TransactionState };

/** The last epoch that clients get. */
const clientEpochMax = 0x7ffe;
/** From this version on a client takes the next epoch with every end (KIP-890). */
const bumpsFrom = 2;

const refused = (error: ErrorName): Decision => ({ kind: 'refused', error });
const done: Decision = { kind: 'done' };
const needsId: Decision = { kind: 'needsId' };
const to = (next: TransactionState): Decision => ({ kind: 'next', next });
const noPartitions: PartitionSet = new Map();

/** An id that nobody has used, before its first InitProducerId. */
export function newState(producerId: number): TransactionState {
  return {
    status: 'Empty',
    producerId,
    previousProducerId: noProducerId,
    nextProducerId: noProducerId,
    epoch: noProducerEpoch,
    lastEpoch: noProducerEpoch,
    timeoutMs: 0,
    partitions: noPartitions,
    startMs: -1,
    updateMs: -1,
    clientVersion: 0,
  };
}

export const isPreparing = ({ status }: TransactionState): boolean =>
  status === 'PrepareCommit' || status === 'PrepareAbort';

/** Takes the id for a producer that starts, or, with a claim, goes on after an error (KIP-360). */
export function decideInit(
  state: TransactionState,
  asked: { readonly timeoutMs: number; readonly claim: Claim | undefined },
  at: { readonly nowMs: number; readonly version: number; readonly freshId: number | undefined },
): Decision {
  const { claim, timeoutMs } = asked;
  if (claim !== undefined && !isOwner(state, claim)) return refused('PRODUCER_FENCED');
  if (isPreparing(state)) return refused('CONCURRENT_TRANSACTIONS');
  if (state.status === 'Ongoing') return to(fenced(state, at.nowMs, at.version));
  const empty: TransactionState = {
    ...state,
    status: 'Empty',
    previousProducerId: state.producerId,
    timeoutMs,
    partitions: noPartitions,
    startMs: -1,
    updateMs: at.nowMs,
  };
  const isCurrent = claim === undefined || state.epoch === noProducerEpoch || claim.epoch === state.epoch;
  if (isCurrent && state.epoch >= clientEpochMax) {
    if (at.freshId === undefined) return needsId;
    return to({ ...empty, producerId: at.freshId, epoch: 0, lastEpoch: claim === undefined ? -1 : state.epoch });
  }
  if (isCurrent) return to({ ...empty, epoch: state.epoch + 1, lastEpoch: claim === undefined ? -1 : state.epoch });
  // Asked again by the same producer: a new one would have left no last epoch.
  return claim.epoch === state.lastEpoch ? to(empty) : refused('PRODUCER_FENCED');
}

function isOwner(state: TransactionState, { producerId, epoch }: Claim): boolean {
  if (state.epoch === noProducerEpoch || producerId === state.producerId) return true;
  return producerId === state.previousProducerId && epoch >= clientEpochMax;
}

/** Partitions join the transaction, which begins with the first. */
export function decideAdd(
  state: TransactionState,
  asked: { readonly claim: Claim; readonly partitions: PartitionSet; readonly clientVersion: number },
  nowMs: number,
): Decision {
  const refusal = claimRefusal(state, asked.claim);
  if (refusal !== undefined) return refused(refusal);
  const isOpen = state.status === 'Ongoing';
  if (isOpen && includesAll(state.partitions, asked.partitions)) return done;
  return to({
    ...state,
    status: 'Ongoing',
    previousProducerId: state.producerId,
    partitions: union(state.partitions, asked.partitions),
    startMs: isOpen ? state.startMs : nowMs,
    updateMs: nowMs,
    clientVersion: asked.clientVersion,
  });
}

/** Why the producer may not write to a partition within its transaction now, if so. */
export function partitionRefusal(
  state: TransactionState,
  claim: Claim,
  topic: string,
  partition: number,
): ErrorName | undefined {
  const refusal = claimRefusal(state, claim);
  if (refusal !== undefined) return refusal;
  return state.partitions.get(topic)?.has(partition) === true ? undefined : 'TRANSACTION_ABORTABLE';
}

function claimRefusal(state: TransactionState, { producerId, epoch }: Claim): ErrorName | undefined {
  if (producerId !== state.producerId) return 'INVALID_PRODUCER_ID_MAPPING';
  if (epoch !== state.epoch) return 'PRODUCER_FENCED';
  return isPreparing(state) ? 'CONCURRENT_TRANSACTIONS' : undefined;
}

interface EndAsked {
  readonly claim: Claim;
  readonly commit: boolean;
  readonly clientVersion: number;
}

/** The producer ends its transaction. */
export function decideEnd(
  state: TransactionState,
  asked: EndAsked,
  at: { readonly nowMs: number; readonly freshId: number | undefined },
): Decision {
  const { claim, commit, clientVersion } = asked;
  const bumps = clientVersion >= bumpsFrom;
  const retry = bumps ? retryOf(state, claim) : undefined;
  if (claim.producerId !== state.producerId && retry !== 'overNewId') return refused('INVALID_PRODUCER_ID_MAPPING');
  const again = isPreparing(state) || isCompleted(state) ? decideEndAgain(state, asked, retry) : undefined;
  if (again !== undefined) return again;
  if (claim.epoch !== state.epoch) return refused('PRODUCER_FENCED');
  if (state.status === 'Ongoing') return prepared(state, asked, at);
  // With nothing in it, a transaction may be aborted, for the sake of its next epoch.
  return bumps && !commit ? prepared(state, asked, at) : refused('INVALID_TXN_STATE');
}

/** What has ended, or is ending, is ended again; undefined if it is rather the next transaction that is to end. */
function decideEndAgain(state: TransactionState, asked: EndAsked, retry: Retry | undefined): Decision | undefined {
  const isNext = asked.clientVersion >= bumpsFrom && retry === undefined;
  if (isNext && isCompleted(state)) return undefined;
  if (isNext || (retry === undefined && asked.claim.epoch !== state.epoch)) return refused('PRODUCER_FENCED');
  const wasCommit = state.status === 'PrepareCommit' || state.status === 'CompleteCommit';
  if (wasCommit !== asked.commit) return refused('INVALID_TXN_STATE');
  return isPreparing(state) ? refused('CONCURRENT_TRANSACTIONS') : done;
}

const isCompleted = ({ status }: TransactionState): boolean =>
  status === 'CompleteCommit' || status === 'CompleteAbort';

type Retry = 'overNewId' | 'overEpoch';

/** Whether the client still has what it had before the end: the answer to its first try was lost. */
function retryOf(state: TransactionState, claim: Claim): Retry | undefined {
  const { previousProducerId, epoch } = state;
  if (claim.producerId === previousProducerId && claim.epoch === clientEpochMax && epoch === 0) return 'overNewId';
  return claim.epoch + 1 === epoch ? 'overEpoch' : undefined;
}

function prepared(
  state: TransactionState,
  { commit, clientVersion }: { readonly commit: boolean; readonly clientVersion: number },
  { nowMs, freshId }: { readonly nowMs: number; readonly freshId: number | undefined },
): Decision {
  const bumps = clientVersion >= bumpsFrom;
  const isExhausted = bumps && state.epoch >= clientEpochMax;
  if (isExhausted && freshId === undefined) return needsId;
  const next: TransactionState = {
    ...state,
    status: commit ? 'PrepareCommit' : 'PrepareAbort',
    previousProducerId: state.producerId,
    nextProducerId: isExhausted && freshId !== undefined ? freshId : noProducerId,
    epoch: bumps ? state.epoch + 1 : state.epoch,
    lastEpoch: bumps ? state.epoch : state.lastEpoch,
    startMs: state.status === 'Ongoing' ? state.startMs : nowMs,
    updateMs: nowMs,
    clientVersion,
  };
  return to(next);
}

/** Aborts a transaction in its producer's place, and shuts the producer out: what it still sends is refused. */
export function fenced(state: TransactionState, nowMs: number, version: number): TransactionState {
  assert(state.status === 'Ongoing', 'only an open transaction is fenced');
  return {
    ...state,
    status: 'PrepareAbort',
    previousProducerId: state.producerId,
    nextProducerId: noProducerId,
    epoch: state.epoch + 1,
    lastEpoch: version >= bumpsFrom ? state.epoch : noProducerEpoch,
    updateMs: nowMs,
    clientVersion: version,
  };
}

/** All markers are written. */
export function completed(state: TransactionState, nowMs: number): TransactionState {
  assert(isPreparing(state), 'only what was prepared is completed');
  const isNewId = state.nextProducerId !== noProducerId;
  return {
    ...state,
    status: state.status === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    producerId: isNewId ? state.nextProducerId : state.producerId,
    previousProducerId: state.producerId,
    nextProducerId: noProducerId,
    epoch: isNewId ? 0 : state.epoch,
    partitions: noPartitions,
    updateMs: nowMs,
  };
}

export function countOf(partitions: PartitionSet): number {
  let count = 0;
  for (const indexes of partitions.values()) count += indexes.size;
  return count;
}

export function includesAll(partitions: PartitionSet, asked: PartitionSet): boolean {
  for (const [topic, indexes] of asked) {
    const known = partitions.get(topic);
    for (const index of indexes) if (known?.has(index) !== true) return false;
  }
  return true;
}

export function union(a: PartitionSet, b: PartitionSet): PartitionSet {
  const all = new Map(a);
  for (const [topic, indexes] of b) all.set(topic, new Set([...(all.get(topic) ?? []), ...indexes]));
  return all;
}
