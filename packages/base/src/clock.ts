/** A timer that has not run yet. */
export interface Timer {
  /** Forgets the call; harmless when it has run or been cancelled. */
  cancel(): void;
}

/** Time, as the pure packages see it. `io` implements it on Node, `testkit` in virtual time. */
export interface Clock {
  /** Milliseconds that only grow, with a fraction. For how long. */
  monotonicMs(): number;
  /** Whole milliseconds since 1970, which may jump. For when, and only in what we show or store. */
  wallMs(): number;
  /** Calls `run` once, at least `delayMs` from now by the monotonic clock. Never from within this call. */
  after(delayMs: number, run: () => void): Timer;
  /**
   * Calls `run` at the end of this turn of the event loop, after the input that is already here; calls run in order.
   */
  soon(run: () => void): void;
}
