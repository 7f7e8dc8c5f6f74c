/**
 * How much of the disk records may take, and what happens before there is no room left (`skerry.disk.budget`).
 *
 * Room is what may still be written: the budget less what all partitions hold, what compaction writes and what it has
 * not removed yet among it, and never more than what the file system has free less a reserve, which is for the broker's
 * own topics, its table and its journal: with that, consumers commit and administrators delete when producers may not
 * write. A `mark` is the width of each step.
 *
 *   budget within 2 marks   the oldest closed segments go, of the lowest skerry.priority first, until there are 3;
 *                           where none are left, the largest that takes appends is closed, to go next
 *   room below 1 mark       producers wait: each answer says for how long (KIP-219), the longer the less room there is
 *   no room                 producers are refused (KAFKA_STORAGE_ERROR: they try again), until there is half a mark
 *
 * Nothing is removed for what others put on the disk, nor where there is no budget. Measured again every second while
 * there is little room, so that it recovers by itself; else every five, or when half a mark was written: it may be
 * others who take the room.
 */
import { type Clock, type Disk, type Offset, OperatingError, type Timer } from '@skerry/base';
import type { SpareSegment } from '@skerry/log';
import type { Partition } from './partition.ts';
import type { Report } from './report.ts';
import { diskShare } from './settings/disk-share.ts';
import type { Settings } from './settings/settings.ts';

export interface DiskBudgetWorld {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly settings: Settings;
  readonly report: Report;
  /** All that are open; those of the broker's own topics are compacted, and keep what they have. */
  readonly partitions: () => Iterable<Partition>;
}

/** For the operator: what the budget has done since the start, and where it stands. */
export interface DiskBudgetState {
  readonly usedBytes: number;
  readonly roomBytes: number;
  readonly removedSegments: number;
  readonly removedBytes: number;
  readonly slowedRequests: number;
  readonly refusedBatches: number;
}

const mib = 1024 * 1024;
/** A step, as a share of the budget; and the reserve, as one of the file system. */
const markShare = 1 / 64;
const markShareMax = 1 / 8;
const markBytesMin = mib;
const markBytesMax = 256 * mib;
const idleCheckMs = 5000;
const tightCheckMs = 1000;
/** Looked at most so often, however fast records come. */
const checkEveryMs = 100;
/** A removal that takes longer, or was overtaken by the end of its topic, is not waited for. */
const removalMsMax = 5000;
const delayMsMax = 1000;
/** So many segments fill a budget, at least: what goes at once is a small part of what is there. */
const segmentsPerBudget = 16;

interface Candidate extends SpareSegment {
  readonly partition: Partition;
}

export class DiskBudget {
  readonly #world: DiskBudgetWorld;
  readonly #budgetBytes: number | undefined;
  readonly #markBytes: number;
  #roomBytes = Number.POSITIVE_INFINITY;
  #usedBytes = 0;
  /** Since it was measured: somebody else may have taken the room meanwhile. */
  #writtenBytes = 0;
  /** Why producers are refused; undefined while they are not. */
  #refusal: string | undefined;
  #timer: Timer | undefined;
  #dueMs = 0;
  #checkedMs = Number.NEGATIVE_INFINITY;
  /** Removals under way, and since when. */
  #removals = new Set<Partition>();
  #removingMs = 0;
  readonly #counts = { removedSegments: 0, removedBytes: 0, slowedRequests: 0, refusedBatches: 0 };

  constructor(world: DiskBudgetWorld) {
    this.#world = world;
    const totalBytes = world.disk.totalBytes();
    const budgetBytes = diskShare(world.settings['skerry.disk.budget'])?.(totalBytes);
    this.#budgetBytes = budgetBytes;
    const wholeBytes = Math.min(budgetBytes ?? totalBytes, totalBytes);
    const wanted = Math.min(Math.max(wholeBytes * markShare, markBytesMin), markBytesMax);
    this.#markBytes = Math.round(Math.min(wanted, wholeBytes * markShareMax));
  }

