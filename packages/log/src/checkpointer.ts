/**
 * Saves, now and then, how far the log is known to be good, so that a start after a crash reads little: index entries
 * into their files, then with the log's next sync these files, then the recovery point and a snapshot of the
 * producers into the store.
 *
 * So what the store says never covers more than what was synced before; and index entries below the recovery point
 * are safe.
 */
import { assert, Bytes, type DirtyFile, Offset, OperatingError, type StoreChange } from '@skerry/base';
import type { LeaderEpochs } from './epochs.ts';
import type { PooledFile } from './file-pool.ts';
import type { AbortedTransaction, ProducerStates } from './producers.ts';
import type { Segment } from './segment.ts';
import type { TimedOffset } from './segment-index.ts';
import type { SegmentList } from './segment-list.ts';
import { logLimits } from './settings.ts';
import { encodeSnapshot } from './snapshot.ts';
import type { Checkpoint, LogState } from './state.ts';
import type { LogWorld } from './world.ts';

/** The producers as of an offset. */
interface Snapshot {
  readonly offset: Offset;
  readonly producers: Uint8Array;
}

/** A checkpoint that waits for the sync it belongs to. */
export interface CapturedCheckpoint {
  /** Lets the files go: the sync has ended. */
  release(): void;
  /** Writes it to the store: the sync was good. */
  save(): void;
}

/** Where a log is to end. */
export interface CutPoint {
  readonly segment: Segment;
  readonly position: Bytes;
  readonly offset: Offset;
  readonly newest: TimedOffset | undefined;
}

export interface CheckpointerParts {
  readonly folder: string;
  readonly world: LogWorld;
  readonly state: LogState;
  readonly segments: SegmentList;
  readonly producers: ProducerStates;
  readonly epochs: LeaderEpochs;
  /** The version of the epochs that the store holds. */
  readonly savedEpochs: number;
  failed(error: Error): void;
}

export class Checkpointer {
  readonly #parts: CheckpointerParts;
  #logStart: Offset;
  #saved: Checkpoint;
  /** The version of the epochs that the store was given whole. */
  #savedEpochs: number | undefined;
  #snapshots: Offset[];
  /** Taken when the log's end was not written yet. */
  #early: Snapshot | undefined;
  /** The newest that the store was given. */
  #savedSnapshot: Offset | undefined;
  /** Bytes written since the last checkpoint, and since when. */
  #newBytes = 0;
  #newSinceMs = 0;
  #wanted = false;
  #saving = false;
  /** Grows with every cut: a capture from before it must not be saved. */
  #era = 0;
  /** Closed segments whose indexes no sync covers yet. */
  readonly #closed = new Set<Segment>();
  /** Segments whose transaction index has entries that no sync covers yet. */
  readonly #decided = new Set<Segment>();
  #waiting: ((error?: Error) => void)[] = [];

  constructor(parts: CheckpointerParts, logStart: Offset, saved: Checkpoint | undefined, snapshots: Offset[]) {
    this.#parts = parts;
    this.#logStart = logStart;
    const { base } = parts.segments.first;
    this.#saved = saved ?? beginning(base, logStart);
    this.#snapshots = snapshots;
    this.#savedSnapshot = snapshots.at(-1);
    this.#savedEpochs = parts.savedEpochs;
    // What recovery found again is in memory only.
    for (const segment of parts.segments.all) {
      if (segment.transactions.unfiled > 0) this.#decided.add(segment);
      if (segment.isClosed && !segment.index.isUnread) this.closed(segment);
    }
  }

  get logStart(): Offset {
    return this.#logStart;
  }

  get recoveryPoint(): Offset {
    return this.#saved.recoveryPoint;
  }

  /** Whether there is anything that a checkpoint would save. */
  get hasNews(): boolean {
    return this.#newBytes > 0 || this.#wanted;
  }

