/**
 * One partition's records: what is appended, what is read, how both survive. The broker's partition is its one owner.
 *
 *   log start ≤ recovery point ≤ synced ≤ written ≤ end
 *
 * `end` counts what is in memory, `written` what is in the page cache and may be read, `synced` what survives a power
 * cut.
 */
import { assert, type LeaderEpoch, type Offset, OperatingError } from '@skerry/base';
import { Checkpointer } from './checkpointer.ts';
import { type CompactedDone, Compactor } from './compaction/compactor.ts';
import type { CompactionBounds, CompactionRules, Dirt } from './compaction/rules.ts';
import { DamageError } from './damage.ts';
import type { LeaderEpochs } from './epochs.ts';
import { type GivenUp, GivenUpNote } from './given-up.ts';
import { LogCutter } from './log-cutter.ts';
import type { LogParts } from './log-parts.ts';
import type { LogRange } from './log-range.ts';
import { LogReader } from './log-reader.ts';
import { type Bounds, findByTime, findNewestRecord, type TimeDone, type TimeParts } from './log-times.ts';
import { LogWriter } from './log-writer.ts';
import type { AbortedTransaction, ProducerStates } from './producers.ts';
import { type Recovered, recover } from './recovery.ts';
import { deleteOldSegments, type SpareSegment, spareSegments } from './retention.ts';
import { type ScrubCursor, type ScrubDone, scrub } from './scrub.ts';
import { SegmentList } from './segment-list.ts';
import type { LogSettings } from './settings.ts';
import { LogState } from './state.ts';
import { Tail } from './tail.ts';
import type { LogOptions } from './world.ts';

export class Log {
  readonly folder: string;
  readonly producers: ProducerStates;
  readonly epochs: LeaderEpochs;
  readonly #parts: LogParts;
  readonly #segments: SegmentList;
  readonly #writer: LogWriter;
  readonly #checkpoints: Checkpointer;
  readonly #givenUp: GivenUpNote;
  readonly #reader: LogReader;
  readonly #cutter: LogCutter;
  readonly #compactor: Compactor;
  #settings: LogSettings;
  #closed = false;
  /** Grows with every cut at the end that is over. */
  #cuts = 0;

  /** Opens the log in `folder`, or begins one there. SKR_DATA_CORRUPT for damage to what was safe. */
  static open(options: LogOptions): Log {
    const { world, folder } = options;
    const state = new LogState(world.store, world.compute, options.storePrefix);
    const { cleanShutdown, settings, leaderEpoch, isNew = false } = options;
    const recovered = recover({ folder, world, state, cleanShutdown, settings: () => settings, leaderEpoch, isNew });
    return new Log(options, state, recovered);
  }

