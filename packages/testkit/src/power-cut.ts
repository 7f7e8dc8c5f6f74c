/**
 * What a power cut leaves of a {@link MemoryDisk}'s tree: all that was synced, and of the rest what chance says. Of
 * each file nothing of it, or all, or its beginning as it was written, or any parts in any order; of each name the
 * old or the new. And what the end of a process leaves: everything.
 */
import type { FaultEffect } from './disk-faults.ts';
import { type FileInode, FolderInode, type Inode, type Survival } from './memory-inode.ts';
import type { SeededRandom } from './seeded-random.ts';

const survivals: readonly Survival[] = ['nothing', 'all', 'beginning', 'any', 'any'];

export class PowerCut {
  readonly #random: SeededRandom | undefined;
  readonly #effect: ((what: FaultEffect) => void) | undefined;
  /** A file with two names stays one file. */
  readonly #copied = new Map<Inode, Inode>();

  /** Without chance, nothing of what was not synced survives. */
  constructor(random: SeededRandom | undefined, effect?: (what: FaultEffect) => void) {
    this.#random = random;
    this.#effect = effect;
  }

  folder(folder: FolderInode): FolderInode {
    const left = new FolderInode();
    this.#copied.set(folder, left);
    for (const name of new Set([...folder.durable.keys(), ...folder.entries.keys()])) {
      const [now, before] = [folder.entries.get(name), folder.durable.get(name)];
      const survived = this.#random?.chance(0.5) ? now : before;
      if (survived !== now) this.#effect?.('lost unsynced name');
      if (survived !== undefined) left.entries.set(name, this.#copy(survived));
    }
    left.durable = new Map(left.entries);
    return left;
  }

  #copy(inode: Inode): Inode {
    const known = this.#copied.get(inode);
    if (known !== undefined) return known;
    if (inode.kind === 'folder') return this.folder(inode);
    const file = this.#file(inode);
    this.#copied.set(inode, file);
    return file;
  }

  #file(file: FileInode): FileInode {
    if (!file.dirty) return file.afterPowerCut('nothing', undefined);
    const random = this.#random;
    const survival = random === undefined ? 'nothing' : (survivals[random.below(survivals.length)] ?? 'any');
    const left = file.afterPowerCut(survival, random);
    if (left.size < file.size) this.#effect?.('lost unsynced bytes');
    return left;
  }
}

/** The tree after the process was killed: the page cache is the system's and outlives it. */
export function afterKill(folder: FolderInode, copied = new Map<Inode, Inode>()): FolderInode {
  const copy = (inode: Inode): Inode => {
    const known = copied.get(inode);
    if (known !== undefined) return known;
    if (inode.kind === 'folder') return afterKill(inode, copied);
    const file = inode.afterKill();
    copied.set(inode, file);
    return file;
  };
  const left = new FolderInode();
  copied.set(folder, left);
  for (const [name, inode] of folder.entries) left.entries.set(name, copy(inode));
  for (const [name, inode] of folder.durable) left.durable.set(name, copy(inode));
  return left;
}
