/**
 * Says what repeats itself once a minute, and how often it happened: producers that try again on a full disk must not
 * fill it with our words.
 */
const quietMs = 60_000;
/** Things that are told apart; beyond it all are forgotten, and told again. */
const knownMax = 1000;

export class Repeats {
  readonly #known = new Map<string, { untilMs: number; kept: number }>();

  /** How often `what` happened unsaid since it was said last; undefined when it is not to be said now. */
  unsaid(what: string, nowMs: number): number | undefined {
    const known = this.#known.get(what);
    if (known !== undefined && nowMs < known.untilMs) {
      known.kept++;
      return undefined;
    }
    if (this.#known.size >= knownMax) this.#known.clear();
    this.#known.set(what, { untilMs: nowMs + quietMs, kept: 0 });
    return known?.kept ?? 0;
  }
}
