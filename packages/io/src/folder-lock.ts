/**
 * One process per data folder.
 *
 * The lock is the system's own (fcntl, LockFileEx), taken through SQLite, which Node carries: Node itself offers no
 * file lock. The kernel drops it with the process, however that ends, so there is nothing stale to judge; it is held on
 * the file, so it is seen from other containers that share the volume, where process numbers and abstract sockets are
 * not; and of two starters the kernel lets one through. A file with a process number fails each of these: numbers are
 * reused after a reboot, and every container has a process 1.
 *
 * A file system that cannot lock refuses the start: without a lock two brokers would write the same log.
 */
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assert, OperatingError } from '@skerry/base';
import { diskError } from './disk-errors.ts';

/** The names that the lock takes in the folder. The first stays empty and is never removed: its inode is the lock. */
export const folderLockNames = ['.lock', '.lock-owner'] as const;

export interface FolderLock {
  /** Lets the next process have the folder. The end of the process does as much. */
  release(): void;
}

export interface FolderLockOptions {
  /** Makes and changes nothing in the folder; on a file system that nobody can write to there is then no lock. */
  readonly readOnly?: boolean;
}

/** The locks of this process: a lock that nobody refers to would be collected, and given up with that. */
const held = new Set<DatabaseSync>();

/**
 * Takes the data folder `root` for this process, and makes it if it is missing; SKR_FOLDER_IN_USE if another process
 * has it.
 */
export function lockFolder(root: string, { readOnly = false }: FolderLockOptions = {}): FolderLock {
  const [lockName, ownerName] = folderLockNames;
  const ownerPath = join(root, ownerName);
  const lockPath = join(root, lockName);
  // Without it nobody has run here, or nobody can: a file system that is mounted for reading makes no such file.
  if (readOnly && !canWrite(lockPath)) return { release: () => {} };
  const lock = open(root, lockPath);
  try {
    // In memory: a journal would be one more file, and nothing is ever written. A file that cannot be opened for
    // writing SQLite opens for reading, and then locks nothing: the last one fails there, and is never committed.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw diskError('lock', root, error);
    throw new OperatingError('SKR_FOLDER_IN_USE', `${root} is in use by ${readOwner(ownerPath)}`, { cause: error });
  }
  held.add(lock);
  if (!readOnly) writeOwner(ownerPath);
  return {
    release() {
      assert(held.delete(lock), 'a lock is released once');
      if (!readOnly) rmSync(ownerPath, { force: true });
      lock.close();
    },
  };
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function open(root: string, path: string): DatabaseSync {
  try {
    mkdirSync(root, { recursive: true, mode: 0o750 });
    return new DatabaseSync(path);
  } catch (error) {
    throw diskError('open the lock of', root, error);
  }
}

/** SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  return (error as { readonly errcode?: number }).errcode === 5;
}

/** For the message to the one who comes second; nothing depends on it. */
function writeOwner(path: string): void {
  try {
    writeFileSync(path, `process ${process.pid} on ${hostname()}\n`);
  } catch {
    // A full disk must not keep the broker from starting: it frees space once it runs.
  }
}

/** Who holds the lock, where that can be told: one that may write nothing leaves the name of whoever was before. */
function readOwner(path: string): string {
  const unknown = 'another process';
  try {
    const owner = readFileSync(path, 'utf8').trim();
    const [, pid, host] = /^process (\d+) on (.+)$/.exec(owner) ?? [];
    return pid === undefined || (host === hostname() && !isAlive(Number(pid))) ? unknown : owner;
  } catch {
    return unknown;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
