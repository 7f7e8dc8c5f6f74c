/**
 * What a name on a {@link MemoryDisk} leads to: the bytes a program sees, and the bytes that a power cut leaves.
 *
 * Between the two lies a list of changes in order. A sync moves the changes made before it was asked for to the durable
 * side; a failed sync takes them off the list without doing so, for the system marks the pages clean and never writes
 * them again (Rebello et al., ATC'20).
 */
import { newBytes } from '@skerry/base';
import type { SeededRandom } from './seeded-random.ts';

/** Of what was not synced. */
export type Survival = 'nothing' | 'all' | 'beginning' | 'any';

/** A write, or a cut of the file at `at` if there are no `bytes`. */
interface Change {
  readonly at: number;
  readonly bytes: Uint8Array | undefined;
}

const nothing = new Uint8Array(0);

/** Bytes that grow at the end, with room to spare. A copy has the same ones until either is changed. */
class Content {
  #held = nothing;
  #shared = false;
  length = 0;

  /** Fills `into` with what there is from `at` on; returns how much. */
  read(into: Uint8Array, at: number): number {
    const count = Math.max(Math.min(into.length, this.length - at), 0);
    if (count > 0) into.set(this.#held.subarray(at, at + count));
    return count;
  }

  apply({ at, bytes }: Change): void {
    if (bytes === undefined) {
      this.#reserve(at, at);
      // Room beyond the end is always zero, so a later write beyond it leaves the gap of zeros that a file system
      // gives.
      if (at < this.length) this.#held.fill(0, at, Math.min(this.length, this.#held.length));
      this.length = at;
      return;
    }
    const end = at + bytes.length;
    this.#reserve(end);
    this.#held.set(bytes, at);
    if (end > this.length) this.length = end;
  }

  flip(at: number, bit: number): void {
    if (at >= this.length) return;
    this.#reserve(this.length);
    this.#held[at] = (this.#held[at] ?? 0) ^ (1 << bit);
  }

  /** Sees to it that the bytes are ours alone, and have room for `length`; of what there is, `kept` is kept. */
  #reserve(length: number, kept = this.length): void {
    const fits = length <= this.#held.length;
    if (fits && !this.#shared) return;
    // A file that a crash left is cut, or written a little, or never again.
    const room = fits ? length + (length >> 1) : 2 * length;
    const larger = newBytes(Math.max(room, kept, 256));
    larger.set(this.#held.subarray(0, Math.min(kept, this.length)));
    this.#held = larger;
    this.#shared = false;
  }

  copy(): Content {
    const copied = new Content();
    copied.#held = this.#held;
    copied.length = this.length;
    copied.#shared = true;
    this.#shared = true;
    return copied;
  }
}

export class FileInode {
  readonly kind = 'file';
  /** Handles on it. */
  opens = 0;
  #seen = new Content();
  #durable = new Content();
  #changes: Change[] = [];
  /** How many are off that list. */
  #gone = 0;

  get size(): number {
    return this.#seen.length;
  }

  /** Fills `into` with the file's bytes from `at` on; returns how many there were. */
  read(into: Uint8Array, at: number): number {
    return this.#seen.read(into, at);
  }

  /** Whether a power cut would leave something else than is seen now. */
  get dirty(): boolean {
    return this.#changes.length > 0;
  }

  /** `bytes` become the inode's. */
  write(at: number, bytes: Uint8Array): void {
    this.#change({ at, bytes });
  }

  truncate(size: number): void {
    this.#change({ at: size, bytes: undefined });
  }

  #change(change: Change): void {
    this.#seen.apply(change);
    this.#changes.push(change);
  }

  /** Changes the bit on both sides, as a decaying disk does. */
  flipBit(at: number, bit: number): void {
    this.#seen.flip(at, bit);
    this.#durable.flip(at, bit);
  }

  /** How many changes there were: a sync that is asked for now takes those along. */
  get changes(): number {
    return this.#gone + this.#changes.length;
  }

  /** The first `changes` reach the disk, up to the position `end`; what lies beyond stays in the page cache. */
  synced(changes: number, end: number): void {
    const taken = this.#take(changes);
    let beyond: Change[] = [];
    for (const change of taken) {
      const { at, bytes } = change;
      if (bytes === undefined) {
        this.#durable.apply(change);
        beyond = beyond.flatMap((held) => clip(held, 0, at));
      } else if (at + bytes.length <= end) this.#durable.apply(change);
      else {
        for (const part of clip(change, 0, end)) this.#durable.apply(part);
        beyond.push(...clip(change, end, Number.POSITIVE_INFINITY));
      }
    }
    this.#changes.unshift(...beyond);
    this.#gone -= beyond.length;
  }

  /** What of the first `changes` has not reached the disk never will. */
  syncFailed(changes: number): void {
    this.#take(changes);
  }

  /** Takes off the list what a sync takes along: nothing, if one that was asked for later has come before it. */
  #take(changes: number): Change[] {
    const taken = this.#changes.splice(0, Math.max(changes - this.#gone, 0));
    this.#gone += taken.length;
    return taken;
  }

