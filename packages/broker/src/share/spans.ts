import { assert } from '@skerry/base';
import { deliveryState, from, type SavedState } from './state.ts';

type SpanState = 'available' | 'acquired' | 'acknowledged' | 'archived';

/** Offsets that share one fate. */
export interface Span {
  first: number;
  last: number;
  state: SpanState;
  /** How often the records were handed out. */
  deliveries: number;
  /** Who holds them. */
  memberId: string | undefined;
  lockedUntilMs: number;
  /** What the records become once that is written. */
  settling: { readonly to: 'available' | 'acknowledged' | 'archived'; readonly deliveries: number } | undefined;
}

/** Spans that tile the offsets from `start` to before `end`, in order. */
export class Spans {
  readonly all: Span[] = [];
  #start: number;

  /** Offsets between those that `saved` names were never delivered. */
  constructor(saved: SavedState) {
    this.#start = saved.startOffset;
    for (const { first, last, state, deliveries } of from(saved.startOffset, saved.batches)) {
      if (first > this.end) this.extend(this.end, first - 1);
      const span = this.extend(first, last);
      span.deliveries = deliveries;
      if (state === deliveryState.acknowledged) span.state = 'acknowledged';
      else if (state !== deliveryState.available) span.state = 'archived';
    }
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    const last = this.all.at(-1);
    return last === undefined ? this.#start : last.last + 1;
  }

  /** The spans that have offsets from `first` to `last`. */
  within(first: number, last: number): Span[] {
    const some: Span[] = [];
    for (let i = this.#placeOf(first); i < this.all.length; i++) {
      const span = this.all[i];
      if (span === undefined || span.first > last) break;
      some.push(span);
    }
    return some;
  }

  /** The spans of exactly `first` to `last`: those at the edges are split. */
  cover(first: number, last: number): Span[] {
    this.#splitAt(first);
    this.#splitAt(last + 1);
    return this.within(first, last);
  }

  /** A part of one span as a span of its own. */
  carve(first: number, last: number): Span {
    const [span, more] = this.cover(first, last);
    assert(span !== undefined && more === undefined, 'a part of one span');
    return span;
  }

  /** A free span at the end. */
  extend(first: number, last: number): Span {
    assert(first === this.end && last >= first, 'spans have no holes between them');
    const fresh = { state: 'available', deliveries: 0, memberId: undefined, lockedUntilMs: 0 } as const;
    const span: Span = { first, last, ...fresh, settling: undefined };
    this.all.push(span);
    return span;
  }

  /** Forgets those at the start that are done with. */
  dropDone(): void {
    let count = 0;
    for (const { state, last } of this.all) {
      if (state !== 'acknowledged' && state !== 'archived') break;
      this.#start = last + 1;
      count++;
    }
    if (count > 0) this.all.splice(0, count);
  }

  dropBelow(offset: number): void {
    if (offset >= this.end) this.all.length = 0;
    else {
      this.all.splice(0, this.#placeOf(offset));
      const [span] = this.all;
      // Not split: what is being written of it stays one.
      if (span !== undefined) span.first = offset;
    }
    this.#start = offset;
  }

  /** Makes neighbours of one fate one. */
  join(): void {
    let kept = 0;
    for (const span of this.all) {
      const before = this.all[kept - 1];
      if (before !== undefined && isSame(before, span)) before.last = span.last;
      else this.all[kept++] = span;
    }
    this.all.length = kept;
  }

  #splitAt(offset: number): void {
    const place = this.#placeOf(offset);
    const span = this.all[place];
    if (span === undefined || span.first >= offset) return;
    assert(span.settling === undefined, 'what is being written stays whole');
    this.all.splice(place + 1, 0, { ...span, first: offset });
    span.last = offset - 1;
  }

  /** The first span that ends at or after `offset`. */
  #placeOf(offset: number): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle]?.last ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Those that somebody holds stay apart: their deadlines and their writes are their own. */
function isSame(a: Span, b: Span): boolean {
  const isMoving = a.settling !== undefined || b.settling !== undefined;
  return a.state === b.state && a.state !== 'acquired' && a.deliveries === b.deliveries && !isMoving;
}
