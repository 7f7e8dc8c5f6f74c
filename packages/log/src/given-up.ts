/**
 * What was removed from a log for want of room, for as long as the log lives: a gap that an operator finds though the
 * line that told of it is long gone.
 */
import type { Offset } from '@skerry/base';
import type { LogState } from './state.ts';
import type { LogWorld } from './world.ts';

export interface GivenUp {
  /** Of all removals together. */
  readonly offsets: number;
  readonly bytes: number;
  /** The latest one ended there. */
  readonly below: Offset;
}

export class GivenUpNote {
  readonly #world: LogWorld;
  readonly #state: LogState;
  #known: GivenUp | undefined;
  #isRead = false;
  #isOwed = false;

  constructor(world: LogWorld, state: LogState) {
    this.#world = world;
    this.#state = state;
  }

  /** Undefined where nothing was. */
  get value(): GivenUp | undefined {
    if (!this.#isRead) this.#known = this.#state.readGivenUp();
    this.#isRead = true;
    return this.#known;
  }

  /**
   * Offsets `from` up to `below` go now. Committed with the new start of the log, or before; where there is no room,
   * `retry` is for when there is.
   */
  add(from: Offset, below: Offset, bytes: number): void {
    const before = this.value;
    // A power cut may have brought back what was noted as gone.
    const start = Math.max(from, before?.below ?? 0);
    if (below <= start) return;
    this.#known = { offsets: (before?.offsets ?? 0) + below - start, bytes: (before?.bytes ?? 0) + bytes, below };
    this.#save(this.#known);
  }

  retry(): void {
    if (this.#isOwed && this.#known !== undefined) this.#save(this.#known);
  }

  #save(value: GivenUp): void {
    this.#isOwed = false;
    this.#world.store.commit([this.#state.givenUp(value)], (error) => {
      if (error !== undefined) this.#isOwed = true;
    });
  }
}
