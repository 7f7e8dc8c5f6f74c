/**
 * What a log knows of each producer id: enough to refuse what is out of order and to recognise what came twice
 * (KIP-98), and which transactions are open, hence how far a reader of committed data may read.
 *
 * It is a function of the log: made by replay from a snapshot, undone when an append is, truncated with the log. Only
 * forgetting is not: a producer idle for `producerIdExpirationMs` goes, by monotonic time since we last heard of it,
 * so that a wrong clock forgets nobody; and beyond `logLimits.producersMax` the one idle longest goes. Who is in a
 * transaction stays.
 *
 * Without state any first sequence is accepted, since the state may have been forgotten (KIP-360); a new epoch
 * starts at 0.
 */
import { assert, type Clock, Offset, offsetAfter } from '@skerry/base';
import {
  batchBaseSequence,
  batchIsControl,
  batchIsTransactional,
  batchLastOffsetDelta,
  batchLastSequence,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  controlRecord,
  noProducerEpoch,
} from '@skerry/wire';
import { logLimits } from './settings.ts';

/** One of the newest batches of a producer. */
export interface ProducerBatch {
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  readonly timestamp: number;
}

/** Never changed in place: an undo puts the one before back. */
export interface ProducerState {
  readonly producerId: number;
  readonly epoch: number;
  /** Oldest first, at most `logLimits.producerBatches`. */
  readonly batches: readonly ProducerBatch[];
  /** Of the coordinator whose marker came last; −1 before the first. */
  readonly coordinatorEpoch: number;
  readonly lastTimestamp: number;
  /** Where its open transaction began, if one is open. */
  readonly transactionFirstOffset: Offset | undefined;
  /** Monotonic time of its last append here, or of the start of this process. */
  readonly heardMs: number;
}

/** A transaction whose records readers of committed data must skip. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: Offset;
  /** Of the marker. */
  readonly lastOffset: Offset;
  /** Below it every transaction is decided, once the marker is. */
  readonly lastStableOffset: Offset;
}

/** A transaction that has its marker; it still holds readers back while the high watermark has not passed that. */
export interface EndedTransaction {
  readonly firstOffset: Offset;
  readonly lastOffset: Offset;
}

export type ProducerRefusal =
  | 'INVALID_PRODUCER_EPOCH'
  | 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  | 'INVALID_TXN_STATE'
  | 'TRANSACTION_COORDINATOR_FENCED';

/** May the batch be appended? A duplicate is answered as its first was, once that is as safe as the answer says. */
export type ProducerVerdict =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'duplicate'; readonly batch: ProducerBatch }
  | { readonly kind: 'refused'; readonly error: ProducerRefusal };

const fresh: ProducerVerdict = { kind: 'fresh' };
const refused = (error: ProducerRefusal): ProducerVerdict => ({ kind: 'refused', error });

interface Undo {
  readonly producerId: number;
  readonly before: ProducerState | undefined;
  /** The log's end after the append that is undone. */
  readonly end: Offset;
}

