/**
 * Chance from a seed: xoshiro128** (Blackman and Vigna), its state filled by splitmix32. The same seed gives the same
 * numbers for ever.
 *
 * Each part of a world draws from a {@link SeededRandom.fork} of its own, so that one part's additional draw does not
 * change the others' fate.
 */
import { assert, type Random } from '@skerry/base';

export class SeededRandom implements Random {
  readonly seed: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  constructor(seed: number) {
    this.seed = seed;
    // Seeds beyond 32 bits count too.
    let mixed = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
    const word = (): number => {
      mixed = (mixed + 0x9e3779b9) | 0;
      let z = mixed;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return z ^ (z >>> 16);
    };
    this.#a = word();
    this.#b = word();
    this.#c = word();
    this.#d = word();
  }

  /** Independent chance, named: the same name from the same seed gives the same. */
  fork(name: string): SeededRandom {
    // FNV-1a.
    let hash = 0x811c9dc5;
    for (const letter of `${this.seed}/${name}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
    return new SeededRandom(hash >>> 0);
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.#next();
    return bytes;
  }

  below(bound: number): number {
    assert(bound >= 1 && bound <= 2 ** 48, 'random.below: 1 ≤ bound ≤ 2^48');
    return Math.floor(this.fraction() * bound);
  }

  /** A whole number in [least, most]. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return (this.#next() * 2 ** 21 + (this.#next() >>> 11)) / 2 ** 53;
  }

  #next(): number {
    const b = this.#b;
    const c = this.#c ^ this.#a;
    const d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    this.#c = c ^ (b << 9);
    this.#d = (d << 11) | (d >>> 21);
    const scrambled = Math.imul(b, 5);
    return Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
  }
}
