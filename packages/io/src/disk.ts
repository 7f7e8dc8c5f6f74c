/**
 * A folder of the file system as a {@link Disk}.
 *
 * Paths that could leave the root are refused as a broken invariant: names from clients are checked long before. `''`
 * is the root.
 */
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type StatsFs,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { assert, Bytes, type DirtyFile, type Disk, type DiskFile, type Done } from '@skerry/base';
import { diskError } from './disk-errors.ts';
import { NodeFile } from './disk-file.ts';
import { Syncs, SyncTarget, syncFolder } from './disk-sync.ts';

export interface NodeDiskOptions {
  /** Nothing is made or changed, and files are opened for reading: the file system may be mounted so. */
  readonly readOnly?: boolean;
}

/** Opens `root` as a disk; makes it, durably, if it is missing. */
export function nodeDisk(root: string, { readOnly = false }: NodeDiskOptions = {}): Disk {
  return new NodeDisk(resolve(root), readOnly);
}

class NodeDisk implements Disk {
  readonly #root: string;
  readonly #readOnly: boolean;
  readonly #syncs = new Syncs();
  /** The folders this process has touched or synced. */
  readonly #folders = new Map<string, SyncTarget>();

  constructor(root: string, readOnly: boolean) {
    this.#root = root;
    this.#readOnly = readOnly;
    if (!readOnly) makeRoot(root);
  }

  open(path: string, { create }: { readonly create: boolean }): DiskFile {
    if (this.#readOnly) return new NodeFile(path, this.#full(path), constants.O_RDONLY);
    const fullPath = this.#full(path);
    const made = create && !this.exists(path);
    const file = new NodeFile(path, fullPath, constants.O_RDWR | (create ? constants.O_CREAT : 0));
    if (made) this.#entriesChanged(parentOf(path));
    return file;
  }

  exists(path: string): boolean {
    try {
      // Not existsSync: to that, what the disk refuses to look up is not there, and a start would begin anew.
      return statSync(this.#full(path), { throwIfNoEntry: false }) !== undefined;
    } catch (error) {
      throw diskError('look for', path, error);
    }
  }

  sizeOf(path: string): Bytes {
    try {
      return Bytes(statSync(this.#full(path)).size);
    } catch (error) {
      throw diskError('look for', path, error);
    }
  }

  list(folder: string): readonly string[] {
    try {
      return readdirSync(this.#full(folder)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw diskError('list', folder, error);
    }
  }

  makeFolder(path: string): void {
    this.#assertWritable();
    const fullPath = this.#full(path);
    try {
      mkdirSync(fullPath, { recursive: true, mode: 0o750 });
    } catch (error) {
      throw diskError('make folder', path, error);
    }
    // Which of them are new does not matter: a folder that was there is synced once more, and only once.
    for (const folder of foldersTo(path)) this.#entriesChanged(folder);
  }

  rename(source: string, target: string): void {
    this.#assertWritable();
    try {
      renameSync(this.#full(source), this.#full(target));
    } catch (error) {
      throw diskError('rename', source, error);
    }
    this.#forgetFolders(source);
    this.#entriesChanged(parentOf(source));
    this.#entriesChanged(parentOf(target));
  }

  remove(path: string): void {
    this.#assertWritable();
    assert(path !== '', 'the root of a disk is not removed');
    try {
      rmSync(this.#full(path), { recursive: true, force: true });
    } catch (error) {
      throw diskError('remove', path, error);
    }
    this.#forgetFolders(path);
    this.#entriesChanged(parentOf(path));
  }

  commit(dirty: readonly DirtyFile[], done: Done): void {
    const gather = new Gather(this.#syncs, done);
    for (const { file, end } of dirty) {
      assert(file instanceof NodeFile, 'a disk commits its own files');
      assert(end <= file.size(), `${file.path}: commit of what is not written`);
      file.hold();
      gather.add(file.syncTarget, () => file.letGo());
      for (const folder of foldersTo(file.path)) gather.add(this.#folder(folder));
    }
    gather.close();
  }

  commitFolder(folder: string, done: Done): void {
    const gather = new Gather(this.#syncs, done);
    for (const above of foldersTo(folder)) gather.add(this.#folder(above));
    gather.add(this.#folder(folder));
    gather.close();
  }

  freeBytes(): Bytes {
    const { bavail, bsize } = this.#fileSystem();
    return Bytes(bavail * bsize);
  }

  totalBytes(): Bytes {
    const { blocks, bsize } = this.#fileSystem();
    return Bytes(blocks * bsize);
  }

  #fileSystem(): StatsFs {
    try {
      return statfsSync(this.#root);
    } catch (error) {
      throw diskError('statfs', '', error);
    }
  }

  #assertWritable(): void {
    assert(!this.#readOnly, 'a disk opened for reading is not changed');
  }

  #full(path: string): string {
    assert(isInside(path), `a path of the disk: ${JSON.stringify(path)}`);
    return join(this.#root, path);
  }

  #folder(path: string): SyncTarget {
    let folder = this.#folders.get(path);
    if (folder === undefined) {
      const fullPath = this.#full(path);
      folder = new SyncTarget((done) => syncFolder(path, fullPath, done));
      this.#folders.set(path, folder);
    }
    return folder;
  }

  #entriesChanged(path: string): void {
    this.#folder(path).dirty = true;
  }

  #forgetFolders(path: string): void {
    this.#folders.delete(path);
    for (const folder of this.#folders.keys()) if (folder.startsWith(`${path}/`)) this.#folders.delete(folder);
  }
}

/** Calls `done` once, with the first error, when all that was added is durable. */
class Gather {
  readonly #syncs: Syncs;
  readonly #done: Done;
  #left = 1;
  #error: Error | undefined;

  constructor(syncs: Syncs, done: Done) {
    this.#syncs = syncs;
    this.#done = done;
  }

  add(target: SyncTarget, after: () => void = () => {}): void {
    if (!target.dirty && target.running === undefined) {
      after();
      return;
    }
    this.#left++;
    this.#syncs.request(target, (error) => {
      after();
      this.#one(error);
    });
  }

  close(): void {
    // Never from within the call: what was added may all have been durable already.
    queueMicrotask(() => this.#one(this.#syncs.failed));
  }

  #one(error: Error | undefined): void {
    this.#error ??= error;
    this.#left--;
    if (this.#left === 0) this.#done(this.#error);
  }
}

/**
 * Makes the root and what is missing above it. Synced at once: it happens on the first start only, and all else lives
 * in it.
 */
function makeRoot(root: string): void {
  try {
    const first = mkdirSync(root, { recursive: true, mode: 0o750 });
    if (first === undefined || process.platform === 'win32') return;
    for (let made = root; made.length >= first.length; made = dirname(made)) {
      const fd = openSync(dirname(made), 'r');
      try {
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    }
  } catch (error) {
    throw diskError('make folder', root, error);
  }
}

/** The folders that lead to `path`, from the root: their entries must survive for `path` to be found. */
function foldersTo(path: string): string[] {
  if (path === '') return [];
  const folders = [''];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

function isInside(path: string): boolean {
  if (path === '') return true;
  if (/[\0\\]/.test(path)) return false;
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
