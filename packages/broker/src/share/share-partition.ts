/**
 * One partition as one share group reads it (KIP-932): who holds which records, and which are done with.
 *
 * A pure state machine: time is given, and what must be written comes out as a `Transition`, which its driver makes
 * durable and then settles. Until then the records are nobody's to take: an acknowledgement that is lost with a crash
 * was never answered. A transition that could not be written leaves everything as it was.
 *
 * Offsets from `start` to `end` are tiled by spans, in order and without holes. A span is all offsets that share one
 * fate, so that batches acknowledged whole cost one entry each. Offsets without a record (compaction) are handed out
 * like others; the client gives them back as gaps.
 */
import { assert, Offset } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import { type Span, Spans } from './spans.ts';
import { acknowledgeType, deliveryState, joined, type SavedState, type StateBatch } from './state.ts';

export interface SharePartitionLimits {
  readonly lockMs: number;
  /** Deliveries of a record, at most; then it is archived. */
  readonly deliveriesMax: number;
  /** Records handed out or to be handed out again, at most. */
  readonly inFlightMax: number;
}

/** What a client says of some offsets: one type for all of them, or one for each. */
export interface Acknowledgement {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly types: readonly number[];
}

export interface AcquiredRange {
  readonly firstOffset: Offset;
  readonly lastOffset: Offset;
  readonly deliveryCount: number;
}

/** A change that must be durable before it counts. */
export interface Transition {
  readonly startOffset: number;
  readonly batches: readonly StateBatch[];
  /** To be called once, in the order of the transitions: whether the change was written. */
  settle(written: boolean): void;
}

/** What was read from the log: offsets without holes, and where its batches end. */
export interface Readable {
  readonly firstOffset: number;
  /** Last offset of each batch, ascending. */
  readonly batchEnds: readonly number[];
}

export interface AcquireTerms {
  readonly memberId: string;
  readonly recordsMax: number;
  /** The client would rather have its records in pieces of so many, cut where batches end. */
  readonly pieceSize: number;
  /** Not one more than `recordsMax`, even if that cuts a batch (KIP-1206). */
  readonly strict: boolean;
  readonly nowMs: number;
}

export class SharePartition {
  readonly #limits: () => SharePartitionLimits;
  readonly #spans: Spans;

  constructor(saved: SavedState, limits: () => SharePartitionLimits) {
    this.#limits = limits;
    this.#spans = new Spans(saved);
    this.#spans.dropDone();
  }

  /** First offset that is not done with. */
  get start(): number {
    return this.#spans.start;
  }

  /** First offset that was never handed out. */
  get end(): number {
    return this.#spans.end;
  }

  /** Records handed out, or to be handed out again. */
  get inFlight(): number {
    return this.end - this.start;
  }

  /** Entries kept. */
  get size(): number {
    return this.#spans.all.length;
  }

  /** Where to read for the next client: what was given back comes first. Undefined while all there may be is out. */
  nextFetchOffset(): number | undefined {
    const free = this.#spans.all.find(isFree);
    if (free !== undefined) return free.first;
    return this.inFlight < this.#limits().inFlightMax ? this.end : undefined;
  }

  /** Hands out what of `read` is free. */
  acquire(read: Readable, terms: AcquireTerms): readonly AcquiredRange[] {
    const { lockMs, inFlightMax } = this.#limits();
    const acquired: AcquiredRange[] = [];
    const last = read.batchEnds.at(-1);
    if (last === undefined) return acquired;
    let left = terms.recordsMax;
    const take = (span: Span): void => {
      span.state = 'acquired';
      span.deliveries++;
      span.memberId = terms.memberId;
      span.lockedUntilMs = terms.nowMs + lockMs;
      left -= span.last - span.first + 1;
      const [firstOffset, lastOffset] = [Offset(span.first), Offset(span.last)];
      acquired.push({ firstOffset, lastOffset, deliveryCount: span.deliveries });
    };
    for (const free of this.#spans.within(read.firstOffset, last).filter(isFree)) {
      if (left <= 0) return acquired;
      const from = Math.max(free.first, read.firstOffset);
      const upTo = cut(from, Math.min(free.last, last), left, read.batchEnds, terms.strict);
      for (const [first, pieceEnd] of pieces(from, upTo, terms.pieceSize, read.batchEnds)) {
        take(this.#spans.carve(first, pieceEnd));
      }
    }
    left = Math.min(left, inFlightMax - this.inFlight);
    if (left <= 0 || last < this.end) return acquired;
    // A client that starts in the middle of a hole of the log gets the hole too, so that the tiling has none.
    const upTo = cut(this.end, last, left, read.batchEnds, terms.strict);
    for (const [first, pieceEnd] of pieces(this.end, upTo, terms.pieceSize, read.batchEnds)) {
      take(this.#spans.extend(first, pieceEnd));
    }
    return acquired;
  }

  /** Takes in what a member says of records that it holds: all of it, or none. */
  acknowledge(
    memberId: string,
    acknowledgements: readonly Acknowledgement[],
    nowMs: number,
  ): Transition | ErrorName | undefined {
    let expected = 0;
    for (const { firstOffset, lastOffset, types } of acknowledgements) {
      if (firstOffset > lastOffset || firstOffset < expected) return 'INVALID_REQUEST';
      if (types.length !== 1 && types.length !== lastOffset - firstOffset + 1) return 'INVALID_REQUEST';
      expected = lastOffset + 1;
      // What the log or an administrator has moved past meanwhile needs no word any more.
      if (lastOffset < this.start) continue;
      if (lastOffset >= this.end) return 'INVALID_RECORD_STATE';
      for (const span of this.#spans.within(Math.max(firstOffset, this.start), lastOffset)) {
        const held = span.state === 'acquired' && span.settling === undefined && span.memberId === memberId;
        if (!held) return 'INVALID_RECORD_STATE';
      }
    }
    const changed: Span[] = [];
    for (const { firstOffset, lastOffset, types } of acknowledgements) {
      this.#eachRun(firstOffset, lastOffset, types, (first, last, type) => {
        for (const span of this.#spans.cover(first, last)) {
          if (type === acknowledgeType.renew) span.lockedUntilMs = nowMs + this.#limits().lockMs;
          else changed.push(this.#begin(span, type));
        }
      });
    }
    return this.#transition(changed);
  }

  /** Gives back all that `memberId` holds: it has left. These deliveries do not count, since it may have seen none. */
  release(memberId: string): Transition | undefined {
    const held = this.#spans.all.filter((span) => span.memberId === memberId && isHeld(span));
    return this.#transition(
      held.map((span) => {
        span.settling = { to: 'available', deliveries: span.deliveries - 1 };
        return span;
      }),
    );
  }