  /** Takes note of bytes written to `segment`, whose entries may be worth a write by now. */
  wrote(segment: Segment, bytes: number): void {
    if (this.#newBytes === 0) this.#newSinceMs = this.#parts.world.clock.monotonicMs();
    this.#newBytes += bytes;
    if (this.#newBytes >= logLimits.checkpointBytes) this.#wanted = true;
    if (segment.index.wantsFiling) this.#fileIndex(segment, logLimits.indexWriteBytes);
  }

  aborted(segment: Segment, entry: AbortedTransaction): void {
    segment.transactions.append(entry);
    this.#decided.add(segment);
  }

  /** The segment was made shorter, its transactions with it: the next checkpoint covers that. */
  cut(segment: Segment): void {
    if (segment.transactions.hasFile) this.#decided.add(segment);
  }

  /** The segment takes no more batches: its indexes are complete. */
  closed(segment: Segment): void {
    this.#wanted = true;
    if (segment.size > 0 && !segment.index.isUnread) this.#closed.add(segment);
  }

  /** The segment goes: nothing of it needs a sync any more. */
  dropped(segment: Segment): void {
    this.#closed.delete(segment);
    this.#decided.delete(segment);
  }

  isDue(nowMs: number): boolean {
    if (this.#newBytes > 0 && nowMs - this.#newSinceMs >= logLimits.checkpointMs) this.#wanted = true;
    return this.#wanted;
  }

  /** Asks for a checkpoint with the next sync; `done` is called when it is in the store. */
  want(done?: (error?: Error) => void): void {
    this.#wanted = true;
    if (done !== undefined) this.#waiting.push(done);
  }

  /** There will be no further checkpoint. */
  abandon(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done(error);
  }

  /** Adds what a checkpoint at `written` needs synced; the producers are as of `end`. */
  capture(into: DirtyFile[], written: Offset, end: Offset): CapturedCheckpoint | undefined {
    if (!this.#wanted || this.#saving) return undefined;
    const { segments, world } = this.#parts;
    const index = segments.indexOf(written);
    const segment = segments.at(index);
    assert(segment !== undefined && segment.end === written, 'a checkpoint lies at the end of a segment');
    const files = this.#filesToSync(segment);
    if (files === undefined) return undefined;
    this.#wanted = false;
    this.#saving = true;
    this.#newBytes = 0;
    for (const [file, owner] of files) {
      owner.pin();
      file.hold();
      into.push({ file: file.handle(), end: file.handle().size() });
    }
    const checkpoint = this.#checkpointAt(written, segment);
    const snapshot = this.#takeSnapshot(written, end);
    const epochs = this.#epochsUpTo(written);
    const waiting = this.#waiting;
    this.#waiting = [];
    const era = this.#era;
    return {
      release: () => {
        for (const [file, owner] of files) {
          file.letGo();
          owner.unpin();
        }
      },
      save: () => {
        if (era !== this.#era) {
          this.#saving = false;
          this.#wanted = true;
          this.#savedEpochs = undefined;
          this.#waiting.push(...waiting);
          return;
        }
        this.#saved = checkpoint;
        const changes = [this.#current()];
        if (snapshot !== undefined) changes.push(...this.#snapshotChanges(snapshot));
        changes.push(...epochs);
        world.store.commit(changes, (error) => {
          this.#saving = false;
          if (error === undefined)
            world.report({ kind: 'checkpoint', folder: this.#parts.folder, recoveryPoint: written });
          else this.#parts.failed(error);
          for (const done of waiting) done(error);
        });
      },
    };
  }

  /**
   * Writes what index files lack. Undefined if a transaction's end could not be written, since no lookup would miss
   * that.
   */
  #filesToSync(current: Segment): Map<PooledFile, Segment> | undefined {
    const files = new Map<PooledFile, Segment>();
    for (const segment of this.#decided) {
      if (!this.#tryDisk(segment, () => segment.transactions.fileNow())) return undefined;
      if (segment.transactions.hasFile) files.set(segment.transactions.file, segment);
    }
    if (!current.index.isUnread && current.size > 0) this.#closed.add(current);
    for (const segment of this.#closed) {
      this.#fileIndex(segment, 0);
      // What is in them must last even if not all found space: one may not outlive the other.
      for (const file of [segment.index.timesFile, segment.index.offsetsFile]) {
        if (file.isOpen || this.#parts.world.disk.exists(file.path)) files.set(file, segment);
      }
    }
    this.#decided.clear();
    this.#closed.clear();
    return files;
  }

  #checkpointAt(recoveryPoint: Offset, segment: Segment): Checkpoint {
    return {
      logStartOffset: this.#logStart,
      recoveryPoint,
      segmentBase: segment.base,
      position: segment.size,
      newest: segment.newest,
      segmentOpenedMs: segment.openedMs ?? -1,
      wiping: false,
    };
  }

  /** Moves the log start, in memory; {@link saveLogStart} and all checkpoints then save it. */
  set logStart(offset: Offset) {
    assert(offset >= this.#logStart, 'the log start moves on');
    this.#logStart = offset;
  }

  /** Whether the producers as of `offset` or later can be had without the batches below it. */
  hasSnapshotSince(offset: Offset): boolean {
    return this.#savedSnapshot !== undefined && this.#savedSnapshot >= offset;
  }

  saveLogStart(done: (error?: Error) => void): void {
    this.#commit([this.#current()], done);
  }

  /** Puts the recovery point back to `to`, before what lies beyond is cut off. */
  stepBack(to: CutPoint, done: (error?: Error) => void): void {
    const { segment, position, offset, newest } = to;
    this.#era++;
    const changes: StoreChange[] = this.#forgetSnapshotsBeyond(offset);
    if (this.#saved.recoveryPoint > offset) {
      const segmentOpenedMs = segment.openedMs ?? -1;
      const there = { segmentBase: segment.base, position, newest, segmentOpenedMs };
      this.#saved = { ...beginning(offset, this.#logStart), ...there };
      changes.push(this.#current());
    }
    this.#commit(changes, done);
  }

  /** Says that all segments go, and the log starts again at `offset`. While `wiping`, a start finds none of them. */
  startOver(offset: Offset, wiping: boolean, done: (error?: Error) => void): void {
    this.#era++;
    this.#logStart = offset;
    this.#saved = { ...beginning(offset, offset), wiping };
    const changes = [this.#current(), ...this.#forgetSnapshotsBeyond(Offset(-1))];
    changes.push(this.#parts.state.epochs(this.#parts.epochs.rows));
    this.#savedEpochs = this.#parts.epochs.version;
    this.#commit(changes, done);
  }

  /** Saves the rows that begin at or below `synced`. */
  saveEpochs(synced: Offset, done: (error?: Error) => void): void {
    this.#savedEpochs = undefined;
    this.#commit(this.#epochsUpTo(synced), done);
  }

  /** A row beyond what is synced would outlive a power cut that the records before it do not. */
  #epochsUpTo(synced: Offset): StoreChange[] {
    const { version, rows } = this.#parts.epochs;
    if (version === this.#savedEpochs) return [];
    const covered = rows.filter(({ startOffset }) => startOffset <= synced);
    if (covered.length === rows.length) this.#savedEpochs = version;
    return [this.#parts.state.epochs(covered)];
  }

  /** Offsets of the snapshots in the store, ascending. */
  get snapshots(): readonly Offset[] {
    return this.#snapshots;
  }

  /** The checkpoint as it holds now. Segments may have gone from under it since it was taken. */
  #current(): StoreChange {
    const { base } = this.#parts.segments.first;
    if (this.#saved.segmentBase < base) this.#saved = beginning(base, this.#logStart);
    return this.#parts.state.checkpoint({ ...this.#saved, logStartOffset: this.#logStart });
  }

  #commit(changes: readonly StoreChange[], done: (error?: Error) => void): void {
    this.#parts.world.store.commit(changes, (error) => {
      if (error !== undefined) this.#parts.failed(error);
      done(error);
    });
  }

  #forgetSnapshotsBeyond(offset: Offset): StoreChange[] {
    this.#early = undefined;
    const gone = this.#snapshots.filter((snapshot) => snapshot > offset);
    this.#snapshots = this.#snapshots.filter((snapshot) => snapshot <= offset);
    this.#savedSnapshot = this.#snapshots.at(-1);
    return gone.map((snapshot) => this.#parts.state.withoutSnapshot(snapshot));
  }

  /**
   * The producers are those of the log's end. While that is not written, what they were at an earlier end is taken
   * instead, once all up to there is: a snapshot below the recovery point is as good.
   */
  #takeSnapshot(written: Offset, end: Offset): Snapshot | undefined {
    const early = this.#early;
    if (end > written && early !== undefined && early.offset > written) return undefined;
    const now = { offset: end, producers: encodeSnapshot(this.#parts.producers) };
    this.#early = end > written ? now : undefined;
    return end > written ? early : now;
  }

  /** The log steps back to `end`: what the producers were beyond it never was. */
  undone(end: Offset): void {
    if (this.#early !== undefined && this.#early.offset > end) this.#early = undefined;
  }

  #snapshotChanges({ offset, producers }: Snapshot): StoreChange[] {
    const { state } = this.#parts;
    const changes = [state.snapshot(offset, producers)];
    this.#savedSnapshot = offset;
    if (this.#snapshots.at(-1) !== offset) this.#snapshots.push(offset);
    while (this.#snapshots.length > logLimits.snapshotsKept) {
      const oldest = this.#snapshots.shift();
      if (oldest !== undefined) changes.push(state.withoutSnapshot(oldest));
    }
    return changes;
  }

  #fileIndex(segment: Segment, bytesMin: number): boolean {
    return this.#tryDisk(segment, () => segment.index.fileNow(bytesMin));
  }

  /** An index that cannot be written for want of space is made again when it is needed: no reason to refuse records. */
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

/** Nothing is known to be good yet: a start reads from `base` on. */
const beginning = (base: Offset, logStartOffset: Offset): Checkpoint => ({
  logStartOffset,
  recoveryPoint: base,
  segmentBase: base,
  position: Bytes(0),
  newest: undefined,
  segmentOpenedMs: -1,
  wiping: false,
});
