/**
 * The clock by which age is measured: how long this node has known its data, in milliseconds. No wall clock that is
 * wrong, and no record's time, moves it (docs/decisions/0012-retention-clock.md).
 *
 * It advances with the monotonic clock while the node runs. Over a restart it advances by the difference of the wall
 * clock if that is plausible, 0 to 30 days, else not at all: a gateway that boots in 1970, or learns the time late,
 * neither expires nor keeps anything for that. A clock that was lost with the store goes on from the newest value that
 * a log remembers.
 */
import type { Clock } from '@skerry/base';

/** What is kept over a restart: the clock's value, and the wall clock when that held. */
export interface RetentionTime {
  readonly retentionMs: number;
  readonly wallMs: number;
}

/** The longest time that a node is believed to have been off. */
const offMsMax = 30 * 24 * 3600 * 1000;

export class RetentionClock {
  readonly #clock: Clock;
  readonly #monotonicStartMs: number;
  #startMs: number;

  /** `saved` is what {@link time} last gave, if that is known. */
  constructor(clock: Clock, saved: RetentionTime | undefined) {
    this.#clock = clock;
    this.#monotonicStartMs = clock.monotonicMs();
    const offMs = saved === undefined ? 0 : clock.wallMs() - saved.wallMs;
    this.#startMs = (saved?.retentionMs ?? 0) + (offMs >= 0 && offMs <= offMsMax ? offMs : 0);
  }

  nowMs(): number {
    return Math.floor(this.#startMs + this.#clock.monotonicMs() - this.#monotonicStartMs);
  }

  /** Something was written when it was `ms`: it is not earlier now. */
  atLeast(ms: number): void {
    const behindMs = ms - this.nowMs();
    if (behindMs > 0) this.#startMs += behindMs;
  }

  /** To be saved now and then. */
  time(): RetentionTime {
    return { retentionMs: this.nowMs(), wallMs: this.#clock.wallMs() };
  }
}
