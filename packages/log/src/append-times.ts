/** When closed segments got their last batch, by the retention clock, on its way to the store. */
import type { Offset, StoreChange } from '@skerry/base';
import type { Segment } from './segment.ts';
import type { LogState } from './state.ts';

export class AppendTimes {
  readonly #state: LogState;
  /** Segments of which the store does not know it. */
  readonly #unsaved = new Set<Segment>();
  /** Bases of segments of which it need not, or must not, know it any more. */
  readonly #gone = new Set<Offset>();

  /** Of segments that recovery has closed only a checkpoint knew it, if anything. */
  constructor(state: LogState, segments: readonly Segment[]) {
    this.#state = state;
    for (const segment of segments) if (segment.isClosed && !segment.index.isUnread) this.known(segment);
    // What it knows of a segment that was appended to since, for how long is not known, would let that go too soon.
    const known = new Set(segments.filter(({ appendedMs }) => appendedMs !== undefined).map(({ base }) => base));
    for (const base of state.readAppendedMs().keys()) if (!known.has(base)) this.#gone.add(base);
  }

  known(segment: Segment): void {
    if (segment.appendedMs === undefined) return;
    this.#unsaved.add(segment);
    this.#gone.delete(segment.base);
  }

  removed(segment: Segment): void {
    this.#unsaved.delete(segment);
    this.#gone.add(segment.base);
  }

  /** What the store lacks; `settled` is told whether it has that now. */
  save(): { readonly changes: readonly StoreChange[]; settled(good: boolean): void } {
    const [known, gone] = [[...this.#unsaved], [...this.#gone]];
    const changes = gone.map((base) => this.#state.withoutAppendedMs(base));
    for (const { base, appendedMs = 0 } of known) changes.push(this.#state.appendedMs(base, appendedMs));
    return {
      changes,
      settled: (good) => {
        if (!good) return;
        for (const segment of known) this.#unsaved.delete(segment);
        for (const base of gone) this.#gone.delete(base);
      },
    };
  }
}
