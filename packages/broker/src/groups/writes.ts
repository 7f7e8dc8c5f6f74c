import { assert } from '@skerry/base';

/** The appends of one group that are on their way to the log. They end in the order in which they began. */
export class Writes {
  #begun = 0;
  #ended = 0;
  #waiters: { readonly after: number; readonly run: () => void }[] = [];

  get underWay(): number {
    return this.#begun - this.#ended;
  }

  begin(): void {
    this.#begun++;
  }

  end(): void {
    assert(this.#ended < this.#begun, 'an append ends once');
    this.#ended++;
    while ((this.#waiters[0]?.after ?? Number.POSITIVE_INFINITY) <= this.#ended) this.#waiters.shift()?.run();
  }

  /**
   * Calls `run` once all that has begun by now has ended; at once if there is nothing. Waiters are bounded by the
   * requests under way.
   */
  whenSettled(run: () => void): void {
    if (this.underWay === 0) run();
    else this.#waiters.push({ after: this.#begun, run });
  }
}
