/**
 * Finds out, at the start, what a folder holds: the segments, where they end, the producers, the epochs.
 *
 * 1. The checkpoint says up to where all was synced and whole: up to there only lengths are looked at.
 * 2. Beyond it every batch must be whole, follow the one before, and match its CRC; the first that does not is a torn
 *    write, where the log is cut.
 *    What is good is written over itself, and synced before it counts.
 * 3. Producers come from the newest snapshot at or below the recovery point, and the batches from there on.
 *
 * Without a checkpoint (the store is new, or lost) the whole log is read that way, and the epochs come from the
 * batches.
 *
 * A writer syncs all segments before it begins another, so only the last can be torn. Damage in another, or below the
 * recovery point, is never cut off: SKR_DATA_CORRUPT, and the operator decides.
 *
 * A segment has no gaps (repair and compaction fill theirs), and epochs do not fall. No CRC covers either number: a
 * batch that is whole and stands elsewhere was damaged. Where a checkpoint tells what was safe it may also be left of a
 * write that was refused, and is cut; without one that would be a guess. Segments may be missing then: of a removal, or
 * a cut, that ended halfway.
 */
import { assert, Bytes, type LeaderEpoch, Offset } from '@skerry/base';
import { batchBaseOffset, batchLeaderEpoch, batchLength } from '@skerry/wire';
import { type Swapped, takeSwapped } from './compaction/found.ts';
import { LeaderEpochs } from './epochs.ts';
import { makeIndexWholeNow } from './index-rebuild.ts';
import { segmentBase } from './names.ts';
import { ProducerStates } from './producers.ts';
import { cutAgain, readBatches } from './recovery-read.ts';
import { replayProducersNow } from './replay.ts';
import { corrupt, lacksStart, scanHeadersNow } from './scan.ts';
import { Segment } from './segment.ts';
import { freshSegment } from './segment-list.ts';
import type { LogSettings } from './settings.ts';
import { decodeSnapshot } from './snapshot.ts';
import { type Checkpoint, type LogState, openedMs } from './state.ts';
import type { LogOptions, RemovalReason } from './world.ts';

export interface RecoveryParts extends Pick<LogOptions, 'folder' | 'world' | 'cleanShutdown'> {
  readonly state: LogState;
  readonly settings: () => LogSettings;
  readonly leaderEpoch: LeaderEpoch | undefined;
  /** Nothing of the log is on the disk or in the store: neither is asked. */
  readonly isNew: boolean;
}

export interface Recovered {
  readonly segments: Segment[];
  readonly producers: ProducerStates;
  readonly epochs: LeaderEpochs;
  /** The version of the epochs that the store holds. */
  readonly savedEpochs: number | undefined;
  readonly checkpoint: Checkpoint | undefined;
  readonly logStart: Offset;
  /** All below it survives a power cut. */
  readonly synced: Offset;
  readonly snapshots: readonly Offset[];
  /** In the store, and of no use: the log may come to other records there. */
  readonly staleSnapshots: readonly Offset[];
  /** Files were removed: nothing may be written before the folder is synced. */
  readonly removedFiles: boolean;
  /** Its end may have been cut off, now or by a process that did not live to sync that: else it would be back. */
  readonly doubtful: Segment | undefined;
  /** It was, now. */
  readonly isCut: boolean;
  /** Written by compaction, and not in the place of those that they replace yet. */
  readonly swapped: readonly Swapped[];
}

/** Where reading begins: in which segment, where in it. All below is safe. */
interface Start {
  readonly index: number;
  readonly position: Bytes;
  readonly offset: Offset;
}

export function recover(parts: RecoveryParts): Recovered {
  const recovery = new Recovery(parts);
  try {
    return recovery.run();
  } catch (error) {
    recovery.letGo();
    throw error;
  }
}

