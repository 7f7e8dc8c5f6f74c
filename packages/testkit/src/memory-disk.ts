/**
 * A disk in memory that forgets what a real one may forget.
 *
 * - It promises the least that the contract of {@link Disk} allows: a commit makes durable what was written before the
 *   call, up to the position it names, and the names on the way to the file; nothing else survives {@link
 *   MemoryDisk.crash}.
 * - Calls through the pool take virtual time; syncs are the slow ones.
 * - After a crash or a kill the old disk is dead: its calls back never come, and to use it is an error of the test.
 */
import { assert, Bytes, type Clock, type DirtyFile, type Disk, type DiskFile, type Done } from '@skerry/base';
import { DiskFaults, type DiskOperation, type Fault, type FaultEffect, memoryDiskError } from './disk-faults.ts';
import { MemoryFile } from './memory-file.ts';
import { FileInode, FolderInode, type Inode } from './memory-inode.ts';
import { afterKill, PowerCut } from './power-cut.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Tracer } from './trace.ts';

export interface MemoryDiskOptions {
  readonly clock: Clock;
  /** Decides what a power cut leaves of unsynced bytes and names; without it, nothing. */
  readonly random?: SeededRandom;
  /** What a call through the pool takes. */
  readonly delayMs?: (operation: DiskOperation) => number;
  /** Beyond it, writes fail for want of space. */
  readonly capacityBytes?: number;
  readonly trace?: Tracer;
  readonly effect?: (what: FaultEffect) => void;
}

export class MemoryDisk implements Disk {
  readonly faults: DiskFaults;
  /** How often the disk was asked, by operation. */
  readonly counts: Record<DiskOperation, number> = {
    open: 0,
    read: 0,
    write: 0,
    truncate: 0,
    sync: 0,
    rename: 0,
    remove: 0,
  };
  /** May change while the disk is used. */
  capacityBytes: number;
  readonly #options: MemoryDiskOptions;
  readonly #root: FolderInode;
  #usedBytes = 0;
  #failed: Error | undefined;
  #dead = false;
  /** Commits asked for. They may overtake one another, and take nothing back that a later one made durable. */
  #commits = 0;

  constructor(options: MemoryDiskOptions, root = new FolderInode(), faults = new DiskFaults()) {
    this.#options = options;
    this.capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
    this.#root = root;
    this.faults = faults;
    this.#usedBytes = usedBytes(root);
  }

