/**
 * Index files on their way to the disk: which segments have entries that no sync covers yet.
 *
 * An offset or time index that cannot be written for want of space is made again when it is needed; the end of a
 * transaction is not found again without its file, so a checkpoint waits for that.
 */
import { OperatingError } from '@skerry/base';
import type { PooledFile } from './file-pool.ts';
import type { AbortedTransaction } from './producers.ts';
import type { Segment } from './segment.ts';
import { logLimits } from './settings.ts';
import type { LogWorld } from './world.ts';

export interface IndexFilesParts {
  readonly folder: string;
  readonly world: LogWorld;
  failed(error: Error): void;
}

export class IndexFiles {
  readonly #parts: IndexFilesParts;
  /** Closed segments whose indexes no sync covers yet. */
  readonly #closed = new Set<Segment>();
  /** Segments whose transaction index has entries that no sync covers yet. */
  readonly #decided = new Set<Segment>();

  /** What recovery found again is in memory only. */
  constructor(parts: IndexFilesParts, segments: readonly Segment[]) {
    this.#parts = parts;
    for (const segment of segments) {
      if (segment.transactions.isDue) this.#decided.add(segment);
      if (segment.isClosed) this.closed(segment);
    }
  }

  /** Takes note of bytes written to `segment`, whose entries may be worth a write by now. */
  wrote(segment: Segment): void {
    if (segment.index.wantsFiling) this.#file(segment, logLimits.indexWriteBytes);
  }

  aborted(segment: Segment, entry: AbortedTransaction): void {
    segment.transactions.append(entry);
    this.#decided.add(segment);
  }

  /** The segment was made shorter, its transactions with it. */
  cut(segment: Segment): void {
    if (segment.transactions.hasFile) this.#decided.add(segment);
  }

  /** The segment takes no more batches: its indexes are complete. */
  closed(segment: Segment): void {
    if (segment.size > 0 && !segment.index.isUnread && segment.hasFinalName) this.#closed.add(segment);
  }

  /** The segment goes: nothing of it needs a sync any more. */
  dropped(segment: Segment): void {
    this.#closed.delete(segment);
    this.#decided.delete(segment);
  }

  /** Writes what files lack, and gives those to sync. Undefined if a transaction's end could not be written. */
  collect(current: Segment): Map<PooledFile, Segment> | undefined {
    const files = new Map<PooledFile, Segment>();
    for (const segment of this.#decided) {
      if (!this.#tryDisk(segment, () => segment.transactions.fileNow())) return undefined;
      if (segment.transactions.hasFile) files.set(segment.transactions.file, segment);
    }
    if (!current.index.isUnread && current.size > 0) this.#closed.add(current);
    for (const segment of this.#closed) {
      this.#file(segment, 0);
      // What is in them must last even if not all found space: one may not outlive the other.
      for (const file of [segment.index.timesFile, segment.index.offsetsFile]) {
        if (file.isOpen || this.#parts.world.disk.exists(file.path)) files.set(file, segment);
      }
    }
    this.#decided.clear();
    this.#closed.clear();
    return files;
  }

  #file(segment: Segment, bytesMin: number): void {
    this.#tryDisk(segment, () => segment.index.fileNow(bytesMin));
  }

  #tryDisk(segment: Segment, write: () => void): boolean {
    try {
      write();
      return true;
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      if (error.code === 'SKR_DISK_FULL') {
        this.#parts.world.report({ kind: 'indexNotWritten', folder: this.#parts.folder, base: segment.base, error });
      } else this.#parts.failed(error);
      return false;
    }
  }
}
