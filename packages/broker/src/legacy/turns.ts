type Task = (leave: () => void) => void;

/**
 * Conversions run one after the other, however many clients ask: each may hold a batch unpacked, and together they
 * hold one.
 */
export class Turns {
  #waiting: Task[] = [];
  /** How many at the front of it have run. */
  #ran = 0;
  #taken = false;

  /** Runs `task` now or when its turn comes. It must call back once when it is over, whatever becomes of its client. */
  take(task: Task): void {
    if (this.#taken) this.#waiting.push(task);
    else this.#run(task);
  }

  #run(task: Task): void {
    // A loop, since tasks that end in their call would pile up frames.
    this.#taken = true;
    for (let next: Task | undefined = task; next !== undefined; next = this.#next()) {
      let ended = false;
      let returned = false;
      try {
        next(() => {
          ended = true;
          if (returned) this.#goOn();
        });
      } catch (error) {
        this.#goOn();
        throw error;
      }
      returned = true;
      if (!ended) return;
    }
    this.#taken = false;
  }

  #goOn(): void {
    const task = this.#next();
    if (task === undefined) this.#taken = false;
    else this.#run(task);
  }

  #next(): Task | undefined {
    const task = this.#waiting[this.#ran++];
    // Taken off in the half, so that a long queue is not moved for each.
    if (this.#ran * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#ran);
      this.#ran = 0;
    }
    return task;
  }
}