  /** Gives back what was held for too long. */
  expire(nowMs: number): Transition | undefined {
    const late = this.#spans.all.filter((span) => isHeld(span) && span.lockedUntilMs <= nowMs);
    return this.#transition(late.map((span) => this.#begin(span, acknowledgeType.release)));
  }

  /** When `expire` has something to do next. */
  nextExpiryMs(): number | undefined {
    let next: number | undefined;
    for (const span of this.#spans.all) {
      if (isHeld(span) && (next === undefined || span.lockedUntilMs < next)) next = span.lockedUntilMs;
    }
    return next;
  }

  /** The log begins at `offset` now: what was below is gone, whoever holds it. */
  logStartMoved(offset: number): Transition | undefined {
    if (offset <= this.start) return undefined;
    this.#spans.dropBelow(offset);
    this.#spans.dropDone();
    return { startOffset: this.start, batches: [], settle: () => undefined };
  }

  /** All that a restart must know. */
  saved(): SavedState {
    return { startOffset: this.start, batches: joined(this.#spans.all.flatMap(savedSpan)) };
  }

  /** How many records before `highWatermark` are not done with: the group's lag. */
  lag(highWatermark: number): number {
    let done = 0;
    for (const { first, last, state } of this.#spans.all) {
      if (state === 'acknowledged' || state === 'archived') done += last - first + 1;
    }
    return Math.max(0, highWatermark - this.start - done);
  }

  #begin(span: Span, type: number): Span {
    const { deliveries } = span;
    const isOver = deliveries >= this.#limits().deliveriesMax;
    if (type === acknowledgeType.accept) span.settling = { to: 'acknowledged', deliveries };
    else if (type === acknowledgeType.release && !isOver) span.settling = { to: 'available', deliveries };
    else span.settling = { to: 'archived', deliveries };
    return span;
  }

  #transition(changed: readonly Span[]): Transition | undefined {
    if (changed.length === 0) return undefined;
    const batches: StateBatch[] = changed.map(({ first, last, settling }) => {
      assert(settling !== undefined, 'what changes is on its way to something');
      return { first, last, state: deliveryState[settling.to], deliveries: settling.deliveries };
    });
    return {
      startOffset: this.start,
      batches: joined(batches),
      settle: (written) => {
        for (const span of changed) {
          const { settling } = span;
          span.settling = undefined;
          if (!written || settling === undefined) continue;
          span.state = settling.to;
          span.deliveries = settling.deliveries;
          span.memberId = undefined;
        }
        if (!written) return;
        this.#spans.dropDone();
        this.#spans.join();
      },
    };
  }

  #eachRun(
    firstOffset: number,
    lastOffset: number,
    types: readonly number[],
    run: (first: number, last: number, type: number) => void,
  ): void {
    const from = Math.max(firstOffset, this.start);
    if (types.length === 1) {
      if (from <= lastOffset) run(from, lastOffset, types[0] ?? 0);
      return;
    }
    for (let first = from; first <= lastOffset; ) {
      const type = types[first - firstOffset] ?? 0;
      let last = first;
      while (last < lastOffset && types[last + 1 - firstOffset] === type) last++;
      run(first, last, type);
      first = last + 1;
    }
  }
}

function isFree({ state, settling }: Span): boolean {
  return state === 'available' && settling === undefined;
}

function isHeld({ state, settling }: Span): boolean {
  return state === 'acquired' && settling === undefined;
}

/** Where to stop so that about `records` are taken: at the end of the batch that has the last of them, or exactly. */
function cut(first: number, last: number, records: number, batchEnds: readonly number[], strict: boolean): number {
  const exact = first + records - 1;
  if (exact >= last) return last;
  return strict ? exact : Math.min(last, batchEnds.find((end) => end >= exact) ?? last);
}

/** `first` to `last` in pieces of at least `size`, cut where batches end. */
function* pieces(first: number, last: number, size: number, batchEnds: readonly number[]): Generator<[number, number]> {
  let from = first;
  for (const end of batchEnds) {
    if (end >= last) break;
    if (end - from + 1 < size) continue;
    yield [from, end];
    from = end + 1;
  }
  yield [from, last];
}

/** What is out with a client is as it was before; what is on its way to being written is as it will be. */
function savedSpan({ first, last, state, deliveries, settling }: Span): StateBatch[] {
  if (settling !== undefined) {
    return [{ first, last, state: deliveryState[settling.to], deliveries: settling.deliveries }];
  }
  if (state === 'acquired') {
    return deliveries > 1 ? [{ first, last, state: deliveryState.available, deliveries: deliveries - 1 }] : [];
  }
  return [{ first, last, state: deliveryState[state], deliveries }];
}
