import type { Clock } from '@skerry/base';

/** Shorter waits are added up: a timer is not more exact. */
const waitMsMin = 5;

/** Keeps a stream of work to so many bytes in a second, on average. */
export class Pace {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  #owedMs = 0;

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** So much was done: calls `next` in a later turn, when more may be done. */
  after(bytes: number, next: () => void): void {
    this.#owedMs += (bytes / this.#bytesPerSecond) * 1000;
    if (this.#owedMs < waitMsMin) {
      this.#clock.soon(next);
      return;
    }
    const waitMs = this.#owedMs;
    this.#owedMs = 0;
    this.#clock.after(waitMs, next);
  }
}
