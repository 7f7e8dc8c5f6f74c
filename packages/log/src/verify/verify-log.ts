/**
 * Reads all of a partition that nobody has open, and tells what is wrong: batches (shape, CRC, order), indexes, and
 * what the store says of them. Changes nothing.
 *
 * What lies beyond the recovery point may be torn, and is not a fault: the next start cuts it. Below it everything was
 * synced and whole.
 */
import { Bytes, type Clock, type Compute, type Disk, Offset, offsetAfter, type Store } from '@skerry/base';
import { batchBaseOffset, batchLastOffset, batchLength, batchRecordCount } from '@skerry/wire';
import { segmentBase, segmentFile, swapBase } from '../names.ts';
import { ProducerStates } from '../producers.ts';
import { LogState } from '../state.ts';
import { IndexCheck } from './index-check.ts';
import type { Problem } from './problem.ts';
import { StateCheck } from './state-check.ts';
import { type BadStretch, walkSegment } from './walk.ts';

export interface LogToVerify {
  readonly disk: Disk;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly folder: string;
  /** Where the log's state is, if it has any. */
  readonly state: { readonly store: Store; readonly prefix: Uint8Array } | undefined;
}

export interface LogVerdict {
  readonly segments: number;
  readonly bytes: number;
  readonly batches: number;
  readonly records: number;
  readonly start: Offset;
  /** The offset after the last good batch. */
  readonly end: Offset;
  readonly problems: readonly Problem[];
}

export function verifyLog(log: LogToVerify): LogVerdict {
  return new Verifier(log).run();
}

class Verifier {
  readonly #log: LogToVerify;
  readonly #problems: Problem[] = [];
  readonly #state: StateCheck;
  readonly #producers: ProducerStates;
  #bytes = 0;
  #batches = 0;
  #records = 0;
  #end = Offset(0);
  #isWhole = true;
  #toldOfGap = false;

  constructor(log: LogToVerify) {
    this.#log = log;
    const { folder, clock, compute, state } = log;
    const kept = state === undefined ? undefined : new LogState(state.store, compute, state.prefix);
    this.#state = new StateCheck(folder, kept, clock, (problem) => this.#problems.push(problem));
    this.#producers = new ProducerStates(clock);
  }

  run(): LogVerdict {
    const { disk, folder } = this.#log;
    const bases = this.#listSegments();
    const checkpoint = this.#state.checkpoint;
    const start = checkpoint?.logStartOffset ?? bases[0] ?? Offset(0);
    this.#end = bases[0] ?? start;
    const swap = disk.list(folder).find((name) => swapBase(name) !== undefined);
    if (swap !== undefined) {
      this.#note(`${folder}/${swap}`, 'compaction was putting it in place: the next start goes on with that');
    } else if (checkpoint?.wiping === true) {
      this.#note(this.#log.folder, 'all of it was being removed: the next start goes on with that');
    } else {
      if (checkpoint === undefined && bases.length > 0)
        this.#note(this.#log.folder, 'the store has no checkpoint: the next start reads the whole log');
      this.#findMissing(bases);
      for (const [i, base] of bases.entries()) this.#segment(base, bases[i + 1], bases[0] ?? base);
      if (this.#isWhole) {
        // A segment without a batch may say where the log ends.
        this.#state.producers(this.#end, bases[0] ?? start, this.#producers);
        this.#state.end(this.#end);
      }
    }
    return {
      segments: bases.length,
      bytes: this.#bytes,
      batches: this.#batches,
      records: this.#records,
      start,
      end: this.#end,
      problems: this.#problems,
    };
  }

