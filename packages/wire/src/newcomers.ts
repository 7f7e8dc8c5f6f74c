import { type Clock, limits } from '@skerry/base';

interface Waiting {
  readonly bytes: number;
  readonly run: () => void;
}

/** After a pause nothing is owed. */
const turnMsMax = 50;

/**
 * Lets those who have not yet read an answer whole go on a little at a time, some bytes a turn of the event loop for
 * all of them together: a thousand who ask for much at once, whether or not they will read it, must not take the turns
 * of those who do. Turns that are long, because others have much to do, bring so much more.
 */
export class Newcomers {
  readonly #clock: Pick<Clock, 'soon' | 'monotonicMs'>;
  readonly #waiting: Waiting[] = [];
  #isDue = false;
  #lastMs = 0;

  constructor(clock: Pick<Clock, 'soon' | 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Calls `run`, which sends `bytes`, in its turn, never from within this call. */
  next(bytes: number, run: () => void): void {
    this.#waiting.push({ bytes, run });
    this.#later();
  }

  #later(): void {
    if (this.#isDue || this.#waiting.length === 0) return;
    this.#isDue = true;
    this.#clock.soon(() => {
      this.#isDue = false;
      const nowMs = this.#clock.monotonicMs();
      const turnMs = Math.min(nowMs - this.#lastMs, turnMsMax);
      this.#lastMs = nowMs;
      const bytesMax = Math.max(limits.newcomersTurnBytes, turnMs * limits.newcomersMsBytes);
      const due: Waiting[] = [];
      let bytes = 0;
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        bytes += next.bytes;
        if (due.length > 0 && bytes > bytesMax) break;
        due.push(next);
        this.#waiting.shift();
      }
      this.#later();
      for (const { run } of due) run();
    });
  }
}
