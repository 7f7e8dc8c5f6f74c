/**
 * What a repair will do to a partition's files, found out before anything is changed.
 *
 * - `skipBad` gives up what is damaged, and nothing else: the log then has a gap, as compaction leaves them, which
 *   consumers step over. Offsets that were given to records are never given again, also where the log's end was lost.
 * - `truncateAt` gives up all from the batch with that offset on; what is produced next gets these offsets anew.
 * - Without either nothing is given up: only what the next start would cut as a torn write.
 */
import { Bytes, Offset, offsetAfter } from '@skerry/base';
import { batchBaseOffset, batchLastOffset } from '@skerry/wire';
import { segmentBase, segmentFile } from '../names.ts';
import { type Checkpoint, LogState } from '../state.ts';
import type { LogToVerify } from './verify-log.ts';
import { type BadStretch, walkSegment } from './walk.ts';

export interface Decision {
  readonly skipBad: boolean;
  readonly truncateAt: Offset | undefined;
}

/** Bytes that are taken out of a segment's file. */
interface CutStretch {
  readonly from: Bytes;
  readonly to: Bytes;
}

export interface SegmentPlan {
  readonly base: Offset;
  readonly path: string;
  readonly size: Bytes;
  readonly cuts: readonly CutStretch[];
  /** Batches whose offset alone is wrong, and is set right. */
  readonly offsets: readonly { readonly position: Bytes; readonly offset: Offset }[];
  /** Nothing of it is left. */
  readonly isDropped: boolean;
}

export interface RepairPlan {
  readonly segments: readonly SegmentPlan[];
  readonly logStart: Offset;
  /** The offset that the next record gets. */
  readonly end: Offset;
  /** What is given up, in words. */
  readonly losses: readonly string[];
  /** Damage that this decision leaves: nothing is done while there is any. */
  readonly undecided: readonly string[];
}

export function planRepair(log: LogToVerify, decision: Decision): RepairPlan {
  return new Planner(log, decision).run();
}

class Planner {
  readonly #log: LogToVerify;
  readonly #decision: Decision;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #losses: string[] = [];
  readonly #undecided: string[] = [];
  /** After the last batch that stays. */
  #end = Offset(0);
  /** Where the log is cut; nothing behind it stays. */
  #isCut = false;

  constructor(log: LogToVerify, decision: Decision) {
    this.#log = log;
    this.#decision = decision;
    const { state, compute } = log;
    this.#checkpoint =
      state === undefined ? undefined : new LogState(state.store, compute, state.prefix).readCheckpoint();
  }

  run(): RepairPlan {
    const { disk, folder } = this.#log;
    const bases = disk.list(folder).flatMap((name) => segmentBase(name) ?? []);
    const logStart = this.#checkpoint?.logStartOffset ?? bases[0] ?? Offset(0);
    this.#end = bases[0] ?? logStart;
    const segments = bases.map((base, i) => this.#segment(base, bases[i + 1]));
    return {
      segments,
      logStart: logStart < this.#end ? logStart : this.#end,
      end: this.#endOfLog(logStart),
      losses: this.#losses,
      undecided: this.#undecided,
    };
  }

  #segment(base: Offset, next: Offset | undefined): SegmentPlan {
    const { disk, compute, folder } = this.#log;
    const path = segmentFile(folder, base, 'log');
    const file = disk.open(path, { create: false });
    try {
      const size = file.size();
      const { truncateAt } = this.#decision;
      if (this.#isCut || (truncateAt !== undefined && base >= truncateAt)) {
        if (!this.#isCut) this.#cutAt(base);
        this.#losses.push(`${path}, all of its ${size} bytes`);
        return { base, path, size, cuts: [], offsets: [], isDropped: true };
      }
      if (base < this.#end)
        this.#undecided.push(`${path} begins at offset ${base}, and the one before it ends at ${this.#end}`);
      this.#end = base;
      const cuts: CutStretch[] = [];
      const offsets: { position: Bytes; offset: Offset }[] = [];
      for (const step of walkSegment({ file, compute, size, expected: base, upTo: next ?? base + 2 ** 31 })) {
        if (step.bad === undefined) {
          const { bytes, at, position } = step;
          const last = batchLastOffset(bytes, at);
          if (truncateAt !== undefined && last >= truncateAt) {
            this.#cutAt(batchBaseOffset(bytes, at));
            this.#losses.push(`${path} from byte ${position}, ${size - position} bytes`);
            cuts.push({ from: position, to: size });
            break;
          }
          this.#end = offsetAfter(last, 1);
        } else if (step.bad.isMisplaced) {
          offsets.push({ position: step.bad.position, offset: step.bad.offset });
        } else if (this.#isEnd(step.bad, base, next === undefined)) {
          const { position, fault } = step.bad;
          this.#losses.push(`${path} from byte ${position}, ${size - position} bytes: ${fault}`);
          cuts.push({ from: position, to: size });
          break;
        } else if (this.#isGivenUp(step.bad, path)) cuts.push({ from: step.bad.position, to: step.bad.end });
      }
      return { base, path, size, cuts, offsets, isDropped: false };
    } finally {
      file.close();
    }
  }

  #cutAt(offset: Offset): void {
    this.#isCut = true;
    this.#end = offset;
  }

  /** Whether the log is cut at a stretch: where it is to be, or at a torn write, as a start does. */
  #isEnd(stretch: BadStretch, base: Offset, isLast: boolean): boolean {
    const { truncateAt } = this.#decision;
    if (truncateAt === undefined || (stretch.nextOffset ?? Infinity) <= truncateAt)
      return isLast && this.#isTorn(stretch, base);
    this.#cutAt(stretch.offset);
    return true;
  }

  #isGivenUp({ position, end, offset, nextOffset, fault }: BadStretch, path: string): boolean {
    const lost = nextOffset === undefined ? `offsets from ${offset} on` : `offsets ${offset} to ${nextOffset - 1}`;
    const told = `${path} from byte ${position}, ${end - position} bytes (${lost}): ${fault}`;
    (this.#decision.skipBad ? this.#losses : this.#undecided).push(told);
    return this.#decision.skipBad;
  }

  /** A write in the last segment that was not over when the node ended: nothing in it was safe. */
  #isTorn({ position, nextOffset }: BadStretch, base: Offset): boolean {
    const checkpoint = this.#checkpoint;
    if (checkpoint === undefined) return nextOffset === undefined;
    return base > checkpoint.segmentBase || (base === checkpoint.segmentBase && position >= checkpoint.position);
  }

  /** The log goes on behind all that was safe, lost or not, unless it is to be cut. */
  #endOfLog(logStart: Offset): Offset {
    const { skipBad } = this.#decision;
    const safe = this.#isCut ? 0 : Math.max(this.#checkpoint?.recoveryPoint ?? 0, logStart);
    if (safe <= this.#end) return this.#end;
    if (skipBad) this.#losses.push(`offsets ${this.#end} to ${safe - 1}, which are in no file`);
    else if (this.#decision.truncateAt === undefined || this.#decision.truncateAt < this.#end)
      this.#undecided.push(`offsets ${this.#end} to ${safe - 1} are in no file`);
    else return this.#end;
    return Offset(safe);
  }
}