  open(path: string, { create }: { readonly create: boolean }): DiskFile {
    this.#do('open', path);
    const { folder, name } = this.#parent('open', path);
    let inode = folder.entries.get(name);
    if (inode === undefined) {
      if (!create) throw memoryDiskError('open', path, 'ENOENT');
      inode = new FileInode();
      folder.entries.set(name, inode);
    }
    if (inode.kind === 'folder') throw memoryDiskError('open', path, 'EISDIR');
    inode.opens++;
    return new MemoryFile(path, inode, this.#world);
  }

  exists(path: string): boolean {
    this.#assertAlive();
    return this.#find(path) !== undefined;
  }

  sizeOf(path: string): Bytes {
    this.#assertAlive();
    // A disk that cannot open a file cannot look it up either.
    const fault = this.faults.next('open', path);
    if (fault !== undefined) throw memoryDiskError('look for', path, fault.code);
    const inode = this.#find(path);
    if (inode === undefined) throw memoryDiskError('look for', path, 'ENOENT');
    if (inode.kind === 'folder') throw memoryDiskError('look for', path, 'EISDIR');
    return Bytes(inode.size);
  }

  list(folder: string): readonly string[] {
    this.#assertAlive();
    const inode = this.#find(folder);
    if (inode === undefined) return [];
    if (inode.kind === 'file') throw memoryDiskError('list', folder, 'ENOTDIR');
    return [...inode.entries.keys()].sort();
  }

  makeFolder(path: string): void {
    this.#assertAlive();
    let folder = this.#root;
    for (const name of names(path)) {
      let below = folder.entries.get(name);
      if (below === undefined) {
        below = new FolderInode();
        folder.entries.set(name, below);
      }
      if (below.kind === 'file') throw memoryDiskError('make folder', path, 'EEXIST');
      folder = below;
    }
  }

  rename(source: string, target: string): void {
    this.#do('rename', source);
    const from = this.#parent('rename', source);
    const to = this.#parent('rename', target);
    const moved = from.folder.entries.get(from.name);
    if (moved === undefined) throw memoryDiskError('rename', source, 'ENOENT');
    assertClosed(moved, source);
    const replaced = to.folder.entries.get(to.name);
    if (replaced === moved) return;
    if (replaced !== undefined) {
      if (replaced.kind === 'folder' || moved.kind === 'folder') throw memoryDiskError('rename', target, 'EEXIST');
      assertClosed(replaced, target);
      this.#usedBytes -= usedBytes(replaced);
    }
    from.folder.entries.delete(from.name);
    to.folder.entries.set(to.name, moved);
  }

  remove(path: string): void {
    this.#do('remove', path);
    const { folder, name } = this.#parent('remove', path, true);
    const removed = folder.entries.get(name);
    if (removed === undefined) return;
    assertClosed(removed, path);
    folder.entries.delete(name);
    this.#usedBytes -= usedBytes(removed);
  }

  commit(dirty: readonly DirtyFile[], done: Done): void {
    this.#assertAlive();
    const files = dirty.map(({ file, end }) => {
      assert(file instanceof MemoryFile, 'a disk commits its own files');
      assert(end <= file.size(), 'commit of what is not written');
      return {
        path: file.path,
        inode: file.inode,
        end,
        changes: file.inode.changes,
        folders: this.#folders(file.path),
      };
    });
    const number = ++this.#commits;
    const faults = files.map(({ path }) => this.#count('sync', path));
    this.#afterSync(done, () => {
      for (const [i, { path, inode, end, changes, folders }] of files.entries()) {
        const fault = faults[i];
        if (fault !== undefined) {
          inode.syncFailed(changes);
          this.#options.effect?.(fault.code === 'EIO' ? 'failed sync' : 'refused sync');
          this.#failed ??= memoryDiskError('sync', path, fault.code, 'SKR_DISK_FAILED');
          continue;
        }
        inode.synced(changes, end);
        for (const { folder, name, inode: entry } of folders) folder.settle(name, entry, number);
      }
    });
  }

