/**
 * The journal's two files, filled in turn: bytes of many files made durable by one sync.
 *
 *   batch:       gathered -> written, its sync under way -> durable; one sync at a time, in order
 *   generation:  newest -> old (the newest is full, the one before retired) -> settled (each of its files synced)
 *                -> retired (a durable batch says so), and its file is filled again
 *
 * - Files of the old generation are synced in step with how the newest fills, so that these syncs hardly delay the
 *   journal's. If they do not keep up, the journal takes no more data until they have: its users sync their files.
 * - For want of space all files it holds are synced, and the journal is emptied, which gives space back.
 * - After any failed sync all that waits fails, and all that comes later.
 */
import { assert, type Clock, type Compute, type Disk, type DiskFile, type Done, OperatingError } from '@skerry/base';
import { SlabPool } from '@skerry/wire';
import { Batch } from './batch.ts';
import type { JournalEvent } from './events.ts';
import { Generation } from './generation.ts';
import { JournalFiles } from './journal-files.ts';
import { journalLimits } from './limits.ts';
import { settle } from './settle.ts';

export interface JournalOptions {
  /** The disk that journal and files are on. */
  readonly disk: Disk;
  readonly clock: Clock;
  readonly compute: Compute;
  /** For both its files together. */
  readonly bytes: number;
  /** Marks what is ours in the files. */
  readonly nonce: number;
  readonly report: (event: JournalEvent) => void;
}

