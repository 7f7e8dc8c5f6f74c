import type { Offset } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';

/** Called once: with nothing when the offset was passed, with a name when it never will be. */
export type Waiter = (error?: ErrorName) => void;

/**
 * Who waits for an offset to be passed, in the order of their offsets. Bounded by the requests that connections may
 * have under way.
 */
export class Waiters {
  #ends: number[] = [];
  #calls: Waiter[] = [];
  #head = 0;

  get size(): number {
    return this.#ends.length - this.#head;
  }

  /** Calls `waiter` once everything before `end` has happened. */
  add(end: Offset, waiter: Waiter): void {
    // Nearly always the last. A batch that is sent again waits for where the first of it ends, among those in between.
    let at = this.#ends.length;
    while (at > this.#head && (this.#ends[at - 1] ?? 0) > end) at--;
    if (at === this.#ends.length) {
      this.#ends.push(end);
      this.#calls.push(waiter);
    } else {
      this.#ends.splice(at, 0, end);
      this.#calls.splice(at, 0, waiter);
    }
  }

  /** Answers all who wait for `passed` or less. */
  pass(passed: Offset): void {
    while (this.#head < this.#ends.length && (this.#ends[this.#head] ?? 0) <= passed) {
      const call = this.#calls[this.#head];
      this.#head++;
      call?.();
    }
    this.#compact();
  }

  /** Answers all who wait for more than `kept` with `error`: it was cut away, or will never be safe. */
  fail(kept: Offset, error: ErrorName): void {
    let from = this.#head;
    while (from < this.#ends.length && (this.#ends[from] ?? 0) <= kept) from++;
    this.#ends.length = from;
    for (const call of this.#calls.splice(from)) call(error);
  }

  #compact(): void {
    if (this.#head < 64 && this.size > 0) return;
    this.#ends.splice(0, this.#head);
    this.#calls.splice(0, this.#head);
    this.#head = 0;
  }
}