  commitFolder(path: string, done: Done): void {
    this.#assertAlive();
    const inode = this.#find(path);
    assert(inode?.kind === 'folder', `${path} is a folder`);
    const entries = new Map(inode.entries);
    const number = ++this.#commits;
    const above = this.#folders(path);
    const fault = this.#count('sync', path);
    this.#afterSync(done, () => {
      if (fault !== undefined) {
        this.#failed ??= memoryDiskError('sync folder', path, fault.code, 'SKR_DISK_FAILED');
        return;
      }
      inode.settleAll(entries, number);
      for (const { folder, name, inode: entry } of above) folder.settle(name, entry, number);
    });
  }

  freeBytes(): Bytes {
    this.#assertAlive();
    return Bytes(Math.max(this.capacityBytes - this.#usedBytes, 0));
  }

  totalBytes(): Bytes {
    this.#assertAlive();
    return Bytes(this.capacityBytes);
  }

  /** Bytes of a file, as written, for who looks on: no fault is met, and a missing one has none. */
  bytesOf(path: string): number {
    const inode = this.#find(path);
    return inode?.kind === 'file' ? inode.size : 0;
  }

  /** Bytes of all files, as written. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** The disk as a power cut leaves it. With a random of its own, parts of what was not synced may have survived. */
  crash(): MemoryDisk {
    this.#dead = true;
    const root = new PowerCut(this.#options.random, this.#options.effect).folder(this.#root);
    return new MemoryDisk({ ...this.#options, capacityBytes: this.capacityBytes }, root, this.faults);
  }

  /** The disk as the end of the process leaves it: all that was written is there, synced or not. */
  kill(): MemoryDisk {
    this.#dead = true;
    const root = afterKill(this.#root);
    return new MemoryDisk({ ...this.#options, capacityBytes: this.capacityBytes }, root, this.faults);
  }

  /** Flips one bit of a file, where the disk keeps it and where it is cached. */
  flipBit(path: string, at: number, bit: number): void {
    const inode = this.#find(path);
    assert(inode?.kind === 'file', `${path} is a file`);
    inode.flipBit(at, bit);
  }

  /** What open files may ask of their disk. */
  readonly #world = {
    count: (operation: DiskOperation, path: string, size: number): Fault | undefined =>
      this.#count(operation, path, size),
    later: (operation: DiskOperation, run: () => void): void => this.#later(operation, run),
    roomFor: (bytes: number): number => Math.max(Math.min(bytes, this.capacityBytes - this.#usedBytes), 0),
    cutShort: (): void => this.#options.effect?.('full disk within a write'),
    grew: (bytes: number): void => {
      this.#usedBytes += bytes;
    },
  };

  #afterSync(done: Done, effects: () => void): void {
    this.#later('sync', () => {
      if (this.#failed === undefined) effects();
      done(this.#failed);
    });
  }

  #later(operation: DiskOperation, run: () => void): void {
    this.#options.clock.after((this.#options.delayMs ?? usualDelayMs)(operation), () => {
      if (!this.#dead) run();
    });
  }

  #count(operation: DiskOperation, path: string, size = 0): Fault | undefined {
    this.#assertAlive();
    this.counts[operation]++;
    this.#options.trace?.(operation, path, size, 0);
    return this.faults.next(operation, path);
  }

  #do(operation: DiskOperation, path: string): void {
    const fault = this.#count(operation, path);
    if (fault !== undefined) throw memoryDiskError(operation, path, fault.code);
  }

  #assertAlive(): void {
    assert(!this.#dead, 'this disk went down with its machine: use the one that crash() or kill() gave');
  }

  #find(path: string): Inode | undefined {
    const all = names(path);
    return this.#walk(all, all.length);
  }

  /** Where the first `count` names of a path lead. */
  #walk(all: readonly string[], count: number): Inode | undefined {
    let inode: Inode | undefined = this.#root;
    for (let i = 0; i < count; i++) {
      if (inode?.kind !== 'folder') return undefined;
      inode = inode.entries.get(all[i] ?? '');
    }
    return inode;
  }

  /** The folder that holds `path`, and its name there. `missing` allows a parent that is not there. */
  #parent(what: string, path: string, missing = false): { folder: FolderInode; name: string } {
    const all = names(path);
    const name = all.at(-1);
    assert(name !== undefined, `${what}: a path below the root`);
    const folder = this.#walk(all, all.length - 1);
    if (folder?.kind === 'folder') return { folder, name };
    if (missing) return { folder: new FolderInode(), name };
    throw memoryDiskError(what, path, folder === undefined ? 'ENOENT' : 'ENOTDIR');
  }

  /** The entries on the way from the root to `path`, its own included, that a power cut might not leave as they are. */
  #folders(path: string): { folder: FolderInode; name: string; inode: Inode }[] {
    const way = [];
    let folder = this.#root;
    for (const name of names(path)) {
      const inode = folder.entries.get(name);
      if (inode === undefined) break;
      if (folder.durable.get(name) !== inode) way.push({ folder, name, inode });
      if (inode.kind === 'folder') folder = inode;
    }
    return way;
  }
}

function usualDelayMs(operation: DiskOperation): number {
  return operation === 'sync' ? 1 : 0.05;
}

/** What {@link names} gave lately: a simulation asks for the same few paths all the time. */
const split = new Map<string, readonly string[]>();
const splitMax = 4096;

function names(path: string): readonly string[] {
  if (path === '') return [];
  const known = split.get(path);
  if (known !== undefined) return known;
  const all = path.split('/');
  const legal = all.every((name) => name !== '' && name !== '.' && name !== '..' && !/[\0\\]/.test(name));
  assert(legal, `a path of the disk: ${JSON.stringify(path)}`);
  if (split.size >= splitMax) split.clear();
  split.set(path, all);
  return all;
}

function usedBytes(inode: Inode): number {
  if (inode.kind === 'file') return inode.size;
  return [...inode.entries.values()].reduce((sum, below) => sum + usedBytes(below), 0);
}

function assertClosed(inode: Inode, path: string): void {
  if (inode.kind === 'file') assert(inode.opens === 0, `${path} is renamed, replaced or removed while it is open`);
  else for (const [name, below] of inode.entries) assertClosed(below, `${path}/${name}`);
}
