/** What the owner of a log was told, and so what the log must hold after a crash, and what it may. */
import { batchBaseOffset, batchLastOffset, batchLeaderEpoch, records } from '@skerry/wire';

/** A mark of one of the logs on the disk, by its folder. */
export interface LogMark {
  readonly folder: string;
  readonly told: LogTold;
}

export type LogTold =
  | { readonly kind: 'appended'; readonly batch: Uint8Array }
  | { readonly kind: 'synced'; readonly offset: number }
  | { readonly kind: 'refused'; readonly end: number }
  | { readonly kind: 'cutBegan'; readonly offset: number }
  | { readonly kind: 'cutEnded'; readonly end: number }
  | { readonly kind: 'emptyBegan'; readonly offset: number }
  | { readonly kind: 'emptyEnded'; readonly offset: number }
  | { readonly kind: 'startAsked'; readonly offset: number }
  | { readonly kind: 'startSaved'; readonly offset: number }
  /** What recovery had to tidy up is durable. */
  | { readonly kind: 'settled' };

/** A batch as it was appended. */
export interface Appended {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly last: number;
  readonly epoch: number;
  readonly records: readonly { readonly offset: number; readonly timestamp: number }[];
}

export class LogExpectation {
  /** Everything that may be found at an offset: more than one where an append was refused, or cut off. */
  readonly allowed = new Map<number, Appended[]>();
  /** Appended and neither refused nor cut off. */
  lineage: Appended[] = [];
  acked = 0;
  startMin = 0;
  startMax = 0;
  /** Set while the log is cut. */
  cutTo: number | undefined;
  /** Set while all is thrown away: the log may have begun anew there. */
  emptyAt: number | undefined;
  /** What is known of producers below the log start may be lost with a cut. */
  forgetful = false;
  /** Not so while a recovery removes what only the store says is gone. */
  isSettled = true;

  note(mark: LogTold): void {
    switch (mark.kind) {
      case 'appended':
        this.#appended(mark.batch);
        return;
      case 'synced':
        this.#synced(mark.offset);
        return;
      case 'refused':
        this.lineage = this.lineage.filter(({ last }) => last < mark.end);
        return;
      case 'cutBegan':
        this.cutTo = mark.offset;
        this.acked = Math.min(this.acked, mark.offset);
        if (this.startMax > 0) this.forgetful = true;
        return;
      case 'cutEnded':
        this.cutTo = undefined;
        this.#forgetFrom(mark.end);
        return;
      case 'emptyBegan':
        this.emptyAt = mark.offset;
        return;
      case 'emptyEnded':
        this.emptyAt = undefined;
        this.#forgetFrom(0);
        Object.assign(this, { acked: mark.offset, startMin: mark.offset, startMax: mark.offset, forgetful: false });
        return;
      case 'startAsked':
        this.startMax = Math.max(this.startMax, mark.offset);
        return;
      case 'startSaved':
        this.startMin = mark.offset;
        this.startMax = mark.offset;
        return;
      case 'settled':
        this.isSettled = true;
    }
  }

  /**
   * What must hold from now on if a crash left a log with those batches: the next recovery must find the same.
   * `lostStore` tells that what lay below the log start is not known any more.
   */
  afterRecovery(batches: readonly Appended[], start: number, end: number, lostStore: boolean): LogExpectation {
    const next = new LogExpectation();
    const isEmptied = this.emptyAt === end && start === end;
    const below = lostStore || isEmptied ? [] : this.lineage.filter(({ last }) => last < (batches[0]?.base ?? end));
    next.lineage = [...below, ...batches];
    for (const batch of next.lineage) next.allowed.set(batch.base, [batch]);
    next.forgetful = this.forgetful || (lostStore && start > 0);
    return Object.assign(next, { acked: end, startMin: start, startMax: start, isSettled: false });
  }

  #appended(bytes: Uint8Array): void {
    const batch: Appended = {
      bytes,
      base: batchBaseOffset(bytes, 0),
      last: batchLastOffset(bytes, 0),
      epoch: batchLeaderEpoch(bytes, 0),
      records: [...records(bytes, 0)].map(({ offset, timestamp }) => ({ offset, timestamp })),
    };
    this.lineage.push(batch);
    this.allowed.set(batch.base, [...(this.allowed.get(batch.base) ?? []), batch]);
  }

  #synced(offset: number): void {
    const safe = new Set(this.lineage);
    // What a cut under way takes may be gone, safe or not.
    this.acked = Math.max(this.acked, Math.min(offset, this.cutTo ?? offset));
    // What was refused there cannot come back from under what is safe.
    for (const [base, batches] of this.allowed) {
      if (base >= offset) continue;
      const kept = batches.filter((batch) => safe.has(batch));
      if (kept.length === 0) this.allowed.delete(base);
      else this.allowed.set(base, kept);
    }
  }

  #forgetFrom(end: number): void {
    this.lineage = this.lineage.filter(({ last }) => last < end);
    for (const base of this.allowed.keys()) if (base >= end) this.allowed.delete(base);
    this.acked = Math.min(this.acked, end);
  }

  /** The one that equals `bytes`, if it may be there. */
  find(bytes: Uint8Array): Appended | undefined {
    return this.allowed.get(batchBaseOffset(bytes, 0))?.find((batch) => Buffer.compare(batch.bytes, bytes) === 0);
  }
}
