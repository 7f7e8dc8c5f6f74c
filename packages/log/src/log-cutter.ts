/**
 * Makes a log shorter, at either end, so that a crash at any moment leaves it whole.
 *
 * At the end (a follower that must agree with its leader):
 *   0. The producers as of there, beside those in use: if the log cannot be read, nothing has changed.
 *   1. The store: the recovery point steps back, snapshots beyond go; later, a start would miss what was "safe".
 *   2. The files: later segments removed, the one cut, both synced.
 *   3. The store: the epochs; earlier, rows would be missing for records that are there.
 *
 * At the start, the store first, then the files: what is below the log start when it comes back is removed then.
 */
import { assert, Bytes, type LeaderEpoch, type Offset, OperatingError } from '@skerry/base';
import type { Checkpointer, CutPoint } from './checkpointer.ts';
import type { EpochRow } from './epochs.ts';
import { makeIndexWhole } from './index-rebuild.ts';
import type { LogParts } from './log-parts.ts';
import type { LogReader } from './log-reader.ts';
import type { LogWriter } from './log-writer.ts';
import { findNewest } from './newest.ts';
import { ProducerStates } from './producers.ts';
import { replayProducers } from './replay.ts';
import type { Segment } from './segment.ts';
import { decodeSnapshot } from './snapshot.ts';
import type { LogState } from './state.ts';
import type { RemovalReason } from './world.ts';

type Done = (error?: Error) => void;

export interface CutterParts extends LogParts {
  readonly state: LogState;
  readonly writer: LogWriter;
  readonly checkpoints: Checkpointer;
  readonly reader: LogReader;
}

export class LogCutter {
  readonly #parts: CutterParts;
  /** Below the log start, and still on the disk: the store does not have that start yet. */
  #leaving: { readonly segment: Segment; readonly why: RemovalReason }[] = [];

  constructor(parts: CutterParts) {
    this.#parts = parts;
  }

