import type { Clock } from '@skerry/base';
import { logLimits } from './settings.ts';

/**
 * Whether writes may be done on the event loop. One that took long there sends those that follow through the pool: for
 * a second, and then until one of them shows that the disk is fast again, or for a minute. Trying it on the loop would
 * hold up every client of the node.
 */
export class LoopWrites {
  readonly #clock: Clock;
  #slowUntilMs = -1;
  #tryAgainMs = -1;
  #poolMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get allowed(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#slowUntilMs) return false;
    return this.#poolMs <= logLimits.slowPoolWriteMs || nowMs >= this.#tryAgainMs;
  }

  /** A write on the loop took so long. */
  took(ms: number): void {
    if (ms <= logLimits.slowWriteMs) {
      this.#poolMs = 0;
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    this.#slowUntilMs = nowMs + logLimits.slowForMs;
    this.#tryAgainMs = nowMs + logLimits.slowForMsMax;
    if (ms > logLimits.slowPoolWriteMs) this.#poolMs = ms;
  }

  /** A write through the pool took so long. */
  tookInPool(ms: number): void {
    this.#poolMs = ms;
  }
}