  /**
   * The file after a power cut. Unless `survival` is nothing, some of what was not synced has reached the disk after
   * all, if it is any, in any order and torn.
   */
  afterPowerCut(survival: Survival, random: SeededRandom | undefined): FileInode {
    const left = new FileInode();
    left.#durable = this.#durable.copy();
    if (survival === 'all') for (const change of this.#changes) left.#durable.apply(change);
    if (random !== undefined && survival === 'beginning') {
      const whole = random.below(this.#changes.length + 1);
      for (const change of this.#changes.slice(0, whole)) left.#durable.apply(change);
      const torn = this.#changes[whole];
      if (torn?.bytes !== undefined) {
        for (const part of clip(torn, 0, torn.at + random.below(torn.bytes.length + 1))) left.#durable.apply(part);
      }
    }
    if (random !== undefined && survival === 'any') {
      for (const change of this.#changes) for (const part of survivors(change, random)) left.#durable.apply(part);
    }
    left.#seen = left.#durable.copy();
    return left;
  }

  /** The file after the process was killed: the page cache is the system's and outlives it. */
  afterKill(): FileInode {
    const left = new FileInode();
    left.#durable = this.#durable.copy();
    left.#seen = this.#seen.copy();
    left.#changes = [...this.#changes];
    return left;
  }
}

export class FolderInode {
  readonly kind = 'folder';
  entries = new Map<string, Inode>();
  /** What a power cut leaves of them. */
  durable = new Map<string, Inode>();
  /** The last commit of the whole folder, and those of single names after it, by number. */
  #settledBy = 0;
  #nameSettledBy = new Map<string, number>();

  /** `name` leads to `inode` for good, as when commit number `commit` was asked for; a later one's word stands. */
  settle(name: string, inode: Inode | undefined, commit: number): void {
    if (commit < Math.max(this.#settledBy, this.#nameSettledBy.get(name) ?? 0)) return;
    this.#nameSettledBy.set(name, commit);
    if (inode === undefined) this.durable.delete(name);
    else this.durable.set(name, inode);
  }

  /** The same of all names. */
  settleAll(entries: ReadonlyMap<string, Inode>, commit: number): void {
    if (commit < this.#settledBy) return;
    for (const name of new Set([...this.durable.keys(), ...entries.keys()]))
      this.settle(name, entries.get(name), commit);
    this.#settledBy = commit;
    for (const [name, by] of this.#nameSettledBy) if (by <= commit) this.#nameSettledBy.delete(name);
  }
}

export type Inode = FileInode | FolderInode;

/** The part of a write that lies in [start, end): none, or one. */
function clip({ at, bytes }: Change, start: number, end: number): Change[] {
  if (bytes === undefined) return [{ at, bytes }];
  const from = Math.max(at, start);
  const to = Math.min(at + bytes.length, end);
  return from < to ? [{ at: from, bytes: bytes.subarray(from - at, to - at) }] : [];
}

/** What a power cut happens to leave of one change. */
function survivors(change: Change, random: SeededRandom): Change[] {
  const { at, bytes } = change;
  const fate = random.below(5);
  if (fate === 0) return [];
  if (fate === 1 || bytes === undefined || bytes.length === 0) return [change];
  // Torn: up to a sector's border, up to any byte, or only some of its sectors.
  if (fate === 2) return clip(change, 0, Math.floor((at + random.below(bytes.length)) / sectorBytes) * sectorBytes);
  if (fate === 3) return clip(change, 0, at + random.below(bytes.length));
  const parts: Change[] = [];
  for (let start = at - (at % sectorBytes); start < at + bytes.length; start += sectorBytes) {
    if (random.chance(0.5)) parts.push(...clip(change, start, start + sectorBytes));
  }
  return parts;
}

/** The most that a disk writes at once or not at all. */
const sectorBytes = 512;
