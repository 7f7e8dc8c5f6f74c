/**
 * One account of the memory that a node sets aside for others: requests and answers under way, groups, the maps of
 * compaction, batches that are unpacked (`skerry.memory.budget`).
 *
 * Each of them keeps its own count and is asked for it, so that the hot path pays nothing for the account. Who wants
 * more looks first at what is free, and waits or makes do with less; {@link MemoryBudget.lend} waits for it.
 */
export interface MemoryUse {
  readonly name: string;
  /** What it holds now. */
  readonly bytes: () => number;
  /** Gives back what it keeps only to be faster. */
  readonly trim?: () => void;
}

interface Loan {
  readonly bytes: number;
  readonly run: () => void;
}

export class MemoryBudget {
  readonly bytesMax: number;
  readonly #uses: MemoryUse[] = [{ name: 'loans', bytes: () => this.#lentBytes }];
  /** Who waits for a loan, in their order. */
  readonly #waiting: Loan[] = [];
  #loans = 0;
  #lentBytes = 0;
  #granting = false;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  add(use: MemoryUse): void {
    this.#uses.push(use);
  }

  /** What is left; negative where more is held than should be. */
  get freeBytes(): number {
    let free = this.bytesMax;
    for (const use of this.#uses) free -= use.bytes();
    return free;
  }

  trim(): void {
    for (const use of this.#uses) use.trim?.();
  }

  /** What each holds, by its name. */
  held(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#uses.map(({ name, bytes }) => [name, bytes()]));
  }

  /**
   * Calls `run` once so many bytes are free, or nobody else has any lent: who asks for more than there is gets it
   * alone. `run` gets the function that gives them back, to be called once.
   */
  lend(bytes: number, run: (giveBack: () => void) => void): void {
    const loan = {
      bytes,
      run: () =>
        run(() => {
          this.#loans--;
          this.#lentBytes -= bytes;
          this.#grant();
        }),
    };
    this.#waiting.push(loan);
    this.#grant();
  }

  /** Lends what is free by now; for whoever knows that others have given something back. */
  #grant(): void {
    if (this.#granting) return;
    this.#granting = true;
    for (let loan = this.#waiting[0]; loan !== undefined; loan = this.#waiting[0]) {
      if (this.#loans > 0 && loan.bytes > this.freeBytes) break;
      this.#waiting.shift();
      this.#loans++;
      this.#lentBytes += loan.bytes;
      loan.run();
    }
    this.#granting = false;
  }
}
