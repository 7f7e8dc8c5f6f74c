import type { Clock } from '@skerry/base';
import { logLimits } from './settings.ts';

/**
 * Whether old data is likely to be in the page cache, so that reading it on the loop costs a copy and not a disk.
 *
 * A read through the pool that comes back at the speed of memory earns credit for the next few megabytes; when that is
 * spent, the pool is asked again. One read on the loop that takes long takes all credit away for a while, so a wrong
 * guess holds up the loop once a second at most (docs/decisions/0006).
 */
export class Warmth {
  readonly #clock: Clock;
  #creditBytes = 0;
  #coldUntilMs = -1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether `bytes` may be read on the loop. */
  allows(bytes: number): boolean {
    return this.#creditBytes >= bytes;
  }

  /** When a read begins, for {@link onLoop} or {@link inPool}. */
  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Takes note of a read on the loop that began at `beganMs`. Whether it came from memory. */
  onLoop(bytes: number, beganMs: number): boolean {
    const now = this.#clock.monotonicMs();
    this.#creditBytes -= bytes;
    if (now - beganMs <= logLimits.slowReadMs) return true;
    this.#creditBytes = 0;
    this.#coldUntilMs = now + logLimits.slowForMs;
    return false;
  }

  /** Takes note of a read through the pool that began at `beganMs`. Whether it surely came from memory. */
  inPool(bytes: number, beganMs: number): boolean {
    const now = this.#clock.monotonicMs();
    const quick = now - beganMs <= logLimits.poolMs + bytes / logLimits.memoryBytesPerMs;
    if (!quick || bytes < logLimits.warmProbeBytes) return false;
    if (now >= this.#coldUntilMs) this.#creditBytes = logLimits.warmBytes;
    return true;
  }
}
