/** How many windows a rate looks back on, and how long each is: quota.window.num, quota.window.size.seconds. */
export interface Windows {
  readonly count: number;
  readonly ms: number;
}

interface Sample {
  startMs: number;
  lastMs: number;
  sum: number;
}

/**
 * What came in a second, over the last few windows, as Kafka reckons it.
 *
 * A window begins with the first value that comes after the one before it has ended. The time that the sum is divided
 * by is at least all windows but one, so that a burst after a pause does not look like a lasting rate.
 */
export class SampledRate {
  readonly #windows: Windows;
  /** A ring; one more than the windows, for the sample that began before the time looked back on. */
  readonly #samples: Sample[] = [];
  #current = 0;

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  record(value: number, nowMs: number): void {
    let sample = this.#samples[this.#current];
    if (sample === undefined || nowMs - sample.startMs >= this.#windows.ms) sample = this.#advance(nowMs);
    sample.sum += value;
    sample.lastMs = nowMs;
  }

  perSecond(nowMs: number): number {
    this.#purge(nowMs);
    let sum = 0;
    for (const sample of this.#samples) sum += sample.sum;
    return sum / (this.spanMs(nowMs) / 1000);
  }

  /** The time that the rate is reckoned over. */
  spanMs(nowMs: number): number {
    this.#purge(nowMs);
    let oldestMs = nowMs;
    for (const { startMs } of this.#samples) oldestMs = Math.min(oldestMs, startMs);
    const { count, ms } = this.#windows;
    const elapsedMs = nowMs - oldestMs;
    const missing = Math.max(count - 1 - Math.floor(elapsedMs / ms), 0);
    return Math.max(elapsedMs + missing * ms, 1);
  }

  #advance(nowMs: number): Sample {
    if (this.#samples.length > 0) this.#current = (this.#current + 1) % (this.#windows.count + 1);
    const sample = { startMs: nowMs, lastMs: nowMs, sum: 0 };
    this.#samples[this.#current] = sample;
    return sample;
  }

  #purge(nowMs: number): void {
    const { count, ms } = this.#windows;
    for (const sample of this.#samples) {
      if (nowMs - sample.lastMs < count * ms) continue;
      sample.startMs = nowMs;
      sample.lastMs = nowMs;
      sample.sum = 0;
    }
  }
}
