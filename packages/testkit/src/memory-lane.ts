/** One direction of a connection: what is sent arrives in order, after a while, and not while the link is cut. */
import type { Clock } from '@skerry/base';

export interface Link {
  readonly clock: Clock;
  delayMs(): number;
  isCut(): boolean;
  /** The lane waits for the cut link, and wants to be woken. */
  held(lane: Lane): void;
}

export class Lane {
  readonly #link: Link;
  #underWay: { readonly at: number; readonly arrive: () => void }[] = [];
  #latest = 0;
  #waiting = false;

  constructor(link: Link) {
    this.#link = link;
  }

  send(arrive: () => void): void {
    const at = Math.max(this.#latest, this.#link.clock.monotonicMs() + this.#link.delayMs());
    this.#latest = at;
    this.#underWay.push({ at, arrive });
    this.wake();
  }

  /** To be called when a cut link has healed. */
  wake(): void {
    const [first] = this.#underWay;
    if (this.#waiting || first === undefined) return;
    if (this.#link.isCut()) {
      this.#link.held(this);
      return;
    }
    this.#waiting = true;
    this.#link.clock.after(first.at - this.#link.clock.monotonicMs(), this.#arrive);
  }

  readonly #arrive = (): void => {
    this.#waiting = false;
    // Cut meanwhile: it is sent again when the link has healed.
    if (!this.#link.isCut()) this.#underWay.shift()?.arrive();
    this.wake();
  };
}
