/** What {@link IndexCache} counts: index entries in memory that can be read from their file again. */
export interface Cached {
  /** Bytes that {@link evict} would free. */
  readonly evictableBytes: number;
  evict(): void;
}

/** Bounds the memory of all segments' indexes: the least recently used are dropped, and read again on demand. */
export class IndexCache {
  readonly #bytesMax: number;
  readonly #tables = new Map<Cached, number>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Notes a use of `table` and what it holds now. */
  used(table: Cached): void {
    const now = table.evictableBytes;
    this.#bytes += now - (this.#tables.get(table) ?? 0);
    this.#tables.delete(table);
    if (now > 0) this.#tables.set(table, now);
    if (this.#bytes <= this.#bytesMax) return;
    for (const [oldest, bytes] of this.#tables) {
      if (oldest === table) continue;
      this.#tables.delete(oldest);
      this.#bytes -= bytes;
      oldest.evict();
      if (this.#bytes <= this.#bytesMax) return;
    }
  }

  forget(table: Cached): void {
    this.#bytes -= this.#tables.get(table) ?? 0;
    this.#tables.delete(table);
  }
}
