import type { Bytes } from './units.ts';

/** Called once, with the error if there was one. Never from within the call that was given it. */
export type Done = (error?: Error) => void;

/**
 * An open file. A failure is an `OperatingError`: SKR_DISK_FULL for want of space, else SKR_DISK_FAILED; a failed sync
 * is the latter whatever the reason, since what was written is lost.
 *
 * A buffer handed to a method belongs to the file until that method returns, or its `done` is called.
 */
export interface DiskFile {
  readonly path: string;
  /** Length now, with what was written and not yet synced. */
  size(): Bytes;
  /**
   * Into the page cache, now, in order; a short write is finished or thrown. Survives a crash of ours, not a power
   * cut: see {@link Disk.commit}.
   */
  writeNow(chunks: readonly Uint8Array[], at: Bytes): void;
  /** The same through the pool, for a disk that makes writers wait. */
  write(chunks: readonly Uint8Array[], at: Bytes, done: Done): void;
  /** Fills `into` from position `at`, now; returns how many bytes there were, fewer only at the end of the file. */
  readNow(into: Uint8Array, at: Bytes): number;
  /** The same through the pool, for data that is not in the page cache. */
  read(into: Uint8Array, at: Bytes, done: (error: Error | undefined, bytesRead: number) => void): void;
  /** Cuts the file at `size`, now; durable with the next commit. */
  truncate(size: Bytes): void;
  /** Gives the handle back. The file must not be used afterwards. */
  close(): void;
}

/** What {@link Disk.commit} is asked to make durable: `file` up to the position `end`. */
export interface DirtyFile {
  readonly file: DiskFile;
  readonly end: Bytes;
}

/** A folder tree, as the pure packages see it. Paths are relative to its root, with `/` between names. */
export interface Disk {
  /** Opens for reading and writing. Without `create` a missing file is an error; with it, it is made. */
  open(path: string, options: { readonly create: boolean }): DiskFile;
  /** Throws where the disk cannot tell: a file that cannot be looked up is not one that is missing. */
  exists(path: string): boolean;
  /**
   * Length of a file that nobody need have open, as {@link DiskFile.size} has it; a missing file is an error. To learn
   * the lengths of thousands, opening each would take three calls of the system for one, and the file's turn in a pool.
   */
  sizeOf(path: string): Bytes;
  /** Names in a folder, sorted by code unit; none if the folder is missing. */
  list(folder: string): readonly string[];
  /** Makes a folder and its parents; harmless if it is there. */
  makeFolder(path: string): void;
  /**
   * Moves a file or folder that nobody has open, replacing a file. Durable with {@link commitFolder} of both parents.
   */
  rename(source: string, target: string): void;
  /** Removes a file that nobody has open, or a folder with all in it; harmless if it is missing. */
  remove(path: string): void;
  /**
   * Calls back once all of `dirty` survives a power cut, its names and folders included. After an error the files are
   * unknown: stop, and recover. Commits may overlap; an implementation bounds how many syncs are in flight.
   */
  commit(dirty: readonly DirtyFile[], done: Done): void;
  /** Calls back once what `folder` lists survives a power cut. */
  commitFolder(folder: string, done: Done): void;
  /** Bytes that may still be written. */
  freeBytes(): Bytes;
  /** Bytes of the whole file system: for an operator's eyes. */
  totalBytes(): Bytes;
}
