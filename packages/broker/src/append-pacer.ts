import type { Clock, Timer } from '@skerry/base';

/** Writers within one window; more than these make the appends worth gathering. */
const fewWriters = 4;
const windowMs = 100;
/** How long the first of many waits for the others: their records then share a sync, and its wear. */
const gatherMs = 10;
/** Appends that wait, at most: the next one sends them all on. */
export const heldMax = 1_000;

/**
 * Gathers the appends of a coordinator, of all its logs, so that one sync serves several; in order, each once.
 *
 * `group.coordinator.append.linger.ms` says how long the first waits. −1, the default, adapts: while few write, each
 * append goes on at once, so that a lone client that commits record by record waits for nothing but the disk.
 */
export class AppendPacer {
  readonly #clock: Clock;
  readonly #lingerMs: () => number;
  readonly #writers = new Set<string>();
  #windowFrom = Number.NEGATIVE_INFINITY;
  #busy = false;
  readonly #held: (() => void)[] = [];
  #sending = false;
  #timer: Timer | undefined;

  constructor(clock: Clock, lingerMs: () => number) {
    this.#clock = clock;
    this.#lingerMs = lingerMs;
  }

  /** Calls `append`, now or soon; `writer` tells those who write apart. */
  push(writer: string, append: () => void): void {
    const ms = this.#waitMs(writer);
    if (ms === 0 && this.#held.length === 0) return append();
    this.#held.push(append);
    if (this.#sending) return;
    if (this.#held.length >= heldMax) this.flush();
    else this.#timer ??= this.#clock.after(ms, () => this.flush());
  }

  /** Sends on what waits, and what that brings. */
  flush(): void {
    if (this.#sending) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sending = true;
    for (const append of this.#held) append();
    this.#held.length = 0;
    this.#sending = false;
  }

  #waitMs(writer: string): number {
    const lingerMs = this.#lingerMs();
    if (lingerMs >= 0) return lingerMs;
    const now = this.#clock.monotonicMs();
    const age = now - this.#windowFrom;
    if (age >= windowMs) {
      this.#busy = age < 2 * windowMs && this.#writers.size > fewWriters;
      this.#writers.clear();
      this.#windowFrom = now;
    }
    if (this.#writers.size <= fewWriters) this.#writers.add(writer);
    return this.#busy ? gatherMs : 0;
  }
}
