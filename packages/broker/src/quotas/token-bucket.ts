import type { Windows } from './sampled-rate.ts';

/**
 * Permits that come at a rate and are kept up to a burst: all windows' worth (KIP-599). It may go below nothing, by
 * what the last request took; the next waits until that is made good.
 */
export class TokenBucket {
  readonly #windows: Windows;
  #tokens: number | undefined;
  #lastMs = 0;

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  take(permits: number, perSecond: number, nowMs: number): void {
    this.#tokens = this.left(perSecond, nowMs) - permits;
  }

  /** Permits that are there; below zero, what is missing. */
  left(perSecond: number, nowMs: number): number {
    const burst = (this.#windows.count * this.#windows.ms * perSecond) / 1000;
    const refilled = (this.#tokens ?? burst) + ((nowMs - this.#lastMs) * perSecond) / 1000;
    this.#tokens = Math.min(burst, refilled);
    this.#lastMs = nowMs;
    return this.#tokens;
  }
}
