/**
 * Which leader's epoch began where: the table that followers and clients compare to find where logs part (KIP-101,
 * KIP-279, KIP-320).
 *
 * Rows grow in epoch, and do not fall in offset. A row may be zero-width: an epoch in which nothing was appended is
 * kept, since an election compares it. A truncation names epoch and offset, because an offset
 * alone cannot remove such a row.
 */
import { assert, LeaderEpoch, Offset } from '@skerry/base';

export interface EpochRow {
  readonly epoch: LeaderEpoch;
  readonly startOffset: Offset;
}

export class LeaderEpochs {
  #rows: EpochRow[] = [];
  #version = 0;

  get rows(): readonly EpochRow[] {
    return this.#rows;
  }

  /** Grows with every change: whether a saved copy is still current. */
  get version(): number {
    return this.#version;
  }

  /** The last row's epoch, which is the log's; undefined before the first. */
  get latest(): LeaderEpoch | undefined {
    return this.#rows.at(-1)?.epoch;
  }

  /**
   * Adds the row of `epoch`, which begins at `startOffset`, where the log ends now. Harmless if it is the last row's
   * epoch already.
   */
  append(epoch: LeaderEpoch, startOffset: Offset): void {
    const last = this.#rows.at(-1);
    if (last?.epoch === epoch) return;
    assert(
      last === undefined || (epoch > last.epoch && startOffset >= last.startOffset),
      'epochs grow, and begin in order',
    );
    this.#rows.push({ epoch, startOffset });
    this.#version++;
  }

  /** The epoch in which `offset` was, or would be, appended. */
  epochAt(offset: Offset): LeaderEpoch | undefined {
    return this.#rows.findLast((row) => row.startOffset <= offset)?.epoch;
  }

  /**
   * Answers OffsetForLeaderEpoch: the largest epoch of the table that is not above `epoch`, and where it ended: at
   * the start of the next row, or `logEnd`. Undefined when the table begins later, or `epoch` is above all of it.
   */
  endOf(epoch: LeaderEpoch, logEnd: Offset): { readonly epoch: LeaderEpoch; readonly endOffset: Offset } | undefined {
    const latest = this.latest;
    if (latest === undefined || epoch > latest) return undefined;
    const index = this.#rows.findLastIndex((row) => row.epoch <= epoch);
    const row = this.#rows[index];
    if (row === undefined) return undefined;
    return { epoch: row.epoch, endOffset: this.#rows[index + 1]?.startOffset ?? logEnd };
  }

  /** Forgets rows above `epoch`, and those that begin after `offset`, where the log now ends. */
  truncateTo(offset: Offset, epoch: LeaderEpoch | undefined): void {
    this.#replace(this.rowsTo(offset, epoch));
  }

  /** The rows that {@link truncateTo} would leave. */
  rowsTo(offset: Offset, epoch: LeaderEpoch | undefined): EpochRow[] {
    return this.#rows.filter((row) => row.startOffset <= offset && (epoch === undefined || row.epoch <= epoch));
  }

  /** Forgets rows that end at or before `logStart`; the one that holds it then begins there. */
  startAt(logStart: Offset): void {
    const kept = this.#rows.filter((_row, i) => (this.#rows[i + 1]?.startOffset ?? Infinity) > logStart);
    const [first, ...rest] = kept;
    if (first === undefined || first.startOffset >= logStart) this.#replace(kept);
    else this.#replace([{ epoch: first.epoch, startOffset: logStart }, ...rest]);
  }

  clear(): void {
    this.#replace([]);
  }

  /** Takes rows read from the store, which were checked when they were written. */
  load(rows: readonly EpochRow[]): void {
    this.#rows = [];
    for (const { epoch, startOffset } of rows) this.append(epoch, startOffset);
  }

  #replace(rows: EpochRow[]): void {
    if (rows.length === this.#rows.length && rows.every((row, i) => row === this.#rows[i])) return;
    this.#rows = rows;
    this.#version++;
  }
}

export const epochRow = (epoch: number, startOffset: number): EpochRow => ({
  epoch: LeaderEpoch(epoch),
  startOffset: Offset(startOffset),
});