  #listSegments(): Offset[] {
    const { disk, folder } = this.#log;
    const names = disk.list(folder);
    const bases = names.map((name) => segmentBase(name)).filter((base) => base !== undefined);
    const known = new Set(bases.map((base) => segmentFile(folder, base, 'log').slice(0, -'.log'.length)));
    for (const name of names) {
      const stem = `${folder}/${name.slice(0, 20)}`;
      if (/^\d{20}\.(index|timeindex|txnindex)$/.test(name) && !known.has(stem))
        this.#note(`${folder}/${name}`, 'an index without its segment: nobody reads it');
    }
    return bases;
  }

  /** A log has no gaps: what is not there was lost, unless it lies where the next start cuts. */
  #missing(file: string, position: Bytes, from: Offset, to: Offset, isSafe: boolean): void {
    if (from === to || !isSafe || !this.#isWhole) return;
    const what = `offsets ${from} to ${to - 1} are missing`;
    this.#problems.push({ file, position, offset: from, what, remedy: 'decide' });
  }

  /** A segment that the checkpoint counts on. */
  #findMissing(bases: readonly Offset[]): void {
    const checkpoint = this.#state.checkpoint;
    if (checkpoint === undefined || checkpoint.position === 0 || bases.includes(checkpoint.segmentBase)) return;
    this.#problems.push({
      file: segmentFile(this.#log.folder, checkpoint.segmentBase, 'log'),
      offset: checkpoint.segmentBase,
      what: `the segment is missing, with offsets up to ${checkpoint.recoveryPoint}`,
      remedy: 'decide',
    });
  }

  #segment(base: Offset, next: Offset | undefined, first: Offset): void {
    const { disk, compute, folder } = this.#log;
    const path = segmentFile(folder, base, 'log');
    if (base < this.#end) {
      const what = `the segment begins at offset ${base}, but the one before it ends at ${this.#end}`;
      this.#problems.push({ file: path, position: 0, offset: base, what, remedy: 'decide' });
    } else {
      this.#missing(path, Bytes(0), this.#end, base, this.#safeBytes(base, Bytes(1)) > 0);
      this.#end = base;
    }
    const file = disk.open(path, { create: false });
    const indexes = new IndexCheck(disk, folder, base);
    const safe = this.#safeBytes(base, file.size());
    let isWhole = true;
    let safeEnd = base;
    try {
      this.#findShort(path, base, file.size());
      this.#state.boundary(base, Bytes(0), base, undefined);
      for (const step of walkSegment({ file, compute, size: file.size(), expected: base, next })) {
        if (step.bad !== undefined) {
          isWhole = false;
          this.#isWhole = false;
          this.#bad(path, step.bad, safe, next !== undefined);
          continue;
        }
        const { bytes, at, position, missing } = step;
        const isSafe = position < safe;
        if (missing !== undefined) this.#missing(path, position, missing, batchBaseOffset(bytes, at), isSafe);
        this.#batch({ bytes, at, position, path, isSafe, indexes });
        if (isSafe) safeEnd = this.#end;
        // What the store says goes for the whole log: behind damage there is nothing to hold it against.
        if (!this.#isWhole) continue;
        this.#state.boundary(base, Bytes(position + batchLength(bytes, at)), this.#end, indexes.newest);
        if (isSafe) this.#state.producers(this.#end, first, this.#producers);
      }
      // Positions and offsets behind damage are for the repair to settle.
      if (isWhole) indexes.end(this.#end, safeEnd, (problem) => this.#problems.push(problem));
      this.#bytes += file.size();
    } finally {
      file.close();
    }
  }

  #batch(found: {
    readonly bytes: Uint8Array;
    readonly at: number;
    readonly position: Bytes;
    readonly path: string;
    readonly isSafe: boolean;
    readonly indexes: IndexCheck;
  }): void {
    const { bytes, at, position, path, isSafe, indexes } = found;
    const offset = batchBaseOffset(bytes, at);
    const isGap = offset > this.#end && !isSafe && this.#state.checkpoint !== undefined;
    if (isGap && !this.#toldOfGap) {
      this.#toldOfGap = true;
      this.#note(path, `offsets ${this.#end} to ${offset - 1} were not synced: the next start cuts here`, position);
    }
    this.#batches++;
    this.#records += batchRecordCount(bytes, at);
    this.#state.batch(bytes, at, isSafe);
    const aborted = this.#producers.record(bytes, at, offset);
    this.#end = offsetAfter(batchLastOffset(bytes, at), 1);
    this.#producers.settle(this.#end);
    indexes.batch(bytes, at, position, aborted);
  }

  /** Up to where the segment was synced and whole; without a checkpoint nobody knows, and nothing is a torn write. */
  #safeBytes(base: Offset, size: Bytes): number {
    const checkpoint = this.#state.checkpoint;
    if (checkpoint === undefined || base < checkpoint.segmentBase) return size;
    return base === checkpoint.segmentBase ? checkpoint.position : 0;
  }

  #findShort(file: string, base: Offset, size: Bytes): void {
    const checkpoint = this.#state.checkpoint;
    if (checkpoint === undefined || base !== checkpoint.segmentBase || size >= checkpoint.position) return;
    const what = `the file ends there, but all up to byte ${checkpoint.position} was safe`;
    this.#problems.push({ file, position: size, what, remedy: 'decide' });
  }

  #bad(file: string, stretch: BadStretch, safe: number, isFollowed: boolean): void {
    const { position, end, offset, nextOffset, fault, isMisplaced } = stretch;
    const hasCheckpoint = this.#state.checkpoint !== undefined;
    // A torn write is the last thing in a log; where anything follows, the start refuses to cut.
    const isTorn = !isFollowed && (hasCheckpoint ? position >= safe : nextOffset === undefined && !isMisplaced);
    const lost = nextOffset === undefined ? `offsets from ${offset} on` : `offsets ${offset} to ${nextOffset - 1}`;
    const extent = `${end - position} bytes, ${lost}`;
    if (isTorn) this.#note(file, `a torn write (${fault}), ${extent}: the next start cuts it`, position, offset);
    else if (isMisplaced) this.#problems.push({ file, position, offset, what: fault, remedy: 'rebuild' });
    else this.#problems.push({ file, position, offset, what: `${fault}; ${extent}`, remedy: 'decide' });
  }

  #note(file: string, what: string, position?: number, offset?: number): void {
    this.#problems.push({ file, position, offset, what, remedy: 'start' });
  }
}
