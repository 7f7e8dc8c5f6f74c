/**
 * One per node: what a turn of the event loop appended, to all logs, is written at its end, one write a file, and
 * then synced together.
 *
 * - Writes go to the page cache on the loop, which costs a fifth of the pool's way, while the disk keeps up: less
 *   than `limits.unsyncedBytesMax` unsynced, and no recent write that took longer than `logLimits.slowWriteMs`.
 *   Otherwise through the pool (see {@link LoopWrites}).
 * - Group commit: a log whose sync is under way is synced again when that has ended, with all that was written
 *   meanwhile; logs that became dirty in one turn share one {@link Disk.commit}.
 * - After one failed sync no log of the node is written or synced any more, so nobody is acknowledged.
 */
import { type Clock, type DirtyFile, type Disk, limits, OperatingError } from '@skerry/base';
import { LoopWrites } from './loop-writes.ts';
import { logLimits } from './settings.ts';
import { UncheckedBytes } from './unchecked.ts';

/** A log, as its flusher sees it. */
export interface FlushedLog {
  /** Writes what is queued, or starts to. */
  write(): void;
  /**
   * Adds the files to sync, and takes note of what that will cover. False if there is nothing to sync, or a sync is
   * under way.
   */
  beginSync(into: DirtyFile[]): boolean;
  endSync(error: Error | undefined): void;
  /** Ends the log: a disk of the node failed, and what it holds is unknown until recovery. */
  fail(error: Error): void;
  /**
   * Called now and then while watched: asks for a sync if one is due, and for a checkpoint, if `left` has one. False
   * ends the watch.
   */
  tick(nowMs: number, left: CheckpointsLeft): boolean;
}

/** How many logs may still ask for a checkpoint now: the syncs of all together would hold up every writer. */
export interface CheckpointsLeft {
  count: number;
}

const tickMs = 1000;
/** In so many ticks every log may have had its turn: twice as fast as checkpoints fall due. */
const checkpointTicks = logLimits.checkpointMs / tickMs / 2;

export class Flusher {
  readonly unchecked = new UncheckedBytes();
  readonly #clock: Clock;
  readonly #disk: Disk;
  #toWrite: FlushedLog[] = [];
  #toSync = new Set<FlushedLog>();
  readonly #watched = new Set<FlushedLog>();
  #scheduled = false;
  #ticking = false;
  #unsyncedBytes = 0;
  readonly #loopWrites: LoopWrites;
  #failed: Error | undefined;

  constructor(options: { readonly clock: Clock; readonly disk: Disk }) {
    this.#clock = options.clock;
    this.#loopWrites = new LoopWrites(options.clock);
    this.#disk = options.disk;
  }

  get unsyncedBytes(): number {
    return this.#unsyncedBytes;
  }

  /** Whether a write may be done on the loop. */
  get writesOnLoop(): boolean {
    return this.#unsyncedBytes < limits.unsyncedBytesMax && this.#loopWrites.allowed;
  }

  /** Says that `log`, which had nothing to write, has something now. */
  writeLater(log: FlushedLog): void {
    this.#toWrite.push(log);
    this.#schedule();
  }

  /** Syncs `log` at the end of this turn, or when the sync under way has ended. */
  syncLater(log: FlushedLog): void {
    this.#toSync.add(log);
    this.#schedule();
  }

  /** Calls `tick` now and then, until it returns false. */
  watch(log: FlushedLog): void {
    this.#watched.add(log);
    if (!this.#ticking) this.#tickLater();
  }

  /** Forgets a log that is closed. */
  forget(log: FlushedLog): void {
    this.#watched.delete(log);
    this.#toSync.delete(log);
  }

  /** Takes note of a write on the loop that took `tookMs`. */
  wroteOnLoop(tookMs: number): void {
    this.#loopWrites.took(tookMs);
  }

  /** A write through the pool begins: what this gives is to be called at its end. */
  writingInPool(): () => void {
    const startMs = this.#clock.monotonicMs();
    return () => this.#loopWrites.tookInPool(this.#clock.monotonicMs() - startMs);
  }

  /** Counts bytes that became unsynced, or, negative, synced. */
  unsynced(bytes: number): void {
    this.#unsyncedBytes += bytes;
    // Logs that sync in the background do so before writers have to leave the loop.
    if (bytes > 0 && this.#unsyncedBytes >= limits.unsyncedBytesMax / 2)
      for (const log of this.#watched) this.#toSync.add(log);
  }

  /** Writes and starts to sync what is due now, without waiting for the end of the turn. */
  flush(): void {
    const due = this.#toWrite;
    this.#toWrite = [];
    if (this.#failed === undefined) for (const log of due) log.write();
    else for (const log of due) log.fail(this.#failed);
    this.#sync();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #sync(): void {
    if (this.#toSync.size === 0) return;
    if (this.#failed !== undefined) {
      const asking = [...this.#toSync];
      this.#toSync.clear();
      for (const log of asking) log.fail(this.#failed);
      return;
    }
    const files: DirtyFile[] = [];
    const logs: FlushedLog[] = [];
    for (const log of this.#toSync) if (log.beginSync(files)) logs.push(log);
    this.#toSync.clear();
    if (logs.length === 0) return;
    this.#disk.commit(files, (error) => {
      if (error !== undefined) this.#failed ??= syncFailure(error);
      for (const log of logs) log.endSync(this.#failed);
      this.#sync();
    });
  }

  #tickLater(): void {
    this.#ticking = true;
    this.#clock.after(tickMs, () => {
      const now = this.#clock.monotonicMs();
      const left = { count: Math.ceil(this.#watched.size / checkpointTicks) };
      for (const log of this.#watched) if (!log.tick(now, left)) this.#watched.delete(log);
      this.#sync();
      this.#ticking = false;
      if (this.#watched.size > 0) this.#tickLater();
    });
  }
}

/** A sync that found no space has failed like any other: the pages it did not write may be marked clean. */
function syncFailure(error: Error): Error {
  if (!(error instanceof OperatingError) || error.code !== 'SKR_DISK_FULL') return error;
  return new OperatingError('SKR_DISK_FAILED', `a sync failed: ${error.message}`, { cause: error });
}
