/**
 * What of a log is written but not yet safe, and the syncs that make it so.
 *
 * One sync of a log is under way at a time; what is asked for meanwhile comes with the next (group commit). A sync
 * covers what was written when it began, no more. In `power-loss` the next begins as soon as there is something to
 * sync; in `process-crash` when it is due.
 */
import { assert, Bytes, type DirtyFile, type Offset } from '@skerry/base';
import type { CapturedCheckpoint, Checkpointer } from './checkpointer.ts';
import type { CheckpointsLeft, FlushedLog } from './flusher.ts';
import type { Segment } from './segment.ts';
import type { LogSettings } from './settings.ts';
import type { LogListener, LogWorld } from './world.ts';

export interface SyncerParts {
  readonly world: LogWorld;
  readonly listener: LogListener;
  readonly settings: () => LogSettings;
}

/** How much of a segment a sync covers. A cut meanwhile is not covered. */
interface SyncedPart {
  readonly segment: Segment;
  readonly size: Bytes;
  readonly cuts: number;
}

/** A sync under way, and what it will cover. */
interface SyncUnderWay {
  written: Offset;
  readonly segments: readonly SyncedPart[];
  readonly checkpoint: CapturedCheckpoint | undefined;
  readonly followers: readonly (() => void)[];
}

export class LogSyncer {
  readonly #parts: SyncerParts;
  readonly #checkpoints: Checkpointer;
  readonly #log: FlushedLog;
  #synced: Offset;
  readonly #dirty = new Set<Segment>();
  /** Made shorter since the sync under way began, which does not cover that. */
  readonly #cutSince = new Set<Segment>();
  #dirtySinceMs = 0;
  #underWay: SyncUnderWay | undefined;
  /** Asked for while one was under way. */
  #again = false;
  #followers: (() => void)[] = [];
  #watched = false;
  /** A former process may have made it shorter, and ended before it could sync that. */
  #doubtful: Segment | undefined;

  /** `log` is what the flusher calls, on behalf of this. */
  constructor(
    parts: SyncerParts,
    checkpoints: Checkpointer,
    log: FlushedLog,
    { synced, doubtful }: { readonly synced: Offset; readonly doubtful: Segment | undefined },
  ) {
    this.#parts = parts;
    this.#checkpoints = checkpoints;
    this.#log = log;
    this.#synced = synced;
    this.#doubtful = doubtful;
  }

  get synced(): Offset {
    return this.#synced;
  }

  get isClean(): boolean {
    return this.#dirty.size === 0;
  }

  get #atOnce(): boolean {
    return this.#parts.settings().durability === 'power-loss';
  }

  /** Takes note of `bytes` written to `segment`, or of a cut. Its file stays open until they are synced. */
  dirtied(segment: Segment, bytes: number): void {
    const { flusher, clock, files } = this.#parts.world;
    if (this.#dirty.size === 0) this.#dirtySinceMs = clock.monotonicMs();
    if (!this.#dirty.has(segment)) {
      this.#dirty.add(segment);
      segment.file.hold();
    }
    this.watch();
    flusher.unsynced(bytes);
    if (this.#atOnce || files.pressed) this.ask();
  }

  /** Has {@link tick} called until there is nothing to watch. */
  watch(): void {
    if (!this.#watched) this.#parts.world.flusher.watch(this.#log);
    this.#watched = true;
  }

  /** Takes note that a segment's file was made shorter. */
  shortened(segment: Segment): void {
    this.#cutSince.add(segment);
    this.dirtied(segment, 0);
  }

  /**
   * Has the end that was found at the start synced, once, before anything is written behind it: what was cut off there
   * would be back after a power cut. False if there is no need.
   */
  coverEnd(): boolean {
    if (this.#doubtful === undefined) return false;
    this.shortened(this.#doubtful);
    this.#doubtful = undefined;
    return true;
  }

  /** Asks for a sync. */
  ask(): void {
    this.#parts.world.flusher.syncLater(this.#log);
  }

  /** Calls `run` after a sync that begins from now on. */
  after(run: () => void): void {
    this.#followers.push(run);
    this.ask();
  }

  /**
   * Adds the files to sync. `checkpoint` adds those of a checkpoint, if one is due. False if there is nothing to do,
   * or one is under way.
   */
  begin(into: DirtyFile[], written: Offset, capture: () => CapturedCheckpoint | undefined): boolean {
    this.#again = this.#underWay !== undefined;
    if (this.#again) return false;
    const segments: SyncedPart[] = [];
    this.#cutSince.clear();
    for (const segment of this.#dirty) {
      segment.pin();
      segment.file.hold();
      segments.push({ segment, size: segment.size, cuts: segment.cuts });
      into.push({ file: segment.file.handle(), end: segment.size });
    }
    const checkpoint = capture();
    const followers = this.#followers;
    if (segments.length === 0 && checkpoint === undefined && followers.length === 0) return false;
    this.#followers = [];
    this.#underWay = { written, segments, checkpoint, followers };
    return true;
  }

  /** The sync has ended; `good` says that it did what it should, and that the log goes on. */
  end(good: boolean): void {
    const sync = this.#underWay;
    assert(sync !== undefined, 'a sync ends once');
    this.#underWay = undefined;
    for (const part of sync.segments) this.#partSynced(part, good);
    sync.checkpoint?.release();
    if (!good) return;
    if (this.#dirty.size > 0) {
      this.#dirtySinceMs = this.#parts.world.clock.monotonicMs();
      if (this.#atOnce) this.#again = true;
    }
    if (this.#again) this.ask();
    if (sync.written > this.#synced) {
      this.#synced = sync.written;
      this.#parts.listener.onSynced(sync.written);
    }
    for (const run of sync.followers) run();
    sync.checkpoint?.save();
  }

  #partSynced({ segment, size, cuts }: SyncedPart, good: boolean): void {
    if (good && !segment.isDoomed && segment.cuts === cuts) {
      const before = segment.syncedSize;
      segment.synced(size);
      this.#parts.world.flusher.unsynced(before - segment.syncedSize);
      const covered = segment.syncedSize === segment.size && !this.#cutSince.has(segment);
      if (covered && this.#dirty.delete(segment)) segment.file.letGo();
    }
    segment.file.letGo();
    segment.unpin();
  }

  /** A segment is about to be removed: it needs no sync. */
  dropped(segment: Segment): void {
    if (segment === this.#doubtful) this.#doubtful = undefined;
    if (this.#dirty.delete(segment)) segment.file.letGo();
    this.#parts.world.flusher.unsynced(segment.syncedSize - segment.size);
    this.#checkpoints.removed(segment);
  }

  /** The log ends at `end` now, or begins there anew: a sync under way does not cover what comes after. */
  cutTo(end: Offset, anew: boolean): void {
    if (anew || end < this.#synced) this.#synced = end;
    if (this.#underWay !== undefined && this.#underWay.written > end) this.#underWay.written = end;
  }

  /** Asks for what is due. False when there is nothing more to watch. */
  tick(nowMs: number, left: CheckpointsLeft): boolean {
    const { files } = this.#parts.world;
    const isOld = nowMs - this.#dirtySinceMs >= this.#parts.settings().flushMs;
    if (this.#dirty.size > 0 && (isOld || files.pressed)) this.ask();
    if (left.count > 0 && this.#checkpoints.isDue(nowMs)) {
      left.count--;
      this.ask();
    }
    this.#watched = this.#dirty.size > 0 || this.#checkpoints.hasNews;
    return this.#watched;
  }
}
