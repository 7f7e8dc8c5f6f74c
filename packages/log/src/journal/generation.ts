/**
 * What one filling of a journal file says of other files: up to which position a replay may write to them.
 *
 * A generation is retired when each of its files was synced since. Only then is its file written again.
 */
import type { Batch } from './batch.ts';

export class Generation {
  readonly number: number;
  /** By path: the end of the furthest bytes it holds; Infinity once the file was removed. */
  readonly ends = new Map<string, number>();
  /** When it is no longer the newest: files that must be synced before it is retired. */
  readonly toSync = new Set<string>();
  filesAtClose = 0;
  syncsBegun = 0;
  syncsUnderWay = 0;

  constructor(number: number) {
    this.number = number;
  }

  took(batch: Batch): void {
    for (const [path, end] of batch.ends) this.ends.set(path, Math.max(this.ends.get(path) ?? 0, end));
  }

  forget(path: string): void {
    this.ends.delete(path);
    this.toSync.delete(path);
  }

  /** No entries are added any more. */
  close(): void {
    for (const path of this.ends.keys()) this.toSync.add(path);
    this.filesAtClose = this.toSync.size;
  }

  get isSettled(): boolean {
    return this.toSync.size === 0 && this.syncsUnderWay === 0;
  }
}
