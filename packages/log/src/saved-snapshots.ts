/**
 * Snapshots of the producers: which are in the store, which are to come and which to go.
 *
 * A commit that fails for want of space changes nothing here: what was to go stays on the list and goes with the next
 * one, and what was to come is not counted.
 */
import type { Offset, StoreChange } from '@skerry/base';
import type { ProducerStates } from './producers.ts';
import { logLimits } from './settings.ts';
import { encodeSnapshot } from './snapshot.ts';
import type { LogState } from './state.ts';

/** The producers as of an offset. */
export interface Snapshot {
  readonly offset: Offset;
  readonly producers: Uint8Array;
}

/** Changes for the store, and what to call when it has them, or refused them. */
export interface SnapshotChanges {
  readonly changes: readonly StoreChange[];
  settled(good: boolean): void;
}

export class SavedSnapshots {
  readonly #producers: ProducerStates;
  readonly #state: LogState;
  /** In the store, or on the way there; ascending. */
  #offsets: Offset[];
  /** The newest that surely is in the store. */
  #newest: Offset | undefined;
  /** To be removed from the store. */
  readonly #going: Set<Offset>;
  /** Taken when the log's end was not written yet. */
  #early: Snapshot | undefined;

  /** `good` are those that hold; `stale` are others that the store has, which a start must never meet again. */
  constructor(
    producers: ProducerStates,
    state: LogState,
    found: { readonly good: readonly Offset[]; readonly stale: readonly Offset[] },
  ) {
    this.#producers = producers;
    this.#state = state;
    this.#offsets = [...found.good];
    this.#newest = found.good.at(-1);
    this.#going = new Set(found.stale);
  }

  get offsets(): readonly Offset[] {
    return this.#offsets;
  }

  /** Whether the producers as of `offset` or later can be had without the batches below it. */
  hasSince(offset: Offset): boolean {
    return this.#newest !== undefined && this.#newest >= offset;
  }

  /**
   * The producers are those of the log's end. While that is not written, what they were at an earlier end is taken
   * instead, once all up to there is: a snapshot below the recovery point is as good.
   */
  take(written: Offset, end: Offset): Snapshot | undefined {
    const early = this.#early;
    if (end > written && early !== undefined && early.offset > written) return undefined;
    const now = { offset: end, producers: encodeSnapshot(this.#producers) };
    this.#early = end > written ? now : undefined;
    return end > written ? early : now;
  }

  /** Saves `snapshot`, and forgets those that are too many. */
  save(snapshot: Snapshot | undefined): SnapshotChanges {
    const changes: StoreChange[] = [];
    if (snapshot !== undefined) {
      changes.push(this.#state.snapshot(snapshot.offset, snapshot.producers));
      this.#going.delete(snapshot.offset);
      if (this.#offsets.at(-1) !== snapshot.offset) this.#offsets.push(snapshot.offset);
      while (this.#offsets.length > logLimits.snapshotsKept) {
        const oldest = this.#offsets.shift();
        if (oldest !== undefined) this.#going.add(oldest);
      }
    }
    return this.#withRemovals(changes, (good) => {
      if (snapshot === undefined || !this.#offsets.includes(snapshot.offset)) return;
      if (good) this.#newest = snapshot.offset;
      else if (this.#newest !== snapshot.offset) this.#offsets = this.#offsets.filter((at) => at !== snapshot.offset);
    });
  }

  forgetBeyond(offset: Offset): SnapshotChanges {
    this.#early = undefined;
    for (const at of this.#offsets) if (at > offset) this.#going.add(at);
    this.#offsets = this.#offsets.filter((at) => at <= offset);
    this.#newest = this.#newest !== undefined && this.#newest > offset ? this.#offsets.at(-1) : this.#newest;
    return this.#withRemovals([], () => {});
  }

  /** The log steps back to `end`: what the producers were beyond it never was. */
  undone(end: Offset): void {
    if (this.#early !== undefined && this.#early.offset > end) this.#early = undefined;
  }

  #withRemovals(changes: readonly StoreChange[], settled: (good: boolean) => void): SnapshotChanges {
    const gone = [...this.#going];
    return {
      changes: [...changes, ...gone.map((offset) => this.#state.withoutSnapshot(offset))],
      settled: (good) => {
        if (good) for (const offset of gone) this.#going.delete(offset);
        settled(good);
      },
    };
  }
}