class Recovery {
  readonly #parts: RecoveryParts;
  readonly #state: LogState | undefined;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #producers: ProducerStates;
  readonly #epochs = new LeaderEpochs();
  #segments: Segment[] = [];
  #lastEpoch = -1;
  #removedFiles = false;
  #cutBytes = 0;
  #cut: Segment | undefined;
  #swapped: readonly Swapped[] = [];

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
    this.#state = parts.isNew ? undefined : parts.state;
    this.#checkpoint = this.#state?.readCheckpoint();
    this.#producers = new ProducerStates(parts.world.clock);
  }

  run(): Recovered {
    const checkpoint = this.#checkpoint;
    this.#list();
    this.#dropEmpty();
    const logStart = this.#logStart();
    this.#dropLeftovers(logStart);
    const epochs = this.#state?.readEpochs();
    this.#epochs.load(epochs ?? []);
    const savedEpochs = epochs === undefined ? undefined : this.#epochs.version;
    const from = this.#settle(logStart);
    if (epochs === undefined) this.#findEpochs(from);
    const found = this.#state?.snapshotOffsets() ?? [];
    const snapshots = found.filter((offset) => offset <= from.offset);
    this.#replayTo(from, snapshots);
    this.#readPast(from);
    // Nothing but what was deleted is left: the log goes on where it began.
    if (this.#last().end < logStart) this.#beginAgain(logStart);
    const end = this.#last().end;
    this.#epochs.truncateTo(end, undefined);
    this.#epochs.startAt(logStart);
    this.#producers.settle(end);
    if (end > from.offset || this.#cutBytes > 0) {
      const { folder, world, cleanShutdown: afterCleanStop } = this.#parts;
      const cutBytes = this.#cutBytes;
      world.report({ kind: 'recovered', folder, from: from.offset, end, cutBytes, afterCleanStop });
    }
    return {
      segments: this.#segments,
      producers: this.#producers,
      epochs: this.#epochs,
      savedEpochs,
      checkpoint,
      logStart,
      synced: end > logStart ? from.offset : end,
      snapshots,
      staleSnapshots: found.filter((offset) => !snapshots.includes(offset)),
      removedFiles: this.#removedFiles,
      doubtful: this.#cut ?? this.#doubtful(),
      isCut: this.#cut !== undefined,
      swapped: this.#swapped,
    };
  }

  /** Where the files begin if the store tells of an earlier start: they may go first when it has no space. */
  #logStart(): Offset {
    const [first] = this.#segments;
    const saved = this.#checkpoint?.logStartOffset;
    if (first === undefined || this.#checkpoint?.wiping === true) return saved ?? Offset(0);
    return saved === undefined || first.base > saved ? first.base : saved;
  }

  /** Closes what was opened: the log will not be. */
  letGo(): void {
    for (const segment of [...this.#segments, ...this.#swapped.flatMap(({ replaced }) => replaced)]) segment.letGo();
  }

  #list(): void {
    const { folder, world, isNew } = this.#parts;
    const names = isNew ? [] : world.disk.list(folder);
    const hasTransactions = new Set(
      names.filter((name) => name.endsWith('.txnindex')).map((name) => name.slice(0, 20)),
    );
    for (const name of names) {
      const base = segmentBase(name);
      if (base === undefined) continue;
      const segment = new Segment(folder, base, world.files);
      segment.resume(segment.file.size(), base, 'unknown');
      if (!hasTransactions.has(name.slice(0, 20))) segment.transactions.startEmpty();
      this.#segments.push(segment);
    }
    this.#swapped = takeSwapped(this.#parts, names, this.#segments);
  }

  /**
   * A log without a checkpoint that was being emptied: the name of its new start, beside what had not gone yet. Which
   * of them counts is not known; what has records does.
   */
  #dropEmpty(): void {
    if (this.#checkpoint !== undefined) return;
    for (let i = this.#segments.length - 2; i >= 0; i--) {
      if (this.#segments[i]?.size === 0) this.#remove(i, i + 1, 'leftover');
    }
  }

  /** Segments that a removal did not get to. */
  #dropLeftovers(logStart: Offset): void {
    if (this.#checkpoint?.wiping === true) this.#remove(0, this.#segments.length, 'leftover');
    // The one that the checkpoint names is needed to judge what comes after it.
    const named = this.#checkpoint?.segmentBase ?? Infinity;
    let below = 0;
    while (
      (this.#segments[below]?.base ?? named) < named &&
      (this.#segments[below + 1]?.base ?? Infinity) <= logStart
    ) {
      below++;
    }
    this.#remove(0, below, 'leftover');
  }

  /** Takes what the checkpoint covers as it is. Returns where reading begins: everything below is safe. */
  #settle(logStart: Offset): Start {
    const checkpoint = this.#checkpoint;
    const start = checkpoint?.segmentBase ?? logStart;
    const index = this.#indexOf(start);
    for (const [i, segment] of this.#segments.entries()) {
      const next = this.#segments[i + 1];
      if (i >= index || next === undefined) break;
      // What compaction has written was looked through.
      if (segment.hasFinalName) segment.resume(segment.size, next.base, 'unknown');
      segment.close();
    }
    const appended = this.#state?.readAppendedMs();
    for (const each of this.#segments) each.appendedMs = appended?.get(each.base);
    const position = checkpoint?.position ?? Bytes(0);
    const segment = this.#segments[index];
    assert(segment !== undefined, 'recovery begins in a segment');
    if (segment.size < position)
      throw corrupt(segment.file.path, segment.size, `it ends before byte ${position}, up to which it was safe`);
    return { index, position, offset: checkpoint?.recoveryPoint ?? start };
  }

  /** Where the segment is that begins at `start`. Its file may be missing if nothing in it was safe. */
  #indexOf(start: Offset): number {
    const checkpoint = this.#checkpoint;
    const found = this.#segments.findIndex((segment) => segment.base >= start);
    const index = found < 0 ? this.#segments.length : found;
    if (this.#segments[index]?.base === start) return index;
    if (checkpoint !== undefined && checkpoint.position > 0) {
      const what = `it is missing, with offsets up to ${checkpoint.recoveryPoint}`;
      throw corrupt(`${this.#parts.folder}, segment ${start}`, 0, what);
    }
    // Its file comes with its first batch; then nothing behind it was safe either.
    this.#remove(index, this.#segments.length, 'remnant');
    this.#segments.push(freshSegment(this.#parts.folder, start, this.#parts.world.files));
    return index;
  }

  /** Makes the epochs up to where reading begins from the batches there: they were not saved, or are damaged. */
  #findEpochs(from: Start): void {
    for (const [i, segment] of this.#segments.entries()) {
      if (i > from.index) return;
      scanHeadersNow(
        segment,
        i === from.index ? from.position : segment.size,
        this.#parts.world,
        (bytes, at, position) => this.#noteEpoch(segment, position, bytes, at),
      );
    }
  }

  #noteEpoch({ file }: Segment, position: Bytes, bytes: Uint8Array, at: number): void {
    const epoch = batchLeaderEpoch(bytes, at);
    if (epoch <= (this.#epochs.latest ?? -1)) return;
    const base = batchBaseOffset(bytes, at);
    // In the table it would refuse every leader.
    if (epoch > (this.#parts.leaderEpoch ?? epoch))
      throw corrupt(file.path, position, `a batch of epoch ${epoch}, which is still to come`, base);
    this.#epochs.append(epoch, base);
  }

  /** Brings the producers to where reading begins. */
  #replayTo(from: Start, snapshots: Offset[]): void {
    const { state, world } = this.#parts;
    let since = this.#segments[0]?.base ?? from.offset;
    while (snapshots.length > 0) {
      const newest = snapshots.at(-1);
      const bytes = newest === undefined ? undefined : state.readSnapshot(newest);
      if (newest !== undefined && bytes !== undefined) {
        const { states, ended } = decodeSnapshot(bytes, world.clock.monotonicMs());
        this.#producers.load(states, ended);
        since = newest;
        break;
      }
      snapshots.pop();
    }
    if (since >= from.offset) return;
    for (const [i, segment] of this.#segments.entries()) {
      if (i > from.index || (this.#segments[i + 1]?.base ?? Infinity) <= since) continue;
      replayProducersNow(this.#producers, segment, since, i === from.index ? from.position : segment.size, world);
    }
  }

  /** Reads every batch from `from` on, and cuts at the first that is not good. */
  #readPast(from: Start): void {
    let expected = from.offset;
    for (let i = from.index; i < this.#segments.length; i++) {
      const segment = this.#segments[i];
      assert(segment !== undefined, 'a segment of the list');
      const isElsewhere = this.#checkpoint === undefined ? segment.base < expected : segment.base !== expected;
      if (i > from.index && isElsewhere) {
        if (this.#checkpoint === undefined)
          throw corrupt(segment.file.path, 0, `it begins where offset ${expected} is to come`, segment.base);
        this.#remove(i, this.#segments.length, 'remnant');
        return;
      }
      const begin = i === from.index ? from.position : Bytes(0);
      if (i > from.index) this.#close(i - 1);
      const size = segment.size;
      this.#readSegment(segment, begin, i === from.index ? expected : segment.base);
      expected = segment.end;
      // What came after the checkpoint came later than that knows.
      if (segment.size > begin) segment.appendedMs = undefined;
      if (segment.size === size) {
        if (i === this.#segments.length - 1 && size > 0 && !this.#parts.cleanShutdown) cutAgain(segment);
        continue;
      }
      const why = 'no good batch there, and later segments prove that there was one';
      if (i < this.#segments.length - 1) throw corrupt(segment.file.path, segment.size, why);
      this.#cutBytes += size - segment.size;
      this.#cut = segment;
      segment.file.handle().truncate(segment.size);
    }
  }

  /** The last entry of its indexes may not have been saved. */
  #close(index: number): void {
    const segment = this.#segments[index];
    if (segment?.index.isUnread === true && segment.size > 0) makeIndexWholeNow(segment, this.#parts);
    segment?.close();
  }

  /** Takes note of the good batches from `begin` on; the segment then ends where they do. */
  #readSegment(segment: Segment, begin: Bytes, expected: Offset): void {
    const size = segment.size;
    const named = this.#checkpoint?.segmentBase === segment.base ? this.#checkpoint : undefined;
    segment.openedMs = openedMs(named);
    if (named !== undefined && (named.segmentAppendedMs ?? -1) >= 0) segment.appendedMs = named.segmentAppendedMs;
    segment.resume(begin, expected, begin === 0 ? undefined : named?.newest);
    // Of what came after the checkpoint anything may have survived, also in part.
    if (begin === 0) segment.transactions.keep(0);
    else if (named?.filed !== undefined) {
      segment.transactions.keep(named.filed.aborted);
      segment.index.believe(named.filed);
    }
    if (begin === size) {
      // Nothing to read: the index files stay as they are until they are needed.
      if (size === 0) segment.index.clear();
      return;
    }
    if (begin === 0) segment.index.clear();
    else {
      makeIndexWholeNow(segment, this.#parts);
      segment.index.cut(begin, expected);
    }
    const interval = this.#parts.settings().indexIntervalBytes;
    readBatches(segment, size, this.#parts.world, (bytes, at) => {
      const base = batchBaseOffset(bytes, at);
      if (base !== segment.end && (this.#checkpoint !== undefined || lacksStart(base, segment.end))) return false;
      if (this.#checkpoint === undefined) this.#checkPlace(segment, bytes, at);
      this.#noteEpoch(segment, segment.size, bytes, at);
      segment.wrote(bytes, at, batchLength(bytes, at), interval);
      const aborted = this.#producers.record(bytes, at, base);
      if (aborted !== undefined) segment.transactions.append(aborted);
      this.#producers.settle(segment.end);
      return true;
    });
  }

  /** Nobody knows how far the log was safe: what says that a whole batch belongs elsewhere is damage. */
  #checkPlace({ file, size, end }: Segment, bytes: Uint8Array, at: number): void {
    const [base, epoch] = [batchBaseOffset(bytes, at), batchLeaderEpoch(bytes, at)];
    if (base !== end) throw corrupt(file.path, size, `a batch of offset ${base} where ${end} is to come`, end);
    if (epoch < this.#lastEpoch)
      throw corrupt(file.path, size, `a batch of epoch ${epoch} behind one of epoch ${this.#lastEpoch}`, end);
    this.#lastEpoch = epoch;
  }

  #beginAgain(logStart: Offset): void {
    this.#remove(0, this.#segments.length, 'leftover');
    this.#segments.push(freshSegment(this.#parts.folder, logStart, this.#parts.world.files));
  }

  #remove(from: number, to: number, why: RemovalReason): void {
    for (const segment of this.#segments.splice(from, to - from)) {
      const { folder, world } = this.#parts;
      world.report({ kind: 'segmentRemoved', folder, base: segment.base, bytes: segment.size, why });
      segment.doom();
      this.#removedFiles = true;
    }
  }

  /** What was read is synced anyway. */
  #doubtful(): Segment | undefined {
    const last = this.#last();
    const isCovered = this.#parts.cleanShutdown || last.size > last.syncedSize;
    return isCovered || last.size === 0 ? undefined : last;
  }

  #last(): Segment {
    const last = this.#segments.at(-1);
    assert(last !== undefined, 'a log has a segment');
    return last;
  }
}
