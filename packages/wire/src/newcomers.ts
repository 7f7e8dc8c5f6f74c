import type { Clock } from '@skerry/base';

/**
 * Lets those who have not yet read an answer whole go on one at a time, one a turn of the event loop: a thousand who
 * ask for much at once, whether or not they will read it, must not take the turns of those who do.
 */
export class Newcomers {
  readonly #soon: Clock['soon'];
  readonly #waiting: (() => void)[] = [];
  #isDue = false;

  constructor(soon: Clock['soon']) {
    this.#soon = soon;
  }

  /** Calls `run` in its turn, never from within this call. */
  next(run: () => void): void {
    this.#waiting.push(run);
    this.#later();
  }

  #later(): void {
    if (this.#isDue || this.#waiting.length === 0) return;
    this.#isDue = true;
    this.#soon(() => {
      this.#isDue = false;
      const run = this.#waiting.shift();
      this.#later();
      run?.();
    });
  }
}
