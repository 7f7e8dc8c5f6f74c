/**
 * What happens in a world, as one number: the same seed must give the same one. It costs a few multiplications an
 * event; no text is made unless somebody wants to read it.
 */

/** Takes note of an event: what, where, and up to two numbers that tell it from others of its kind. */
export type Tracer = (what: string, where: string, a: number, b: number) => void;

export class TraceHash {
  /** How many events were noted. */
  events = 0;
  /** Told of each event, to count; and if somebody wants to read along. */
  observer: Tracer | undefined;
  reader: Tracer | undefined;
  readonly #nowMs: () => number;
  /** Texts that were met, by number. */
  readonly #known = new Map<string, number>();
  #low = 0x811c9dc5;
  #high = 0x2545f491;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  readonly note: Tracer = (what, where, a, b) => {
    this.events++;
    // Microseconds of virtual time; times are sums of seeded numbers, so they are the same to the last bit.
    this.#mix(Math.round(this.#nowMs() * 1000));
    this.#mix(this.#number(what));
    this.#mix(this.#number(where));
    this.#mix(a);
    this.#mix(b);
    this.observer?.(what, where, a, b);
    this.reader?.(what, where, a, b);
  };

  /** Sixteen hexadecimal digits. */
  get hex(): string {
    return hex(this.#high) + hex(this.#low);
  }

  #mix(value: number): void {
    const low = value | 0;
    const high = low === value ? low >> 31 : Math.floor(value / 2 ** 32) | 0;
    this.#low = Math.imul(this.#low ^ low, 0x01000193) ^ (this.#high >>> 15);
    this.#high = Math.imul(this.#high ^ high ^ this.#low, 0x85ebca6b) ^ (this.#low >>> 13);
  }

  #number(text: string): number {
    let number = this.#known.get(text);
    if (number === undefined) {
      number = 0x811c9dc5;
      for (let i = 0; i < text.length; i++) number = Math.imul(number ^ text.charCodeAt(i), 0x01000193);
      this.#known.set(text, number);
    }
    return number;
  }
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
