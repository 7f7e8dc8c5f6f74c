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
  readonly #state = new Uint32Array(4);

  constructor(seed: number) {
    this.seed = seed;
    // Seeds beyond 32 bits count too.
    let mixed = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let z = mixed;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      this.#state[i] = z ^ (z >>> 16);
    }
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
    const s = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = s;
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    s[2] = c ^ a;
    s[3] = d ^ b;
    s[1] = b ^ (s[2] ?? 0);
    s[0] = a ^ (s[3] ?? 0);
    s[2] = (s[2] ?? 0) ^ (b << 9);
    s[3] = rotate(s[3] ?? 0, 11);
    return scrambled;
  }
}

function rotate(x: number, by: number): number {
  return ((x << by) | (x >>> (32 - by))) >>> 0;
}