  private constructor(options: LogOptions, state: LogState, recovered: Recovered) {
    const { folder, world, listener } = options;
    this.folder = folder;
    this.#settings = options.settings;
    this.#givenUp = new GivenUpNote(world, state);
    this.producers = recovered.producers;
    this.epochs = recovered.epochs;
    this.#segments = new SegmentList(folder, world.files, recovered.segments);
    this.#parts = {
      folder,
      world,
      listener,
      segments: this.#segments,
      producers: this.producers,
      epochs: this.epochs,
      tail: new Tail(),
      settings: () => this.#settings,
      retentionNowMs: options.retentionNowMs ?? (() => world.clock.wallMs()),
    };
    const failed = (error: Error): void => this.#writer.fail(error);
    this.#checkpoints = new Checkpointer(
      { ...this.#parts, state, failed, wake: () => this.#writer.watch() },
      recovered,
    );
    this.#writer = new LogWriter(this.#parts, this.#checkpoints, recovered);
    this.#reader = new LogReader({ ...this.#parts, damaged: (error) => listener.onDamaged?.(error) });
    const wiping = recovered.checkpoint?.wiping === true;
    if (recovered.removedFiles || wiping) this.#holdUntilRemoved(wiping);
    // What is written over a torn end before its cut is durable may be followed, after a power cut, by a rest of it.
    if (recovered.isCut) this.#writer.coverEnd();
    if (this.#writer.end > this.#checkpoints.recoveryPoint) {
      let bytes = 0;
      for (const { size, syncedSize } of recovered.segments) bytes += size - syncedSize;
      this.#checkpoints.found(Math.max(bytes, 1));
    }
    this.#cutter = new LogCutter({
      ...this.#parts,
      state,
      writer: this.#writer,
      checkpoints: this.#checkpoints,
      reader: this.#reader,
    });
    const parts = { ...this.#parts, state, writer: this.#writer, checkpoints: this.#checkpoints };
    this.#compactor = new Compactor(parts, recovered.swapped);
  }

  /** What was removed must not come back after a power cut, beside what is written from now on. */
  #holdUntilRemoved(wiping: boolean): void {
    this.#writer.hold();
    const goOn = (error?: Error): void => {
      if (error === undefined) this.#writer.letGo();
      else this.#writer.fail(error);
    };
    this.#parts.world.disk.commitFolder(this.folder, (error) => {
      if (error === undefined && wiping) this.#checkpoints.endWiping(this.logStartOffset, goOn);
      else goOn(error);
    });
  }

  get logStartOffset(): Offset {
    return this.#checkpoints.logStart;
  }

  get logEndOffset(): Offset {
    return this.#writer.end;
  }

  get writtenOffset(): Offset {
    return this.#writer.written;
  }

  get syncedOffset(): Offset {
    return this.#writer.synced;
  }

  /** Where its segments begin, the oldest first. */
  get segmentBases(): readonly Offset[] {
    return this.#segments.all.map(({ base }) => base);
  }

  get settings(): LogSettings {
    return this.#settings;
  }

  configure(settings: LogSettings): void {
    this.#settings = settings;
  }

  /** The retention clock at the newest append that is remembered. */
  get appendedMs(): number | undefined {
    return this.#segments.all.reduce<number | undefined>(
      (newest, { appendedMs = -1 }) => (appendedMs > (newest ?? -1) ? appendedMs : newest),
      undefined,
    );
  }

  /** Bytes of all segments, as written. */
  get sizeBytes(): number {
    let bytes = 0;
    for (const segment of this.#segments.all) bytes += segment.size;
    return bytes;
  }

  /** The same, with what is being written anew, and what is on its way out. */
  get diskBytes(): number {
    return this.#segments.diskBytes;
  }

  /**
   * Takes `batch`, exactly one of magic 2 that the caller has checked: gives it its base offset and leader epoch in
   * place, and queues it for this turn's write. Its bytes are lent until `onWritten` has passed their end, or `onCut`
   * has refused them. Throws an OperatingError, and takes nothing, if the disk refuses what an append needs first.
   */
  append(batch: Uint8Array, leaderEpoch: LeaderEpoch): Offset {
    assert(!this.#closed, 'a closed log takes nothing');
    try {
      return this.#writer.append(batch, leaderEpoch);
    } catch (error) {
      if (error instanceof DamageError) this.#parts.listener.onDamaged?.(error);
      else if (error instanceof OperatingError && error.code === 'SKR_DISK_FAILED') this.#writer.fail(error);
      throw error;
    }
  }

  /**
   * A pinned range of one segment: batches from the one that holds `offset`, below `upTo`, at most `bytesMax` bytes
   * (the last batch may be cut), but one whole batch with `minOneBatch`. No range if there is nothing to read. Calls
   * back before it returns when the data is hot.
   */
  read(
    offset: Offset,
    bytesMax: number,
    upTo: Offset,
    minOneBatch: boolean,
    done: (error: Error | undefined, range: LogRange | undefined) => void,
  ): void {
    assert(offset >= this.logStartOffset && offset <= this.logEndOffset, 'a read within the log');
    const written = this.#writer.written;
    const request = { offset, bytesMax, upTo: upTo < written ? upTo : written, minOneBatch };
    this.#guarded(done, (finish) => this.#reader.read(request, finish));
  }

  /** What fails on the loop is told the same way as what fails in the pool; the owner hears of damage. */
  #guarded<T>(
    done: (error: Error | undefined, result: T | undefined) => void,
    run: (done: (error: Error | undefined, result: T | undefined) => void) => void,
  ): void {
    const cuts = this.#cuts;
    const finish = (error: Error | undefined, result: T | undefined): void => {
      // What a cut took away from under a search looks like damage: whoever asks again is told what is left.
      if (error instanceof DamageError && (cuts !== this.#cuts || this.#writer.isCutting)) done(undefined, undefined);
      else {
        if (error instanceof DamageError) this.#parts.listener.onDamaged?.(error);
        done(error, result);
      }
    };
    try {
      run(finish);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      finish(error, undefined);
    }
  }

  /** The first record at or after `timestamp` and below `upTo`. */
  offsetForTimestamp(timestamp: number, upTo: Offset, done: TimeDone): void {
    this.#guarded(done, (finish) => findByTime(this.#timeParts, timestamp, this.#bounds(upTo), finish));
  }

  /** The first record with the newest time, if it lies below `upTo`. */
  offsetOfMaxTimestamp(upTo: Offset, done: TimeDone): void {
    this.#guarded(done, (finish) => findNewestRecord(this.#timeParts, this.#bounds(upTo), finish));
  }

  get #timeParts(): TimeParts {
    return { ...this.#parts, reader: this.#reader };
  }

  #bounds(upTo: Offset): Bounds {
    return { from: this.logStartOffset, upTo: upTo < this.#writer.written ? upTo : this.#writer.written };
  }

  /** Checks a stretch of the closed segments, from where the last one ended, for damage. */
  scrub(from: ScrubCursor | undefined, bytesMax: number, done: ScrubDone): void {
    assert(!this.#closed, 'a closed log is not read');
    const finish: ScrubDone = (error, bytes, next) => {
      if (error instanceof DamageError) this.#parts.listener.onDamaged?.(error);
      done(error, bytes, next);
    };
    scrub(this.#parts, from, bytesMax, finish);
  }

  /** Transactions aborted, of which a reader of [`from`, `upTo`) may meet records. */
  abortedTransactions(from: Offset, upTo: Offset): readonly AbortedTransaction[] {
    const found: AbortedTransaction[] = [];
    for (let i = this.#segments.indexOf(from); ; i++) {
      const segment = this.#segments.at(i);
      if (segment === undefined) return found;
      for (const entry of segment.transactions.entries) {
        if (entry.lastOffset >= from && entry.firstOffset < upTo) found.push(entry);
        // All that ended later began at or beyond that.
        if (entry.lastStableOffset >= upTo) return found;
      }
    }
  }

  /** Up to where every transaction is decided, when all below `highWatermark` is committed. */
  lastStableOffset(highWatermark: Offset): Offset {
    return this.producers.lastStableOffset(highWatermark);
  }

  /** Saves the epochs, once the log is synced up to where the last one begins. */
  saveEpochs(done: (error?: Error) => void): void {
    this.#writer.whenIdle(() => this.#writer.afterSync(() => this.#checkpoints.saveEpochs(this.#writer.synced, done)));
  }

  /**
   * Forgets whole batches from the one that holds `offset` on, and epochs above `epoch`. Takes no appends until
   * `done`; reads end at the new end from then on, and ranges that were given before fail.
   */
  truncateTo(offset: Offset, epoch: LeaderEpoch | undefined, done: (error?: Error) => void): void {
    assert(!this.#closed && offset >= this.logStartOffset, 'a log is cut beyond its start');
    this.#compactor.whenSwapped(() => this.#cutter.truncateTo(offset, epoch, this.#counted(done)));
  }

  #counted(done: (error?: Error) => void): (error?: Error) => void {
    return (error) => {
      this.#cuts++;
      this.#compactor.cut(this.logEndOffset);
      done(error);
    };
  }

  /** Forgets all there is; the next append gets `offset`. */
  truncateFullyAndStartAt(offset: Offset, done: (error?: Error) => void): void {
    assert(!this.#closed, 'a closed log is not cut');
    this.#compactor.whenSwapped(() => this.#cutter.truncateFullyAndStartAt(offset, this.#counted(done)));
  }

  /** DeleteRecords: nothing below `offset` is read any more; whole segments below it go. */
  advanceLogStartOffset(offset: Offset, done: (error?: Error) => void): void {
    assert(!this.#closed, 'a closed log keeps its start');
    this.#cutter.advanceLogStart(offset, 'logStart', done);
  }

  /** Removes what retention lets go below `upTo`, the high watermark, and begins a segment when that is due. */
  deleteOldSegments(upTo: Offset, done: (error: Error | undefined, removed: number) => void): void {
    assert(!this.#closed, 'a closed log keeps its segments');
    deleteOldSegments(
      { ...this.#parts, writer: this.#writer, cutter: this.#cutter, checkpoints: this.#checkpoints },
      upTo,
      done,
    );
  }

  /** Closed segments below `upTo`, the high watermark, oldest first: what may go to make room for newer records. */
  spareSegments(upTo: Offset): readonly SpareSegment[] {
    return spareSegments(this.#segments, upTo);
  }

  /** Gives up all below `offset`, where a segment begins, for want of room. */
  giveUp(offset: Offset, done: (error?: Error) => void): void {
    assert(!this.#closed, 'a closed log keeps its segments');
    let bytes = 0;
    for (const spare of spareSegments(this.#segments, offset)) bytes += spare.bytes;
    this.#givenUp.add(this.logStartOffset, offset, bytes);
    this.#cutter.advanceLogStart(offset, 'budget', (error) => {
      this.#givenUp.retry();
      done(error);
    });
  }

  /** What {@link giveUp} has taken since the log was made; undefined where nothing was. */
  get givenUp(): GivenUp | undefined {
    return this.#givenUp.value;
  }

  /** Bytes of the segment that takes appends. */
  get activeBytes(): number {
    return this.#writer.current.size;
  }

  /** Closes the segment that takes appends, so that it may be removed, unless a write is under way. */
  rollSegment(): void {
    assert(!this.#closed, 'a closed log begins no segment');
    if (this.#writer.isIdle && !this.#writer.isCutting && !this.#writer.failed) this.#writer.roll();
  }

  /** The first offset that compaction has not looked at. */
  get cleanedOffset(): Offset {
    return this.#compactor.cleaned;
  }

  /** How much of what lies below `upTo`, the last stable offset, waits for compaction. */
  dirt(rules: CompactionRules, upTo: Offset): Dirt {
    return this.#compactor.dirt(rules, upTo);
  }

  /**
   * Keeps of each key below `upTo` its newest record, as `cleanup.policy=compact` has it; all offsets stay what they
   * are. Neither an error nor a result says that it was given up: the log was cut, or has ended.
   */
  compact(rules: CompactionRules, bounds: CompactionBounds, upTo: Offset, done: CompactedDone): void {
    assert(!this.#closed, 'a closed log is not compacted');
    this.#compactor.run(rules, bounds, upTo, (error, result) => {
      if (error instanceof DamageError) this.#parts.listener.onDamaged?.(error);
      done(error, result);
    });
  }

  /** Removes the log, its folder and its keys; `done` when nothing of it is left. */
  remove(done: (error?: Error) => void): void {
    this.#closed = true;
    this.#cutter.remove(done);
  }

  /** Syncs, saves the recovery point and the producers, and closes the files. Reads under way still end. */
  close(done: (error?: Error) => void): void {
    assert(!this.#closed, 'a log is closed once');
    this.#closed = true;
    const end = (error?: Error): void => {
      this.#writer.stop();
      for (const segment of this.#segments.all) segment.letGo();
      done(error);
    };
    if (this.#writer.failed) {
      // Nothing more is to be written: the next start recovers.
      this.#parts.world.clock.soon(end);
      return;
    }
    this.#writer.whenIdle(() => {
      this.#writer.coverEnd();
      this.#checkpoints.want(end);
      this.#parts.world.flusher.syncLater(this.#writer);
    });
  }
}