export class Journal {
  readonly #options: JournalOptions;
  readonly #slabs = new SlabPool(journalLimits.slabBytesKept);
  readonly #files: JournalFiles;
  /** Not yet written, oldest first. */
  #queue: Batch[] = [];
  #underWay: Batch | undefined;
  #newest = new Generation(1);
  #old: Generation | undefined;
  #stamp = 0;
  /** The stamp of the last batch whose waiters were called. */
  #durable = 0;
  #writing = false;
  /** The newest generation is full, and the old one not settled. */
  #behind = false;
  #emptying: { readonly waiting: Done[]; begun: boolean } | undefined;
  #unusedUntilMs = -1;
  #failed: Error | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#files = new JournalFiles(options);
  }

  /** The error after which nothing is made durable. */
  get failed(): Error | undefined {
    return this.#failed;
  }

  get isIdle(): boolean {
    return !this.#writing && this.#queue.length === 0;
  }

  /** Whether it takes `bytes` more now. */
  accepts(bytes: number): boolean {
    if (this.#emptying !== undefined || this.#behind || this.#failed !== undefined) return false;
    if (this.#options.clock.monotonicMs() < this.#unusedUntilMs) return false;
    const waiting = this.#queue.reduce((sum, batch) => sum + batch.fileBytes, 0);
    return waiting + bytes <= this.#files.batchBytesMax;
  }

  /** A replay may write to the file at `path` below this position. */
  liveEnd(path: string): number {
    let end = 0;
    for (const batch of this.#queue.toReversed()) {
      end = Math.max(end, batch.ends.get(path) ?? 0);
      if (batch.forgets.has(path)) return end;
    }
    return Math.max(end, this.#newest.ends.get(path) ?? 0, this.#old?.ends.get(path) ?? 0);
  }

  /** Paths that a replay may write to. */
  livePaths(): Set<string> {
    const all = [this.#old, this.#newest, ...this.#queue].flatMap((part) => [...(part?.ends.keys() ?? [])]);
    return new Set(all);
  }

  /** The file at `path` is gone: what is found there from now on is another. */
  removed(path: string): void {
    for (const part of [this.#old, this.#newest, ...this.#queue]) {
      if (part?.ends.has(path)) part.ends.set(path, Number.POSITIVE_INFINITY);
    }
  }

  /** Takes the bytes of `file` from `start` to `end`; gives the stamp to wait for. */
  addData(file: DiskFile, start: number, end: number): number {
    const batch = this.#open();
    batch.addData(file, start, end);
    return batch.stamp;
  }

  /** Says that what it holds of `path` no longer counts; gives the stamp to wait for. */
  addForget(path: string): number {
    const batch = this.#open();
    batch.addForget(path);
    return batch.stamp;
  }

  /** Whether there is nothing to wait for: the batch with this stamp is durable, or nothing ever will be. */
  isDurable(stamp: number): boolean {
    return this.#failed !== undefined || stamp <= this.#durable;
  }

  /** Calls back when the batch with this stamp is durable, and at once if it is. */
  whenDurable(stamp: number, done: Done): void {
    if (this.isDurable(stamp)) {
      done(this.#failed);
      return;
    }
    const batch = [this.#underWay, ...this.#queue].find((one) => one?.stamp === stamp);
    assert(batch !== undefined, 'a batch is waited for while it is queued or under way');
    batch.waiting.push(done);
  }

  /** Writes what was gathered, if no sync is under way. */
  flush(): void {
    if (this.#writing || this.#failed !== undefined) return;
    if (this.#emptying !== undefined) {
      if (!this.#emptying.begun) this.#empty();
      return;
    }
    const [batch] = this.#queue;
    if (batch === undefined) return;
    if (!this.#files.fits(batch.fileBytes) && !this.#roll()) return;
    this.#queue.shift();
    for (const path of batch.forgets) {
      this.#old?.forget(path);
      this.#newest.forget(path);
    }
    this.#newest.took(batch);
    this.#write(batch);
    this.#retireFiles();
  }

  /** Makes all durable in the files themselves, so that a replay would find nothing to do. */
  empty(done: Done): void {
    if (this.#failed !== undefined) {
      done(this.#failed);
      return;
    }
    this.#emptying ??= { waiting: [], begun: false };
    this.#emptying.waiting.push(done);
    this.flush();
  }

  /** Lets go of its files. Nothing may be under way. */
  close(): void {
    assert(this.#failed !== undefined || this.isIdle, 'a journal is emptied before it is closed');
    this.#files.close();
  }

  /** Everything that waits fails, and all that comes. */
  fail(error: Error): void {
    if (this.#failed !== undefined) return;
    this.#failed = error;
    const batches = this.#underWay === undefined ? this.#queue : [this.#underWay, ...this.#queue];
    this.#underWay = undefined;
    this.#queue = [];
    const waiting = [...batches.flatMap((batch) => batch.waiting), ...(this.#emptying?.waiting ?? [])];
    for (const done of waiting) done(error);
  }

  /** The batch that what comes now is added to. */
  #open(): Batch {
    const last = this.#queue.at(-1);
    if (last !== undefined && last.fileBytes < this.#files.batchBytesMax) return last;
    const batch = new Batch(++this.#stamp, { compute: this.#options.compute, slabs: this.#slabs });
    this.#queue.push(batch);
    return batch;
  }

  /** Begins the next generation, if the file it takes is free; else sees to it that it will be. */
  #roll(): boolean {
    if (this.#old !== undefined) {
      if (this.#old.isSettled) {
        // Its file is free when a batch says so that is not in it.
        this.#write(new Batch(++this.#stamp, { compute: this.#options.compute, slabs: this.#slabs }));
        return false;
      }
      if (!this.#behind) {
        this.#behind = true;
        this.#options.report({ kind: 'journalBehind', generation: this.#old.number, files: this.#old.toSync.size });
      }
      this.#retireFiles();
      return false;
    }
    this.#behind = false;
    this.#newest.close();
    this.#options.report({ kind: 'journalRolled', generation: this.#newest.number, files: this.#newest.filesAtClose });
    this.#old = this.#newest;
    this.#newest = new Generation(this.#old.number + 1);
    this.#files.roll(this.#newest.number);
    return true;
  }

  #write(batch: Batch): void {
    this.#writing = true;
    this.#underWay = batch;
    const retired = this.#old?.isSettled ? this.#old : undefined;
    const oldest = retired === undefined ? (this.#old ?? this.#newest).number : this.#newest.number;
    this.#files.write(batch, oldest, (error) => {
      this.#writing = false;
      if (this.#failed === undefined && error instanceof OperatingError && error.code === 'SKR_DISK_FULL') {
        this.#full(batch, error);
        return;
      }
      batch.release();
      if (this.#failed !== undefined) return;
      this.#underWay = undefined;
      if (error !== undefined) {
        this.#queue.unshift(batch);
        this.fail(error);
        return;
      }
      if (retired !== undefined) this.#old = undefined;
      if (!batch.isEmpty) this.#finish([batch]);
      this.flush();
    });
  }

  #finish(batches: readonly Batch[]): void {
    for (const batch of batches) this.#durable = Math.max(this.#durable, batch.stamp);
    for (const { waiting } of batches) for (const done of waiting.splice(0)) done();
  }

  /** Syncs files of the old generation, as many as are due. */
  #retireFiles(): void {
    const old = this.#old;
    if (old === undefined || this.#emptying !== undefined || this.#failed !== undefined) return;
    const share = this.#behind ? 1 : Math.min(this.#files.filled / journalLimits.retireShare, 1);
    const due = Math.ceil(old.filesAtClose * share);
    const lanes = this.#behind ? journalLimits.directFilesMax : 1;
    while (old.syncsBegun < due && old.syncsUnderWay < lanes) {
      const [path] = old.toSync;
      if (path === undefined) return;
      old.toSync.delete(path);
      old.syncsBegun++;
      old.syncsUnderWay++;
      settle(this.#options.disk, [path], (error) => {
        old.syncsUnderWay--;
        if (error !== undefined) {
          this.fail(error);
          return;
        }
        this.#retireFiles();
        if (this.#behind && old.isSettled) this.flush();
      });
    }
  }

  /** The batch keeps its buffers until the files are synced: removals that come meanwhile are added to it. */
  #full(batch: Batch, error: Error): void {
    this.#queue.unshift(batch);
    this.#underWay = undefined;
    this.#unusedUntilMs = this.#options.clock.monotonicMs() + journalLimits.fullForMs;
    this.#options.report({ kind: 'journalFull', error });
    this.empty(() => {});
  }

  /** Syncs all files it holds bytes of, then voids what it holds. Who waits for a batch waits for that. */
  #empty(): void {
    const emptying = this.#emptying;
    assert(emptying !== undefined && !this.#writing, 'a journal is emptied while nothing is written to it');
    emptying.begun = true;
    const { disk } = this.#options;
    const next = this.#newest.number + 1;
    const end: Done = (error) => {
      if (this.#failed !== undefined) return;
      if (error !== undefined) {
        this.fail(error);
        return;
      }
      this.#old = undefined;
      this.#newest = new Generation(next);
      this.#files.roll(next);
      this.#behind = false;
      this.#emptying = undefined;
      const moot = this.#queue;
      this.#queue = [];
      for (const batch of moot) batch.release();
      this.#finish(moot);
      for (const done of emptying.waiting) done();
    };
    settle(disk, [...this.livePaths()], (error) => {
      if (error !== undefined || this.#failed !== undefined) end(error);
      else this.#files.voidAll(end);
    });
  }
}
