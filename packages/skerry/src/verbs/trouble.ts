/**
 * Says on the terminal what goes on failing, once each time it does; what passes by itself within a second is not said.
 */
import type { Clock } from '@skerry/base';
import type { Terminal } from '../terminal.ts';

const quietMs = 1000;

export class Trouble {
  readonly #clock: Clock;
  readonly #terminal: Terminal;
  #sinceMs: number | undefined;
  #isTold = false;

  constructor(clock: Clock, terminal: Terminal) {
    this.#clock = clock;
    this.#terminal = terminal;
  }

  /** For how long it has failed. */
  get lastsMs(): number {
    return this.#sinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#sinceMs;
  }

  /** It failed once more; `next` says what will be done. */
  failed(error: Error, next: string): void {
    this.#sinceMs ??= this.#clock.monotonicMs();
    if (this.#isTold || this.lastsMs < quietMs) return;
    this.#isTold = true;
    this.#terminal.note(`${error.message}; ${next}`);
  }

  /** It went well. */
  passed(): void {
    this.#sinceMs = undefined;
    this.#isTold = false;
  }
}
