/**
 * Which bytes of a segment's file this process has written, or has checked: stretches from batch to batch. They need
 * no second look as long as they come from memory.
 */
const stretchesMax = 8;

export class CheckedBytes {
  /** From here on all was written, or read by recovery, in this process. */
  #ownFrom = 0;
  /** Beginnings and ends, ascending, without overlap. */
  #stretches: number[] = [];

  /** Says what the file held when this process opened it. */
  resume(size: number): void {
    this.#ownFrom = size;
    this.#stretches = [];
  }

  /** The file was cut at `size`; what is written from there on is ours. */
  cut(size: number): void {
    if (size < this.#ownFrom) this.#ownFrom = size;
    this.#stretches = this.#stretches.map((at) => Math.min(at, size));
  }

  covers(from: number, to: number): boolean {
    if (from >= this.#ownFrom) return true;
    const end = Math.min(to, this.#ownFrom);
    for (let i = 0; i < this.#stretches.length; i += 2) {
      if (from >= (this.#stretches[i] ?? 0) && end <= (this.#stretches[i + 1] ?? 0)) return true;
    }
    return false;
  }

  /** The bytes were found to be good. Beyond a few stretches the shortest is forgotten, and will be checked again. */
  add(from: number, to: number): void {
    let [start, end] = [from, Math.min(to, this.#ownFrom)];
    if (start >= end) return;
    const pairs: [number, number][] = [];
    for (let i = 0; i < this.#stretches.length; i += 2) {
      const [a, b] = [this.#stretches[i] ?? 0, this.#stretches[i + 1] ?? 0];
      if (b < start || a > end) pairs.push([a, b]);
      else [start, end] = [Math.min(a, start), Math.max(b, end)];
    }
    if (end === this.#ownFrom) this.#ownFrom = start;
    else pairs.push([start, end]);
    pairs.sort(([a], [b]) => a - b);
    if (pairs.length > stretchesMax) pairs.splice(shortest(pairs), 1);
    this.#stretches = pairs.flat();
  }
}

function shortest(pairs: readonly (readonly [number, number])[]): number {
  let found = 0;
  for (const [i, [a, b]] of pairs.entries()) {
    const [c, d] = pairs[found] ?? [0, 0];
    if (b - a < d - c) found = i;
  }
  return found;
}
