/**
 * Saves, now and then, how far the log is known to be good, so that a start after a crash reads little: index entries
 * into their files, then with the log's next sync these files, then the recovery point and a snapshot of the
 * producers into the store.
 *
 * So what the store says never covers more than what was synced before; and index entries below the recovery point
 * are safe.
 *
 * A store that has no space for a checkpoint is asked again later: a start would read more, and nothing else. What
 * must be in the store first (log start, a step back, epochs) answers with the error, and may be asked for again. Any
 * other failure of the store ends the log.
 */
import { assert, type Bytes, type DirtyFile, Offset, OperatingError } from '@skerry/base';
import { AppendTimes } from './append-times.ts';
import { BackOff } from './back-off.ts';
import type { Changes, CheckpointerParts, FoundInStore } from './checkpoint-parts.ts';
import type { EpochRow } from './epochs.ts';
import { IndexFiles } from './index-files.ts';
import { SavedSnapshots } from './saved-snapshots.ts';
import type { Segment } from './segment.ts';
import type { TimedOffset } from './segment-index.ts';
import { logLimits } from './settings.ts';
import { beginning, type Checkpoint, type FiledEntries } from './state.ts';

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

type Done = (error?: Error) => void;

export class Checkpointer {
  readonly #parts: CheckpointerParts;
  readonly #snapshots: SavedSnapshots;
  /** Index files are synced with the checkpoint. */
  readonly indexFiles: IndexFiles;
  readonly #appendTimes: AppendTimes;
  readonly #backOff = new BackOff(logLimits.retryFirstMs, logLimits.retryMostMs);
  #logStart: Offset;
  /** The log start that the store surely has. */
  #savedStart: Offset;
  #saved: Checkpoint;
  /** Base of the segment that the checkpoint in the store names. */
  #storedBase: Offset | undefined;
  /** The version of the epochs that the store was given whole. */
  #savedEpochs: number | undefined;
  /** Bytes written since the last checkpoint, and since when. */
  #newBytes = 0;
  #newSinceMs = 0;
  #wanted = false;
  #notBeforeMs = -1;
  #saving = false;
  /** While the log starts over, nothing else goes to the store: one or the other would be wrong. */
  #startingOver = false;
  #queued: { readonly run: () => void; readonly done: Done }[] = [];
  #ended = false;
  /** Grows with every cut: a capture from before it must not be saved. */
  #era = 0;
  #waiting: Done[] = [];

