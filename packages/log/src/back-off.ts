/** How long to wait before the next try of what a full disk refused: doubling, bounded, reset by a success. */
export class BackOff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  #nextMs: number;

  constructor(firstMs: number, mostMs: number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#nextMs = firstMs;
  }

  /** Whether the last try failed. */
  get isOn(): boolean {
    return this.#nextMs > this.#firstMs;
  }

  next(): number {
    const delayMs = Math.min(this.#nextMs, this.#mostMs);
    this.#nextMs = delayMs * 2;
    return delayMs;
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