export class ProducerStates {
  readonly #clock: Clock;
  /** In the order of last appends. */
  readonly #states = new Map<number, ProducerState>();
  /** First offsets by producer id, in the order of the log. */
  #open = new Map<number, Offset>();
  #ended: EndedTransaction[] = [];
  #undo: Undo[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#states.size;
  }

  get(producerId: number): ProducerState | undefined {
    return this.#states.get(producerId);
  }

  /** All, the one idle longest first: for DescribeProducers and snapshots. */
  all(): Iterable<ProducerState> {
    return this.#states.values();
  }

  /** Producers with an open transaction, in the order in which those began. */
  open(): readonly number[] {
    return [...this.#open.keys()];
  }

  get ended(): readonly EndedTransaction[] {
    return this.#ended;
  }

  /** Judges a batch of a client, or a marker of a coordinator, before its append. */
  check(batch: Uint8Array): ProducerVerdict {
    const producerId = batchProducerId(batch, 0);
    if (producerId < 0) return fresh;
    const state = this.#states.get(producerId);
    if (state === undefined) return fresh;
    const epoch = batchProducerEpoch(batch, 0);
    if (batchIsControl(batch, 0)) return this.#checkMarker(batch, state, epoch);
    const first = batchBaseSequence(batch, 0);
    if (epoch === state.epoch) {
      const last = batchLastSequence(batch, 0);
      const twin = state.batches.find((known) => known.baseSequence === first && known.lastSequence === last);
      if (twin !== undefined) return { kind: 'duplicate', batch: twin };
    }
    if (epoch < state.epoch) return refused('INVALID_PRODUCER_EPOCH');
    // A coordinator's own batches carry no sequence; clients' without one are refused before they come here.
    if (first < 0) return fresh;
    if (!follows(state, epoch, first)) return refused('OUT_OF_ORDER_SEQUENCE_NUMBER');
    if (state.transactionFirstOffset !== undefined && !batchIsTransactional(batch, 0))
      return refused('INVALID_TXN_STATE');
    return fresh;
  }

  #checkMarker(batch: Uint8Array, state: ProducerState, epoch: number): ProducerVerdict {
    if (epoch < state.epoch) return refused('INVALID_PRODUCER_EPOCH');
    const marker = controlRecord(batch, 0);
    if (marker === undefined || marker.kind === 'other') return fresh;
    return marker.coordinatorEpoch < state.coordinatorEpoch ? refused('TRANSACTION_COORDINATOR_FENCED') : fresh;
  }

  /**
   * Takes note of a batch that is appended at `baseOffset`. A marker that aborts a transaction yields its entry for
   * the index.
   */
  record(batch: Uint8Array, at: number, baseOffset: Offset): AbortedTransaction | undefined {
    const producerId = batchProducerId(batch, at);
    if (producerId < 0) return undefined;
    const before = this.#states.get(producerId);
    const end = offsetAfter(baseOffset, batchLastOffsetDelta(batch, at) + 1);
    this.#undo.push({ producerId, before, end });
    if (batchIsControl(batch, at)) return this.#recordMarker(batch, at, baseOffset, before);
    this.#recordData(batch, at, baseOffset, before);
    return undefined;
  }

  #recordData(batch: Uint8Array, at: number, baseOffset: Offset, before: ProducerState | undefined): void {
    const producerId = batchProducerId(batch, at);
    const epoch = batchProducerEpoch(batch, at);
    const lastOffset = offsetAfter(baseOffset, batchLastOffsetDelta(batch, at));
    const [baseSequence, lastSequence] = [batchBaseSequence(batch, at), batchLastSequence(batch, at)];
    const timestamp = batchMaxTimestamp(batch, at);
    const known = before?.epoch === epoch ? before.batches : [];
    const kept = known.length < logLimits.producerBatches ? known.slice() : known.slice(1);
    // A coordinator's own transactional batches carry no sequence: nothing to compare with later.
    if (baseSequence >= 0) kept.push({ baseSequence, lastSequence, baseOffset, lastOffset, timestamp });
    let transactionFirstOffset = before?.transactionFirstOffset;
    if (transactionFirstOffset === undefined && batchIsTransactional(batch, at)) {
      transactionFirstOffset = baseOffset;
      this.#open.set(producerId, baseOffset);
    }
    this.#set({
      producerId,
      epoch,
      batches: kept,
      coordinatorEpoch: before?.coordinatorEpoch ?? -1,
      lastTimestamp: timestamp,
      transactionFirstOffset,
      heardMs: this.#clock.monotonicMs(),
    });
  }

  #recordMarker(
    batch: Uint8Array,
    at: number,
    baseOffset: Offset,
    before: ProducerState | undefined,
  ): AbortedTransaction | undefined {
    const marker = controlRecord(batch, at);
    // An empty control batch is what compaction leaves of a transaction that is gone.
    if (marker === undefined || marker.kind === 'other') return undefined;
    const producerId = batchProducerId(batch, at);
    const epoch = batchProducerEpoch(batch, at);
    const firstOffset = before?.transactionFirstOffset;
    this.#open.delete(producerId);
    this.#set({
      producerId,
      epoch,
      batches: before?.epoch === epoch ? before.batches : [],
      coordinatorEpoch: marker.coordinatorEpoch,
      lastTimestamp: batchMaxTimestamp(batch, at),
      transactionFirstOffset: undefined,
      heardMs: this.#clock.monotonicMs(),
    });
    if (firstOffset === undefined) return undefined;
    this.#ended.push({ firstOffset, lastOffset: baseOffset });
    if (marker.kind === 'commit') return undefined;
    const lastStableOffset = this.#firstOpen() ?? offsetAfter(baseOffset, 1);
    return { producerId, firstOffset, lastOffset: baseOffset, lastStableOffset };
  }

  /** What lies below `end` is written: it will not be undone. */
  settle(end: Offset): void {
    let settled = 0;
    while (settled < this.#undo.length && (this.#undo[settled]?.end ?? Infinity) <= end) settled++;
    if (settled === this.#undo.length) this.#undo.length = 0;
    else if (settled > 0) this.#undo.splice(0, settled);
  }

  /** Undoes every record of a batch beyond `end`, to which the log steps back. None of them was settled. */
  undoTo(end: Offset): void {
    while ((this.#undo.at(-1)?.end ?? 0) > end) {
      const last = this.#undo.pop();
      if (last === undefined) break;
      if (last.before === undefined) this.#states.delete(last.producerId);
      else this.#states.set(last.producerId, last.before);
    }
    this.#ended = this.#ended.filter(({ lastOffset }) => lastOffset < end);
    this.#findOpen();
  }

  /** Up to where every transaction is decided, when all below `highWatermark` is committed to the log. */
  lastStableOffset(highWatermark: Offset): Offset {
    if (this.#open.size === 0 && this.#ended.length === 0) return highWatermark;
    if (this.#ended.some(({ lastOffset }) => lastOffset < highWatermark)) {
      this.#ended = this.#ended.filter(({ lastOffset }) => lastOffset >= highWatermark);
    }
    let stable: number = Math.min(highWatermark, this.#firstOpen() ?? Infinity);
    for (const { firstOffset } of this.#ended) stable = Math.min(stable, firstOffset);
    return Offset(stable);
  }

  /** Forgets who has been idle for `expirationMs`. */
  expire(expirationMs: number): void {
    const now = this.#clock.monotonicMs();
    for (const state of this.#states.values()) {
      if (now - state.heardMs < expirationMs) return;
      if (state.transactionFirstOffset === undefined) this.#states.delete(state.producerId);
    }
  }

  /** Starts anew from what a snapshot held. */
  load(states: readonly ProducerState[], ended: readonly EndedTransaction[]): void {
    this.#states.clear();
    this.#undo = [];
    for (const state of states) this.#states.set(state.producerId, state);
    this.#ended = [...ended];
    this.#findOpen();
  }

  clear(): void {
    this.load([], []);
  }

  #firstOpen(): Offset | undefined {
    for (const offset of this.#open.values()) return offset;
    return undefined;
  }

  #findOpen(): void {
    const open: [number, Offset][] = [];
    for (const { producerId, transactionFirstOffset } of this.#states.values()) {
      if (transactionFirstOffset !== undefined) open.push([producerId, transactionFirstOffset]);
    }
    this.#open = new Map(open.sort(([, a], [, b]) => a - b));
  }

  #set(state: ProducerState): void {
    this.#states.delete(state.producerId);
    this.#states.set(state.producerId, state);
    assert(state.batches.length <= logLimits.producerBatches, 'five batches a producer');
    if (this.#states.size <= logLimits.producersMax) return;
    for (const { producerId, transactionFirstOffset } of this.#states.values()) {
      if (transactionFirstOffset !== undefined) continue;
      this.#states.delete(producerId);
      return;
    }
  }
}

function follows(state: ProducerState, epoch: number, first: number): boolean {
  if (epoch !== state.epoch) return first === 0 || state.epoch === noProducerEpoch;
  const last = state.batches.at(-1)?.lastSequence ?? -1;
  return first === (last === 0x7fff_ffff ? 0 : last + 1);
}
