import type { WrittenOffset } from './records.ts';

/** What a group has committed for a partition. */
export interface CommittedOffset extends WrittenOffset {
  /** When it was committed by the monotonic clock; negative if that was before this node started. */
  readonly bornMs: number;
}

/** The committed offsets of one group: topic, partition, offset. */
export class OffsetTable {
  readonly #topics = new Map<string, Map<number, CommittedOffset>>();
  readonly #usage: { offsets: number };
  #size = 0;

  /** `usage` counts the offsets of all groups. */
  constructor(usage: { offsets: number }) {
    this.#usage = usage;
  }

  get size(): number {
    return this.#size;
  }

  topics(): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#topics;
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  set(topic: string, partition: number, committed: CommittedOffset): void {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) this.#topics.set(topic, (partitions = new Map()));
    if (!partitions.has(partition)) this.#grow(1);
    partitions.set(partition, committed);
  }

  delete(topic: string, partition: number): void {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined || !partitions.delete(partition)) return;
    this.#grow(-1);
    if (partitions.size === 0) this.#topics.delete(topic);
  }

  clear(): void {
    this.#topics.clear();
    this.#grow(-this.#size);
  }

  #grow(by: number): void {
    this.#size += by;
    this.#usage.offsets += by;
  }
}
