/**
 * How much all logs of a node together have past their recovery points: what the next start would have to read after a
 * crash. Beyond a bound those with the most are asked for a checkpoint, until half of the bound is left.
 */
import { logLimits } from './settings.ts';

/** A log's part of it. */
export interface Unchecked {
  /** Bytes written since its last checkpoint. */
  readonly newBytes: number;
  want(): void;
}

export class UncheckedBytes {
  /** Logs that were not asked yet, and what is counted of them. */
  readonly #logs = new Map<Unchecked, number>();
  #bytes = 0;

  /** Takes note that `log` wrote more. */
  wrote(log: Unchecked): void {
    this.#bytes += log.newBytes - (this.#logs.get(log) ?? 0);
    this.#logs.set(log, log.newBytes);
    if (this.#bytes > logLimits.uncheckedBytesMax) this.#ask();
  }

  /** `log` has begun a checkpoint, or ended. */
  forget(log: Unchecked): void {
    this.#bytes -= this.#logs.get(log) ?? 0;
    this.#logs.delete(log);
  }

  #ask(): void {
    const byBytes = [...this.#logs].sort(([, a], [, b]) => b - a);
    for (const [log] of byBytes) {
      if (this.#bytes <= logLimits.uncheckedBytesMax / 2) return;
      this.forget(log);
      log.want();
    }
  }
}
