/**
 * Open handles of segment files, least recently used closed first: thousands of segments, a few hundred descriptors.
 *
 * A handle that is held (a call in the pool under way, data not yet synced) stays open, so the bound may be exceeded
 * by held files alone; `pressed` then tells the owner to sync. Nothing is renamed or removed while open (Windows):
 * {@link PooledFile.discard} first.
 */
import { assert, Bytes, type Disk, type DiskFile, limits, OperatingError } from '@skerry/base';
import { SlabPool } from '@skerry/wire';
import { DamageError } from './damage.ts';
import { IndexCache } from './index-cache.ts';
import { logLimits } from './settings.ts';

export class PooledFile {
  #path: string;
  readonly #pool: FilePool;
  #handle: DiskFile | undefined;
  #holds = 0;
  #retired = false;
  #whenFree: (() => void)[] = [];

  constructor(path: string, pool: FilePool) {
    this.#path = path;
    this.#pool = pool;
  }

  get path(): string {
    return this.#path;
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** The handle, opened if need be. Valid until the end of this turn, or while the file is held. */
  handle(create = false): DiskFile {
    if (this.#retired) throw new OperatingError('SKR_DISK_FAILED', `${this.path} was removed while it was used`);
    this.#handle ??= create ? this.#pool.make(this.path) : this.#pool.disk.open(this.path, { create });
    this.#pool.used(this);
    return this.#handle;
  }

  /**
   * Its length, for which it is not opened; 0 when it was removed, or closed for good, so that a read of it then tells.
   */
  size(): Bytes {
    try {
      return this.#retired ? Bytes(0) : (this.#handle?.size() ?? this.#pool.disk.sizeOf(this.path));
    } catch (error) {
      throw this.#unreadable(error, Bytes(0));
    }
  }

  hold(): void {
    this.#holds++;
  }

  /**
   * Fills `into` from position `at`, now. What the disk refuses to give is damage: the owner of the data goes offline,
   * not the node.
   */
  readNow(into: Uint8Array, at: Bytes): number {
    try {
      return this.handle().readNow(into, at);
    } catch (error) {
      throw this.#unreadable(error, at);
    }
  }

  #unreadable(error: unknown, at: Bytes): unknown {
    const isDisks = error instanceof OperatingError && error.code === 'SKR_DISK_FAILED' && !this.#retired;
    return isDisks ? new DamageError(this.path, at, `it cannot be read: ${error.message}`, undefined, error) : error;
  }

  /**
   * Fills `into` from position `at`, through the pool; the file stays open meanwhile. An error, also that the file was
   * removed or closed for good, is told to `done`, which may then be called before this returns.
   */
  read(into: Uint8Array, at: Bytes, done: (error: Error | undefined, count: number) => void): void {
    let handle: DiskFile;
    try {
      handle = this.handle();
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      done(this.#unreadable(error, at) as Error, 0);
      return;
    }
    this.hold();
    handle.read(into, at, (error, count) => {
      this.letGo();
      done(error === undefined ? undefined : (this.#unreadable(error, at) as Error), count);
    });
  }

  letGo(): void {
    assert(this.#holds > 0, 'a file is let go once per hold');
    this.#holds--;
    if (this.#holds > 0) return;
    const waiting = this.#whenFree;
    this.#whenFree = [];
    for (const run of waiting) run();
    this.#pool.trim();
  }

  /** Closes the handle for good, once nothing under way uses it, and then calls `run`: the file may be removed. */
  retire(run: () => void): void {
    this.#retired = true;
    const end = (): void => {
      this.discard();
      run();
    };
    if (this.#holds === 0) end();
    else this.#whenFree.push(end);
  }

  /**
   * Renames the file, closed for it, once nothing under way uses it; then calls back. Not if it is closed for good
   * before: `moved` is then never called.
   */
  move(target: string, moved: (error?: unknown) => void): void {
    const run = (): void => {
      if (this.#retired) return;
      try {
        this.discard();
        this.#pool.disk.rename(this.#path, target);
        this.#path = target;
      } catch (error) {
        moved(error);
        return;
      }
      moved();
    };
    if (this.#holds === 0) run();
    else this.#whenFree.push(run);
  }

  /** Closes the handle, if it is open. */
  discard(): void {
    assert(this.#holds === 0, `${this.path} is in use`);
    this.#handle?.close();
    this.#handle = undefined;
    this.#pool.closed(this);
  }
}

export class FilePool {
  readonly disk: Disk;
  readonly slabs = new SlabPool(logLimits.slabBytesKept);
  readonly indexes = new IndexCache(logLimits.indexCacheBytes);
  readonly #openFilesMax: number;
  /** In the order of their last use. */
  readonly #open = new Set<PooledFile>();
  #newest: PooledFile | undefined;

  constructor(options: { readonly disk: Disk; readonly openFilesMax?: number }) {
    this.disk = options.disk;
    this.#openFilesMax = options.openFilesMax ?? limits.openFilesMax;
    assert(this.#openFilesMax > 0, 'a pool of files has room for one');
  }

  get openFiles(): number {
    return this.#open.size;
  }

  /** Whether held files alone exceed the bound: syncing them would help. */
  get pressed(): boolean {
    return this.#open.size > this.#openFilesMax;
  }

  file(path: string): PooledFile {
    return new PooledFile(path, this);
  }

  /** @internal Opens a file that may not be there yet, nor its folder. */
  make(path: string): DiskFile {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (!this.disk.exists(folder)) this.disk.makeFolder(folder);
    return this.disk.open(path, { create: true });
  }

  /** @internal Called by a file that was used. */
  used(file: PooledFile): void {
    if (this.#newest === file) return;
    this.#newest = file;
    this.#open.delete(file);
    this.#open.add(file);
    this.trim();
  }

  /** @internal Called by a file that was closed. */
  closed(file: PooledFile): void {
    this.#open.delete(file);
    if (this.#newest === file) this.#newest = undefined;
  }

  /** Closes what exceeds the bound and is not held. */
  trim(): void {
    if (this.#open.size <= this.#openFilesMax) return;
    for (const file of this.#open) {
      if (file.isHeld || file === this.#newest) continue;
      file.discard();
      if (this.#open.size <= this.#openFilesMax) return;
    }
  }
}
