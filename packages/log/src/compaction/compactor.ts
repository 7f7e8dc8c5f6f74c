/** A log's compaction: how far it has come, and one pass at a time. */
import { assert, Offset } from '@skerry/base';
import type { LogState } from '../state.ts';
import type { Swapped } from './found.ts';
import { compact } from './pass.ts';
import { dirtOf } from './plan.ts';
import type { Compacted, CompactionBounds, CompactionRules, Dirt } from './rules.ts';
import { finishSwap, type SwapParts } from './swap.ts';

export interface CompactorParts extends SwapParts {
  readonly state: LogState;
}

export type CompactedDone = (error: Error | undefined, result?: Compacted) => void;

export class Compactor {
  readonly #parts: CompactorParts;
  /** All below was looked at once; read from the store when it is first needed. */
  #cleaned: Offset | undefined;
  #isRunning = false;
  #swaps = 0;
  #whenSwapped: (() => void)[] = [];

  /** `swapped` is what a start has found, and goes on with. */
  constructor(parts: CompactorParts, swapped: readonly Swapped[]) {
    this.#parts = parts;
    for (const each of swapped) {
      for (const old of each.replaced) {
        old.pin();
        parts.segments.lingering.add(old);
      }
      this.#swapping(true);
      finishSwap(parts, each, () => this.#swapping(false));
    }
  }

  #swapping(isSwapping: boolean): void {
    this.#swaps += isSwapping ? 1 : -1;
    if (this.#swaps > 0) return;
    for (const run of this.#whenSwapped.splice(0)) run();
  }

  /** Calls `run` when files are where they belong: now, or later. A cut must find them there. */
  whenSwapped(run: () => void): void {
    if (this.#swaps === 0) run();
    else this.#whenSwapped.push(run);
  }

  /** The first offset that no pass has looked at. */
  get cleaned(): Offset {
    const { state, writer, checkpoints } = this.#parts;
    this.#cleaned ??= state.readCleaned();
    if (this.#cleaned > writer.end) this.#cleaned = checkpoints.logStart;
    return this.#cleaned;
  }

  dirt(rules: CompactionRules, upTo: Offset): Dirt {
    return dirtOf(this.#parts, rules, upTo, this.cleaned);
  }

  /** The log was cut at `end`: what comes there is new. */
  cut(end: Offset): void {
    if (this.cleaned <= end) return;
    this.#cleaned = end;
    const { state, world } = this.#parts;
    // Should it be lost, records are kept that a pass would have taken, until their keys are written again.
    world.store.commit([state.cleaned(end)], () => {});
  }

  run(rules: CompactionRules, bounds: CompactionBounds, upTo: Offset, done: CompactedDone): void {
    assert(!this.#isRunning, 'one pass of a log at a time');
    const { world, state, writer } = this.#parts;
    if (this.#swaps > 0 || writer.isCutting || writer.failed) {
      done(undefined);
      return;
    }
    this.#isRunning = true;
    const finish: CompactedDone = (error, result) => {
      this.#isRunning = false;
      done(error, result);
    };
    const swapping = (isSwapping: boolean): void => this.#swapping(isSwapping);
    compact({ ...this.#parts, rules, bounds, upTo, cleaned: this.cleaned, swapping }, (error, result) => {
      if (result === undefined || writer.failed || result.cleaned <= this.cleaned) {
        finish(error, result);
        return;
      }
      this.#cleaned = result.cleaned;
      world.store.commit([state.cleaned(result.cleaned)], (notSaved) => finish(notSaved, result));
    });
  }
}
