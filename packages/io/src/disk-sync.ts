/**
 * Makes writes durable: group commit, a bounded number of syncs in flight, and the names of new files.
 *
 * - A thing that is asked for while its sync is under way is synced once more, for all who asked meanwhile. Nothing is
 *   synced that has not changed since its last sync through this process.
 * - A folder counts as unsynced until this process has synced it: a predecessor that was killed may have made files and
 *   never got to it.
 * - After a failed sync every later commit fails with the same error. Linux marks the pages clean, so a second sync
 *   would succeed and lie (Rebello et al., ATC'20).
 */
import { close, fsync, open } from 'node:fs';
import type { Done } from '@skerry/base';
import { limits } from '@skerry/base';
import { diskError, syncError } from './disk-errors.ts';

/** A file or folder with one sync under way at most. */
export class SyncTarget {
  /** Changed since the last sync began, or never synced by this process. */
  dirty = true;
  /** Who waits for the sync under way. */
  running: Done[] | undefined;
  /** Who came too late for it. */
  waiting: Done[] = [];
  readonly sync: (done: Done) => void;

  constructor(sync: (done: Done) => void) {
    this.sync = sync;
  }
}

export class Syncs {
  #inFlight = 0;
  #queued: SyncTarget[] = [];
  #failed: Error | undefined;

  /** The error after which nothing can be made durable. */
  get failed(): Error | undefined {
    return this.#failed;
  }

  /** Calls back once all changes of `target` that were made before this call are durable; at once if they are. */
  request(target: SyncTarget, done: Done): void {
    if (target.running !== undefined) {
      // The sync under way began after the last change, so it covers this caller too.
      if (!target.dirty) target.running.push(done);
      else target.waiting.push(done);
      return;
    }
    if (target.waiting.push(done) === 1) this.#queued.push(target);
    this.#start();
  }

  #start(): void {
    while (this.#inFlight < limits.syncsInFlightMax) {
      const target = this.#queued.shift();
      if (target === undefined) return;
      this.#inFlight++;
      target.running = target.waiting;
      target.waiting = [];
      target.dirty = false;
      target.sync((error) => this.#finished(target, error));
    }
  }

  #finished(target: SyncTarget, error: Error | undefined): void {
    this.#inFlight--;
    if (error !== undefined) this.#failed ??= error;
    const served = target.running ?? [];
    target.running = undefined;
    if (target.waiting.length > 0) this.#queued.push(target);
    this.#start();
    for (const done of served) done(this.#failed);
  }
}

/** Syncs the entries of a folder. Windows cannot, and does not need it: NTFS journals names. */
export function syncFolder(path: string, fullPath: string, done: Done): void {
  if (process.platform === 'win32') {
    setImmediate(done);
    return;
  }
  open(fullPath, 'r', (cause, fd) => {
    if (cause !== null) {
      // Removed since: there is no entry left to keep, and its removal is the parent's.
      if (cause.code === 'ENOENT') done();
      else done(diskError('open folder', path, cause));
      return;
    }
    fsync(fd, (failed) => {
      close(fd, () => {
        if (failed === null) done();
        else done(syncError('sync folder', path, failed));
      });
    });
  });
}