  constructor(parts: CheckpointerParts, found: FoundInStore) {
    this.#parts = parts;
    this.#logStart = found.logStart;
    this.#savedStart = found.logStart;
    this.#saved = found.checkpoint ?? beginning(parts.segments.first.base, found.logStart);
    this.#storedBase = found.checkpoint?.segmentBase;
    this.#snapshots = new SavedSnapshots(parts.producers, parts.state, {
      good: found.snapshots,
      stale: found.staleSnapshots,
    });
    this.#savedEpochs = found.savedEpochs;
    this.indexFiles = new IndexFiles(parts, parts.segments.all);
    this.#appendTimes = new AppendTimes(parts.state, parts.segments.all);
    this.#wanted = parts.segments.all.some((segment) => segment.isClosed && !segment.index.isUnread);
  }

  get logStart(): Offset {
    return this.#logStart;
  }

  /** The log start that the store surely has. */
  get savedStart(): Offset {
    return this.#savedStart;
  }

  get recoveryPoint(): Offset {
    return this.#saved.recoveryPoint;
  }

  /** Whether there is anything that a checkpoint would save. */
  get hasNews(): boolean {
    return this.#newBytes > 0 || this.#wanted;
  }

  /** Bytes written since the last checkpoint. */
  get newBytes(): number {
    return this.#newBytes;
  }

  /** Takes note of bytes written to `segment`. */
  wrote(segment: Segment, bytes: number): void {
    if (this.#newBytes === 0) this.#newSinceMs = this.#parts.world.clock.monotonicMs();
    this.#newBytes += bytes;
    if (!this.#wanted) this.#parts.world.flusher.unchecked.wrote(this);
    if (this.#newBytes >= logLimits.checkpointBytes) this.#wanted = true;
    this.indexFiles.wrote(segment);
  }

  /**
   * A start has read so many bytes past the recovery point. They wait for their checkpoint as what is written does:
   * the syncs of all logs' index files would stand between a start and its first answer.
   */
  found(bytes: number): void {
    if (this.#newBytes === 0) this.#newSinceMs = this.#parts.world.clock.monotonicMs();
    this.#newBytes += bytes;
    this.#parts.world.flusher.unchecked.wrote(this);
    this.#parts.wake();
  }

  /** The segment takes no more batches: its indexes are complete. */
  closed(segment: Segment): void {
    this.#wanted = true;
    this.indexFiles.closed(segment);
    this.#appendTimes.known(segment);
  }

  /** It is made up now when the segment got its last batch: the store did not know. */
  learnedAppend(segment: Segment): void {
    this.#appendTimes.known(segment);
    this.want();
  }

  /** The segment goes: nothing need be known of it any more. */
  removed(segment: Segment): void {
    this.indexFiles.dropped(segment);
    this.#appendTimes.removed(segment);
  }

  isDue(nowMs: number): boolean {
    if (this.#newBytes > 0 && nowMs - this.#newSinceMs >= logLimits.checkpointMs) this.#wanted = true;
    return this.#wanted && this.#mayTry(nowMs);
  }

  /** Asks for a checkpoint with the next sync; `done` is called when it is in the store. */
  want(done?: Done): void {
    this.#wanted = true;
    if (done !== undefined) this.#waiting.push(done);
    this.#parts.wake();
  }

  /** There will be no further checkpoint. */
  abandon(error: Error): void {
    this.#ended = true;
    this.#parts.world.flusher.unchecked.forget(this);
    const waiting = [...this.#waiting, ...this.#queued.map(({ done }) => done)];
    this.#waiting = [];
    this.#queued = [];
    for (const done of waiting) done(error);
  }

  /** Whoever waits for a checkpoint is told at once that there is no space; nobody else asks too often. */
  #mayTry(nowMs: number): boolean {
    return nowMs >= this.#notBeforeMs || this.#waiting.length > 0;
  }

  /** Adds what a checkpoint at `written` needs synced; the producers are as of `end`. */
  capture(into: DirtyFile[], written: Offset, end: Offset): CapturedCheckpoint | undefined {
    const { world } = this.#parts;
    if (!this.#wanted || this.#saving || this.#startingOver || !this.#mayTry(world.clock.monotonicMs()))
      return undefined;
    const segment = this.#segmentAt(written);
    const files = this.indexFiles.collect(segment);
    if (files === undefined) return undefined;
    this.#wanted = false;
    this.#saving = true;
    world.flusher.unchecked.forget(this);
    this.#newBytes = 0;
    for (const [file, owner] of files) {
      owner.pin();
      file.hold();
      into.push({ file: file.handle(), end: file.handle().size() });
    }
    const checkpoint = this.#checkpointAt(written, segment);
    const snapshot = this.#snapshots.take(written, end);
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
          this.#savedEpochs = undefined;
          this.#waiting.push(...waiting);
          this.want();
          return;
        }
        this.#saved = checkpoint;
        const snapshots = this.#snapshots.save(snapshot);
        this.#commit({ checkpoint: this.#current(), epochs: this.#epochsUpTo(written), snapshots }, (error) => {
          this.#saving = false;
          this.#checkpointEnded(written, error);
          for (const done of waiting) done(error);
        });
      },
    };
  }

  #checkpointEnded(recoveryPoint: Offset, error: Error | undefined): void {
    const { world, folder } = this.#parts;
    if (error === undefined) {
      this.#backOff.reset();
      this.#notBeforeMs = -1;
      world.report({ kind: 'checkpoint', folder, recoveryPoint });
    } else if (!this.#ended) {
      if (!this.#backOff.isOn) world.report({ kind: 'checkpointPutOff', folder, error });
      this.#notBeforeMs = world.clock.monotonicMs() + this.#backOff.next();
      this.#wanted = true;
    }
    if (this.#wanted) this.#parts.wake();
  }

  /** The segment that ends at `written`; with a batch in it, if any has: one begun before its first write is bare. */
  #segmentAt(written: Offset): Segment {
    const { segments } = this.#parts;
    const index = segments.indexOf(written);
    const [before, segment] = [segments.at(index - 1), segments.at(index)];
    assert(segment !== undefined && segment.end === written, 'a checkpoint lies at the end of a segment');
    return segment.size === 0 && before?.isClosed === false ? before : segment;
  }

  #checkpointAt(recoveryPoint: Offset, segment: Segment): Checkpoint {
    return {
      logStartOffset: this.#logStart,
      recoveryPoint,
      segmentBase: segment.base,
      position: segment.size,
      newest: segment.newest,
      segmentOpenedMs: segment.openedMs ?? -1,
      segmentAppendedMs: segment.appendedMs ?? -1,
      wiping: false,
      filed: this.#filedOf(segment),
    };
  }

  #filedOf(segment: Segment): FiledEntries {
    const { offsets, times } = segment.index.filed ?? { offsets: -1, times: -1 };
    return { offsets, times, aborted: segment.transactions.filed };
  }

  /** Moves the log start, in memory; {@link saveLogStart} and all checkpoints then save it. */
  set logStart(offset: Offset) {
    assert(offset >= this.#logStart, 'the log start moves on');
    this.#logStart = offset;
  }

  /** Whether the producers as of `offset` or later can be had without the batches below it. */
  hasSnapshotSince(offset: Offset): boolean {
    return this.#snapshots.hasSince(offset);
  }

  /** Whether a start would do without the segments below `base`, by what the store has now. */
  isStoredBeyond(base: Offset): boolean {
    return this.#storedBase !== undefined && this.#storedBase >= base && this.hasSnapshotSince(base);
  }

  saveLogStart(done: Done): void {
    this.#inTurn(() => this.#commit({ checkpoint: this.#current() }, done), done);
  }

  /** Puts the recovery point back to `to`, before what lies beyond is cut off. */
  stepBack(to: CutPoint, done: Done): void {
    const { segment, position, offset, newest } = to;
    this.#era++;
    if (this.#saved.recoveryPoint > offset) {
      const segmentOpenedMs = segment.openedMs ?? -1;
      const filed = { offsets: -1, times: -1, aborted: segment.transactions.countBelow(offset) };
      const there = { segmentBase: segment.base, position, newest, segmentOpenedMs, filed };
      this.#saved = { ...beginning(offset, this.#logStart), ...there };
    }
    // With a checkpoint, even one that covers nothing, a start tolerates no gap where segments went only in part.
    this.#commit({ checkpoint: this.#current(), snapshots: this.#snapshots.forgetBeyond(offset) }, done);
  }

  /**
   * Says that all segments go, and the log starts again at `offset` with `epochs` as its table. While `wiping`, a
   * start finds none of them. With an error nothing has changed.
   */
  startOver(offset: Offset, wiping: boolean, epochs: readonly EpochRow[], done: Done): void {
    this.#era++;
    this.#startingOver = true;
    const checkpoint = { ...beginning(offset, offset), wiping };
    this.#commit({ checkpoint, epochs, snapshots: this.#snapshots.forgetBeyond(Offset(-1)) }, (error) => {
      this.#startingOver = false;
      if (error === undefined) {
        this.#logStart = offset;
        this.#saved = checkpoint;
      }
      done(error);
      const queued = this.#queued;
      this.#queued = [];
      for (const { run } of queued) run();
    });
  }

  /** Says that a start finds the log as it is, which was emptied; asks until the store has taken it. */
  endWiping(offset: Offset, done: Done): void {
    // Appends may bring further epochs before the store has answered.
    const { version } = this.#parts.epochs;
    this.startOver(offset, false, this.#parts.epochs.rows, (error) => {
      if (error === undefined || this.#ended || !isFull(error)) {
        if (error === undefined) this.#savedEpochs = version;
        done(error);
        return;
      }
      const { world, folder } = this.#parts;
      if (!this.#backOff.isOn) world.report({ kind: 'checkpointPutOff', folder, error });
      world.clock.after(this.#backOff.next(), () => {
        if (!this.#ended) this.endWiping(offset, done);
      });
    });
  }

  /** Saves the rows that begin at or below `synced`. */
  saveEpochs(synced: Offset, done: Done): void {
    this.#savedEpochs = undefined;
    this.#inTurn(() => this.#commit({ epochs: this.#epochsUpTo(synced) }, done), done);
  }

  /** A row beyond what is synced would outlive a power cut that the records before it do not. */
  #epochsUpTo(synced: Offset): readonly EpochRow[] | undefined {
    const { version, rows } = this.#parts.epochs;
    if (version === this.#savedEpochs) return undefined;
    const covered = rows.filter(({ startOffset }) => startOffset <= synced);
    if (covered.length === rows.length) this.#savedEpochs = version;
    return covered;
  }

  /** Offsets of the snapshots in the store, ascending. */
  get snapshots(): readonly Offset[] {
    return this.#snapshots.offsets;
  }

  /** The log steps back to `end`: what the producers were beyond it never was. */
  undone(end: Offset): void {
    this.#snapshots.undone(end);
  }

  /** The checkpoint as it holds now. Segments may have gone from under it since it was taken. */
  #current(): Checkpoint {
    const { base } = this.#parts.segments.first;
    if (this.#saved.segmentBase < base) this.#saved = beginning(base, this.#logStart);
    this.#saved = { ...this.#saved, logStartOffset: this.#logStart };
    return this.#saved;
  }

  #inTurn(run: () => void, done: Done): void {
    if (this.#startingOver) this.#queued.push({ run, done });
    else run();
  }

  #commit({ checkpoint, epochs, snapshots }: Changes, done: Done): void {
    const { world, state } = this.#parts;
    const appends = this.#appendTimes.save();
    const changes = [...(snapshots?.changes ?? []), ...appends.changes];
    if (checkpoint !== undefined) changes.push(state.checkpoint(checkpoint));
    if (epochs !== undefined) changes.push(state.epochs(epochs));
    world.store.commit(changes, (error) => {
      snapshots?.settled(error === undefined);
      appends.settled(error === undefined);
      if (error !== undefined) {
        this.#savedEpochs = undefined;
        if (!isFull(error)) this.#parts.failed(error);
      } else if (checkpoint !== undefined) {
        this.#savedStart = checkpoint.logStartOffset;
        this.#storedBase = checkpoint.segmentBase;
      }
      done(error);
    });
  }
}

const isFull = (error: Error): boolean => error instanceof OperatingError && error.code === 'SKR_DISK_FULL';
