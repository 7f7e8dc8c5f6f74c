import type { Clock, Timer } from '@skerry/base';
import type { ScrubCursor } from '@skerry/log';
import type { Partition } from './partition.ts';

/** One stretch at most, so that a pass holds up nobody. */
const stretchBytesMax = 1024 * 1024;
/** A pass begins this long after the one before at the earliest: a small node need not read all it has all day. */
const passMsMin = 24 * 3600 * 1000;
const idleMs = 60_000;

/**
 * Reads all closed segments of this node again and again, slowly, one stretch at a time: `bytesPerSecond` on average.
 * Damage takes its partition offline, as a read by a client does.
 */
export class Scrubber {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  readonly #partitions: () => Iterable<Partition>;
  #timer: Timer | undefined;
  #left: Partition[] = [];
  #cursor: ScrubCursor | undefined;
  #passBeganMs: number;
  #stopped = false;

  constructor(clock: Clock, bytesPerSecond: number, partitions: () => Iterable<Partition>) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
    this.#partitions = partitions;
    this.#passBeganMs = clock.monotonicMs() - passMsMin;
    if (bytesPerSecond > 0) this.#after(idleMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #after(delayMs: number): void {
    if (!this.#stopped) this.#timer = this.#clock.after(delayMs, () => this.#step());
  }

  #step(): void {
    const partition = this.#left.at(-1);
    if (partition === undefined) {
      const now = this.#clock.monotonicMs();
      if (now - this.#passBeganMs < passMsMin) return this.#after(idleMs);
      this.#passBeganMs = now;
      this.#left = [...this.#partitions()];
      return this.#after(this.#left.length > 0 ? 0 : idleMs);
    }
    if (partition.refusal !== undefined) return this.#next(0);
    const bytesMax = Math.min(stretchBytesMax, this.#bytesPerSecond);
    partition.log.scrub(this.#cursor, bytesMax, (_error, bytes, next) => {
      const pauseMs = (bytes / this.#bytesPerSecond) * 1000;
      if (next === undefined) return this.#next(pauseMs);
      this.#cursor = next;
      this.#after(pauseMs);
    });
  }

  #next(pauseMs: number): void {
    this.#left.pop();
    this.#cursor = undefined;
    this.#after(pauseMs);
  }
}
