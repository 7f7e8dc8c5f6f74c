/**
 * Conversions run one after the other, however many clients ask: each may hold a batch unpacked, and together they
 * hold one.
 */
export class Turns {
  readonly #waiting: ((leave: () => void) => void)[] = [];
  #taken = false;

  /** Runs `task` now or when its turn comes. It must call back once when it is over, whatever becomes of its client. */
  take(task: (leave: () => void) => void): void {
    if (this.#taken) this.#waiting.push(task);
    else this.#run(task);
  }

  #run(task: (leave: () => void) => void): void {
    // A loop, since tasks that end in their call would pile up frames.
    let next: ((leave: () => void) => void) | undefined = task;
    this.#taken = true;
    while (next !== undefined) {
      let ended = false;
      let returned = false;
      next(() => {
        ended = true;
        if (returned) this.#next();
      });
      returned = true;
      if (!ended) return;
      next = this.#waiting.shift();
    }
    this.#taken = false;
  }

  #next(): void {
    const task = this.#waiting.shift();
    if (task === undefined) this.#taken = false;
    else this.#run(task);
  }
}
