import type { WrittenOffset } from './records.ts';
import type { GroupRoom } from './room.ts';

/** What a group has committed for a partition. */
export interface CommittedOffset extends WrittenOffset {
  /** When it was committed by the monotonic clock; negative if that was before this node started. */
  readonly bornMs: number;
}

/** The committed offsets of one group: topic, partition, offset; and which wait for the end of a transaction. */
export class OffsetTable {
  readonly #topics = new Map<string, Map<number, CommittedOffset>>();
  readonly #room: Pick<GroupRoom, 'offsets' | 'metadataBytes'>;
  #size = 0;
  #metadataBytes = 0;
  /** Producers with an offset of a partition that waits for the end of their transaction. */
  readonly #pending = new Map<string, Map<number, Set<number>>>();

  /** `room` counts the offsets of all groups, those that wait too. */
  constructor(room: Pick<GroupRoom, 'offsets' | 'metadataBytes'>) {
    this.#room = room;
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
    const old = partitions.get(partition);
    this.#grow(old === undefined ? 1 : 0, committed.metadata.length - (old?.metadata.length ?? 0));
    partitions.set(partition, committed);
  }

  delete(topic: string, partition: number): void {
    const partitions = this.#topics.get(topic);
    const old = partitions?.get(partition);
    if (partitions === undefined || old === undefined) return;
    partitions.delete(partition);
    this.#grow(-1, -old.metadata.length);
    if (partitions.size === 0) this.#topics.delete(topic);
  }

  clear(): void {
    this.#topics.clear();
    this.#grow(-this.#size, -this.#metadataBytes);
    for (const partitions of this.#pending.values())
      for (const producers of partitions.values()) this.#room.offsets -= producers.size;
    this.#pending.clear();
  }

  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  isPending(topic: string, partition: number): boolean {
    return this.#pending.get(topic)?.has(partition) === true;
  }

  /** Partitions with an offset that waits, by topic. */
  pending(): ReadonlyMap<string, ReadonlyMap<number, unknown>> {
    return this.#pending;
  }

  /** An offset of a partition begins to wait for the end of a producer's transaction, or ceases to. */
  setPending(topic: string, partition: number, producerId: number, isPending: boolean): void {
    let partitions = this.#pending.get(topic);
    if (partitions === undefined) {
      if (!isPending) return;
      this.#pending.set(topic, (partitions = new Map()));
    }
    const producers = partitions.get(partition) ?? new Set();
    if (producers.has(producerId) === isPending) return;
    this.#room.offsets += isPending ? 1 : -1;
    if (isPending) {
      partitions.set(partition, producers.add(producerId));
      return;
    }
    producers.delete(producerId);
    if (producers.size === 0) partitions.delete(partition);
    if (partitions.size === 0) this.#pending.delete(topic);
  }

  #grow(by: number, metadataBytes: number): void {
    this.#size += by;
    this.#metadataBytes += metadataBytes;
    this.#room.offsets += by;
    this.#room.metadataBytes += metadataBytes;
  }
}