  /** Forgets all at or beyond `offset`, whole batches, and epochs above `epoch`. */
  truncateTo(offset: Offset, epoch: LeaderEpoch | undefined, done: Done): void {
    const { writer, checkpoints } = this.#parts;
    const finish: Done = (error) => {
      writer.endCut();
      done(error);
    };
    writer.beginCut(() => {
      if (offset >= writer.end) {
        this.#parts.epochs.truncateTo(writer.end, epoch);
        writer.afterSync(() => checkpoints.saveEpochs(writer.synced, finish));
        return;
      }
      this.#find(offset, (error, point) => {
        if (error !== undefined || point === undefined) finish(error);
        else this.#replayTo(point, (lost, producers) => this.#cutAt(point, { producers, lost }, epoch, finish));
      });
    });
  }

  #cutAt(
    point: CutPoint,
    { producers, lost }: { readonly producers: ProducerStates; readonly lost: Error | undefined },
    epoch: LeaderEpoch | undefined,
    done: Done,
  ): void {
    const { checkpoints, epochs } = this.#parts;
    const start = checkpoints.logStart;
    if (point.offset < start) this.#restart(start, epochs.rowsTo(start, epoch), done);
    else if (lost !== undefined) done(lost);
    else
      checkpoints.stepBack(point, (failed) => {
        if (failed === undefined) this.#cut(point, producers, epoch, done);
        else done(failed);
      });
  }

  /** Forgets everything; the next append gets `offset`. */
  truncateFullyAndStartAt(offset: Offset, done: Done): void {
    const { writer } = this.#parts;
    writer.beginCut(() => {
      this.#restart(offset, [], (error) => {
        writer.endCut();
        done(error);
      });
    });
  }

  /** Nothing is left but `rows` of the epochs. One commit says so: a start wipes what it then finds. */
  #restart(offset: Offset, rows: readonly EpochRow[], done: Done): void {
    const { writer, checkpoints, segments, producers, epochs, world, folder } = this.#parts;
    checkpoints.startOver(offset, true, rows, (failed) => {
      if (failed !== undefined) {
        done(failed);
        return;
      }
      const gone = [...segments.lingering, ...this.#takeLeaving(Infinity), ...segments.restart(offset)];
      segments.lingering.clear();
      epochs.load(rows);
      producers.clear();
      writer.cutTo(offset, undefined);
      world.report({ kind: 'truncated', folder, end: offset });
      this.#removeNow(gone, (error) => {
        if (error === undefined) checkpoints.endWiping(offset, done);
        else done(error);
      });
    });
  }

  /**
   * Forgets all below `offset`: at once for readers, on the disk as far as whole segments go. After an error it may be
   * asked for again, also by another removal: what is not done then is made up for.
   */
  advanceLogStart(offset: Offset, why: RemovalReason, done: Done): void {
    const { checkpoints, writer, segments, epochs } = this.#parts;
    if (offset > checkpoints.logStart) {
      assert(offset <= writer.written, 'a log does not start beyond its end');
      let below = 0;
      while (segments.at(below) !== writer.current && (segments.at(below + 1)?.base ?? Infinity) <= offset) below++;
      for (const segment of segments.take(0, below)) this.#leaving.push({ segment, why });
      epochs.startAt(offset);
      checkpoints.logStart = offset;
    }
    if (checkpoints.savedStart >= checkpoints.logStart && this.#leaving.length === 0) {
      done();
      return;
    }
    this.#saveStart((error) => {
      const isFull = error instanceof OperatingError && error.code === 'SKR_DISK_FULL';
      // What goes may be what makes room. A start does without it, and begins the log where the files do.
      if (error !== undefined && !(isFull && checkpoints.isStoredBeyond(segments.first.base))) done(error);
      else this.#removeLeaving(error === undefined ? checkpoints.savedStart : segments.first.base, error, done);
    });
  }

  #saveStart(done: Done): void {
    const { checkpoints, writer, segments } = this.#parts;
    if (this.#leaving.length > 0 && !checkpoints.hasSnapshotSince(segments.first.base)) {
      // What the producers wrote is about to go, what is known of them is not. The first checkpoint may come too early
      // for that.
      checkpoints.want((error) => {
        if (error === undefined) this.#saveStart(done);
        else done(error);
      });
      writer.afterSync(() => {});
      return;
    }
    // The store must not say more than what a power cut leaves.
    if (checkpoints.logStart <= writer.synced) checkpoints.saveLogStart(done);
    else writer.afterSync(() => checkpoints.saveLogStart(done));
  }

  #removeLeaving(below: Offset, failed: Error | undefined, done: Done): void {
    const { writer, segments } = this.#parts;
    const gone = this.#takeLeaving(below);
    if (gone.length > 0) this.#nameStart();
    for (const segment of gone) {
      writer.dropped(segment);
      segment.doom();
      if (segment.isPinned) segments.lingering.add(segment);
    }
    for (const segment of segments.lingering) if (!segment.isPinned) segments.lingering.delete(segment);
    if (gone.length === 0) done(failed);
    else this.#syncFolder((error) => done(error ?? failed));
  }

  /** Takes those that end at or below `below` off the list of what is to be removed. */
  #takeLeaving(below: number): Segment[] {
    const { world, folder } = this.#parts;
    const gone = this.#leaving.filter(({ segment }) => segment.end <= below);
    this.#leaving = this.#leaving.filter(({ segment }) => segment.end > below);
    for (const { segment, why } of gone)
      world.report({ kind: 'segmentRemoved', folder, base: segment.base, bytes: segment.size, why });
    return gone.map(({ segment }) => segment);
  }

  /** Whether a removal was put off that a later one makes up for. */
  get isBehind(): boolean {
    return this.#leaving.length > 0;
  }

  /** Removes the log: its files, its folder, its keys. Nothing of it may be used afterwards. */
  remove(done: Done): void {
    const { world, folder, segments, state, writer } = this.#parts;
    const gone = [...segments.lingering, ...this.#leaving.map(({ segment }) => segment), ...segments.all];
    // A removal that is being saved finds none of them.
    this.#leaving = [];
    for (const segment of gone) writer.dropped(segment);
    writer.stop();
    this.#retire(gone, () => {
      world.disk.remove(folder);
      world.store.commit(state.withoutAll(), done);
    });
  }

  /** The batch that holds `offset` goes as a whole, so the log may end before it. */
  #find(offset: Offset, done: (error: Error | undefined, point?: CutPoint) => void): void {
    const { segments, reader } = this.#parts;
    const segment = segments.at(segments.indexOf(offset));
    assert(segment !== undefined && offset >= segment.base, 'a cut within the log');
    makeIndexWhole(segment, this.#parts, (failed) => {
      if (failed !== undefined || offset === segment.base) {
        done(failed, { segment, position: Bytes(0), offset, newest: undefined });
        return;
      }
      reader.positionOf(segment, offset, (error, position, _length, base) => {
        if (error !== undefined) done(error);
        else
          findNewest(segment, position, this.#parts, (lost, newest) => {
            if (lost === undefined) done(undefined, { segment, position, offset: base ?? segment.end, newest });
            else done(lost);
          });
      });
    });
  }

  #cut(point: CutPoint, producers: ProducerStates, epoch: LeaderEpoch | undefined, done: Done): void {
    const { segments, writer, checkpoints, world, folder, epochs } = this.#parts;
    const { segment, position, offset, newest } = point;
    const index = segments.all.indexOf(segment);
    const gone = segments.take(index + 1, segments.all.length);
    const [unsynced, size] = [segment.size - segment.syncedSize, segment.size];
    segment.cut(position, offset, newest);
    checkpoints.indexFiles.cut(segment);
    world.flusher.unsynced(segment.size - segment.syncedSize - unsynced);
    assert(segment.size <= size && segment.end === offset, 'a cut makes shorter');
    writer.cutTo(offset, segment);
    epochs.truncateTo(offset, epoch);
    this.#parts.producers.load([...producers.all()], producers.ended);
    world.report({ kind: 'truncated', folder, end: offset });
    this.#removeNow(gone, (error) => {
      if (error !== undefined) done(error);
      else writer.afterSync(() => checkpoints.saveEpochs(writer.synced, done));
    });
  }

  /** Producers as of `point`: from the newest snapshot below, and the batches since. */
  #replayTo(
    { segment: last, position, offset }: CutPoint,
    done: (error: Error | undefined, producers: ProducerStates) => void,
  ): void {
    const { checkpoints, state, segments, world } = this.#parts;
    const producers = new ProducerStates(world.clock);
    let since = segments.first.base;
    for (const snapshot of checkpoints.snapshots.toReversed()) {
      const bytes = snapshot > offset ? undefined : state.readSnapshot(snapshot);
      if (bytes === undefined) continue;
      const { states, ended } = decodeSnapshot(bytes, world.clock.monotonicMs());
      producers.load(states, ended);
      since = snapshot;
      break;
    }
    const parts = segments.all
      .slice(0, segments.all.indexOf(last) + 1)
      .map((segment) => ({ segment, end: segment === last ? position : segment.size }))
      .filter(({ segment, end }) => segment.end > since && end > 0);
    replayProducers(producers, parts, since, world, (error) => done(error, producers));
  }

  #removeNow(gone: readonly Segment[], done: Done): void {
    const { world, folder, writer } = this.#parts;
    for (const segment of gone) {
      world.report({ kind: 'segmentRemoved', folder, base: segment.base, bytes: segment.size, why: 'truncation' });
      writer.dropped(segment);
    }
    if (gone.length === 0) {
      done();
      return;
    }
    this.#retire(gone, () => {
      this.#nameStart();
      this.#syncFolder(done);
    });
  }

  /** What was removed does not come back. */
  #syncFolder(done: Done): void {
    const { world, folder, writer } = this.#parts;
    world.disk.commitFolder(folder, (error) => {
      if (error !== undefined) writer.fail(error);
      done(error);
    });
  }

  /** A log without records keeps an empty file: its name tells where to go on, should the store be lost. */
  #nameStart(): void {
    const { segments, writer } = this.#parts;
    if (segments.first.size > 0) return;
    try {
      segments.first.file.handle(true);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      // For want of space there is none: only a lost store would miss it.
      if (error.code !== 'SKR_DISK_FULL') writer.fail(error);
    }
  }

  #retire(gone: readonly Segment[], done: () => void): void {
    let left = gone.length;
    if (left === 0) done();
    for (const segment of gone) {
      segment.doomNow(() => {
        left--;
        if (left === 0) done();
      });
    }
  }
}
