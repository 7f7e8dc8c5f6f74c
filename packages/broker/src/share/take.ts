import type { Clock, Timer } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import type { LivePartition, Taken, TakeTerms } from './live-partition.ts';

/** One partition of a ShareFetch. */
export interface Reading {
  /** Undefined where it cannot be read, as `error` says. */
  readonly live: LivePartition | undefined;
  error: ErrorName | undefined;
  taken: Taken | undefined;
}

/**
 * Takes records for one member from the partitions of its session, in their order, until there are some or time is up;
 * calls back once.
 */
export class ShareTake {
  readonly #readings: readonly Reading[];
  readonly #terms: TakeTerms;
  readonly #done: () => void;
  readonly #stops: (() => void)[] = [];
  #timer: Timer | undefined;
  #looking = false;
  #again = false;
  /** Time is up, or nobody asks any more: no further look. */
  #over = false;
  #finished = false;

  constructor(readings: readonly Reading[], terms: TakeTerms, done: () => void) {
    this.#readings = readings;
    this.#terms = terms;
    this.#done = done;
  }

  start(clock: Clock, waitMs: number): void {
    if (waitMs > 0) this.#timer = clock.after(waitMs, () => this.#finish());
    else this.#over = true;
    for (const { live } of this.#readings) if (live !== undefined) this.#stops.push(live.watch(() => this.#look()));
    this.#look();
  }

  /** The client is gone: what a read under way still takes goes back. */
  cancel(): void {
    this.#over = true;
    this.#finished = true;
    this.#stop();
  }

  #look(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    this.#again = false;
    this.#next(0, this.#terms.recordsMax, this.#terms.bytesMax);
  }

  #next(place: number, recordsLeft: number, bytesLeft: number): void {
    const reading = this.#readings[place];
    if (reading === undefined || recordsLeft <= 0 || bytesLeft <= 0) return this.#looked();
    const { live } = reading;
    if (live === undefined) return this.#next(place + 1, recordsLeft, bytesLeft);
    const terms = { ...this.#terms, recordsMax: recordsLeft, bytesMax: bytesLeft };
    live.take(terms, (error, taken) => {
      if (this.#finished) return live.release(this.#terms.memberId);
      reading.error = error;
      reading.taken = taken;
      let records = 0;
      for (const { firstOffset, lastOffset } of taken?.acquired ?? []) records += lastOffset - firstOffset + 1;
      this.#next(place + 1, recordsLeft - records, bytesLeft - (taken?.records.length ?? 0));
    });
  }

  #looked(): void {
    this.#looking = false;
    const hasNews = this.#readings.some(({ error, taken }) => error !== undefined || taken !== undefined);
    if (hasNews || this.#over) this.#finish();
    else if (this.#again) this.#look();
  }

  #finish(): void {
    this.#over = true;
    if (this.#looking || this.#finished) return;
    this.#finished = true;
    this.#stop();
    this.#done();
  }

  #stop(): void {
    this.#timer?.cancel();
    for (const stop of this.#stops) stop();
    this.#stops.length = 0;
  }
}