  get state(): DiskBudgetState {
    return { usedBytes: this.#usedBytes, roomBytes: this.#roomBytes, ...this.#counts };
  }

  /** How large a segment may be, so that the budget can be kept in small steps; undefined if there is no budget. */
  get segmentBytesMax(): number | undefined {
    return this.#budgetBytes === undefined ? undefined : Math.max(this.#budgetBytes / segmentsPerBudget, mib);
  }

  start(): void {
    this.#check();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  /** A client wants to write so many bytes: why it may not, or undefined, and they count from now on. */
  refuses(bytes: number): string | undefined {
    if (this.#roomBytes < 2 * this.#markBytes) this.#checkWithin(checkEveryMs);
    if (this.#refusal === undefined && this.#roomBytes > 0) {
      this.#roomBytes -= bytes;
      this.#writtenBytes += bytes;
      if (this.#writtenBytes >= this.#markBytes / 2) this.#checkWithin(checkEveryMs);
      return undefined;
    }
    this.#counts.refusedBatches++;
    return this.#refusal ?? 'there is no room for records just now';
  }

  /** How long a client that has written is to wait before it writes on. */
  delayMs(): number {
    const share = this.#roomBytes / this.#markBytes;
    if (share >= 1) return 0;
    this.#counts.slowedRequests++;
    return Math.ceil((1 - Math.max(share, 0)) * delayMsMax);
  }

  #checkWithin(ms: number): void {
    const { clock } = this.#world;
    const nowMs = clock.monotonicMs();
    const dueMs = Math.max(nowMs, Math.min(nowMs + ms, this.#checkedMs + ms));
    if (this.#dueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = clock.after(dueMs - nowMs, () => this.#check());
  }

  #check(): void {
    const nowMs = this.#world.clock.monotonicMs();
    this.#checkedMs = nowMs;
    this.#writtenBytes = 0;
    this.#dueMs = Number.POSITIVE_INFINITY;
    const left = this.#measure();
    if (nowMs - this.#removingMs > removalMsMax) this.#removals.clear();
    if (left < 2 * this.#markBytes && this.#removals.size === 0) this.#makeRoom(3 * this.#markBytes - left);
    this.#checkWithin(this.#roomBytes < 2 * this.#markBytes ? tightCheckMs : idleCheckMs);
  }

  /** Gives what is left of the budget. */
  #measure(): number {
    const { disk, partitions, report } = this.#world;
    let used = 0;
    for (const { diskBytes } of partitions()) used += diskBytes;
    this.#usedBytes = used;
    const left = (this.#budgetBytes ?? Number.POSITIVE_INFINITY) - used;
    const free = this.#freeBytes(disk) - this.#markBytes;
    this.#roomBytes = Math.min(left, free);
    const needed = this.#refusal === undefined ? 0 : this.#markBytes / 2;
    const before = this.#refusal;
    if (this.#roomBytes > needed) this.#refusal = undefined;
    else if (left < free) this.#refusal = `skerry.disk.budget is spent: ${used} bytes of ${this.#budgetBytes}`;
    else this.#refusal = `the file system is full: ${this.#freeBytes(disk)} bytes are free, and kept for the broker`;
    if ((before === undefined) !== (this.#refusal === undefined)) {
      report({ kind: 'diskBudget', refusal: this.#refusal, usedBytes: used, roomBytes: this.#roomBytes });
    }
    return left;
  }

  /** A file system that does not say how much is free is asked again next time. */
  #freeBytes(disk: Disk): number {
    try {
      return disk.freeBytes();
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      return Number.POSITIVE_INFINITY;
    }
  }

  #makeRoom(bytes: number): void {
    let due = bytes;
    const going = new Map<Partition, { next: Offset; segments: number; bytes: number }>();
    for (const { partition, next, bytes: size } of this.#candidates()) {
      if (due <= 0) break;
      const { segments, bytes: sum } = going.get(partition) ?? { segments: 0, bytes: 0 };
      going.set(partition, { next, segments: segments + 1, bytes: sum + size });
      due -= size;
    }
    this.#removingMs = this.#checkedMs;
    for (const [partition, what] of going) this.#giveUp(partition, what);
    if (due > 0) this.#closeLargest();
  }

  /** What may go, in the order in which it goes. */
  #candidates(): Candidate[] {
    const all = this.#evictable().flatMap((partition) => {
      let left = partition.sizeBytes - floorOf(partition);
      return partition.log
        .spareSegments(partition.highWatermark)
        .filter(({ bytes }) => (left -= bytes) >= 0)
        .map((segment) => ({ ...segment, partition }));
    });
    const age = ({ appendedMs = Number.NEGATIVE_INFINITY }: Candidate): number => appendedMs;
    return all.sort((a, b) => priorityOf(a.partition) - priorityOf(b.partition) || age(a) - age(b) || a.next - b.next);
  }

  #evictable(): Partition[] {
    return [...this.#world.partitions()].filter(
      (each) => !each.isBlank && each.refusal === undefined && each.settings.deletes,
    );
  }

  #giveUp(partition: Partition, { next, segments, bytes }: { next: Offset; segments: number; bytes: number }): void {
    const { topic, index, log } = partition;
    const from = log.logStartOffset;
    this.#removals.add(partition);
    partition.giveUp(next, (error) => {
      this.#removals.delete(partition);
      if (error !== undefined) {
        this.#world.report({ kind: 'removalFailed', topic, partition: index, error });
        return;
      }
      this.#counts.removedSegments += segments;
      this.#counts.removedBytes += bytes;
      this.#world.report({ kind: 'budgetRemoved', topic, partition: index, from, to: next, bytes });
      this.#checkWithin(checkEveryMs);
    });
  }

  /** Nothing closed may go, and it is not enough: the largest segment that takes appends is closed, to go next. */
  #closeLargest(): void {
    const open = this.#evictable().filter(
      (each) => each.log.activeBytes > 0 && each.sizeBytes - each.log.activeBytes >= floorOf(each),
    );
    const least = Math.min(...open.map(priorityOf));
    const [largest] = open
      .filter((each) => priorityOf(each) === least)
      .sort((a, b) => b.log.activeBytes - a.log.activeBytes);
    if (largest === undefined) return;
    largest.log.rollSegment();
    this.#checkWithin(checkEveryMs);
  }
}

const priorityOf = ({ settings }: Partition): number => settings.values['skerry.priority'];
const floorOf = ({ settings }: Partition): number => settings.values['skerry.disk.floor.bytes'];
