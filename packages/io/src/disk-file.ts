/**
 * One open file.
 *
 * - Writes through the pool are done one after another, in the order of their calls; one that fails takes those queued
 *   behind it with it, so that a file never gets a hole. A caller does not mix them with writes on the loop that are to
 *   come after them.
 * - `close` gives the descriptor back only when nothing under way uses it: the system reuses the number at once, and a
 *   sync that comes late would vouch for the wrong file.
 */
import {
  close,
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  read,
  readSync,
  writeSync,
  writev,
  writevSync,
} from 'node:fs';
import { assert, Bytes, type DiskFile, type Done } from '@skerry/base';
import { diskError, syncError } from './disk-errors.ts';
import { SyncTarget } from './disk-sync.ts';

interface QueuedWrite {
  readonly chunks: readonly Uint8Array[];
  readonly at: number;
  readonly done: Done;
}

export class NodeFile implements DiskFile {
  readonly path: string;
  /** For who holds the file. */
  readonly syncTarget = new SyncTarget((done) => this.#sync(done));
  readonly #fd: number;
  #size: number;
  #queued: QueuedWrite[] = [];
  #writing = false;
  /** Calls under way in the pool, and syncs that wait for their place. */
  #holds = 0;
  #closed = false;

  constructor(path: string, fullPath: string, flags: number) {
    this.path = path;
    try {
      this.#fd = openSync(fullPath, flags, 0o640);
    } catch (error) {
      throw diskError('open', path, error);
    }
    try {
      this.#size = fstatSync(this.#fd).size;
    } catch (error) {
      closeSync(this.#fd);
      throw diskError('stat', path, error);
    }
  }

  size(): Bytes {
    return Bytes(this.#size);
  }

  writeNow(chunks: readonly Uint8Array[], at: Bytes): void {
    this.#assertOpen();
    this.syncTarget.dirty = true;
    let rest = chunks;
    let position: number = at;
    try {
      while (rest.length > 0) {
        const [only] = rest;
        const written =
          rest.length === 1 && only !== undefined
            ? writeSync(this.#fd, only, 0, only.length, position)
            : writevSync(this.#fd, rest, position);
        position += written;
        rest = remainder(rest, written);
      }
    } catch (error) {
      this.#sizeFromSystem();
      throw diskError('write', this.path, error);
    }
    this.#grewTo(position, position - at);
  }

  write(chunks: readonly Uint8Array[], at: Bytes, done: Done): void {
    this.#assertOpen();
    this.#holds++;
    this.#queued.push({ chunks, at, done });
    if (!this.#writing) this.#nextWrite();
  }

  #nextWrite(): void {
    const next = this.#queued.shift();
    this.#writing = next !== undefined;
    if (next !== undefined) this.#writePart(next, next.chunks, next.at);
  }

  #writePart(whole: QueuedWrite, rest: readonly Uint8Array[], position: number): void {
    writev(this.#fd, rest, position, (cause, written) => {
      this.syncTarget.dirty = true;
      if (cause !== null) {
        this.#failWrites(whole, diskError('write', this.path, cause));
        return;
      }
      const end = position + written;
      this.#grewTo(end, written);
      let left: readonly Uint8Array[];
      try {
        left = remainder(rest, written);
      } catch (error) {
        this.#failWrites(whole, diskError('write', this.path, error));
        return;
      }
      if (left.length > 0) {
        this.#writePart(whole, left, end);
        return;
      }
      this.#nextWrite();
      this.letGo();
      whole.done();
    });
  }

  #failWrites(first: QueuedWrite, error: Error): void {
    this.#sizeFromSystem();
    const failed = [first, ...this.#queued];
    this.#queued = [];
    this.#writing = false;
    for (const { done } of failed) {
      this.letGo();
      done(error);
    }
  }

  readNow(into: Uint8Array, at: Bytes): number {
    this.#assertOpen();
    let filled = 0;
    try {
      while (filled < into.length) {
        const count = readSync(this.#fd, into, filled, into.length - filled, at + filled);
        if (count === 0) break;
        filled += count;
      }
    } catch (error) {
      throw diskError('read', this.path, error);
    }
    return filled;
  }

  read(into: Uint8Array, at: Bytes, done: (error: Error | undefined, bytesRead: number) => void): void {
    this.#assertOpen();
    this.#holds++;
    let filled = 0;
    const part = (): void => {
      read(this.#fd, into, filled, into.length - filled, at + filled, (cause, count) => {
        if (cause === null) {
          filled += count;
          if (count > 0 && filled < into.length) {
            part();
            return;
          }
        }
        this.letGo();
        if (cause === null) done(undefined, filled);
        else done(diskError('read', this.path, cause), filled);
      });
    };
    part();
  }

  truncate(size: Bytes): void {
    this.#assertOpen();
    this.syncTarget.dirty = true;
    try {
      ftruncateSync(this.#fd, size);
    } catch (error) {
      throw diskError('truncate', this.path, error);
    }
    this.#size = size;
  }

  close(): void {
    this.#assertOpen();
    this.#closed = true;
    if (this.#holds > 0) return;
    try {
      closeSync(this.#fd);
    } catch (error) {
      throw diskError('close', this.path, error);
    }
  }

  /** Keeps the descriptor through a sync, from the moment it is asked for. */
  hold(): void {
    this.#assertOpen();
    this.#holds++;
  }

  letGo(): void {
    this.#holds--;
    // Nobody waits for this close, and its syncs are over: an error here could no longer change what the disk holds.
    if (this.#closed && this.#holds === 0) close(this.#fd, () => {});
  }

  #sync(done: Done): void {
    fdatasync(this.#fd, (cause) => {
      if (cause === null) done();
      else done(syncError('sync', this.path, cause));
    });
  }

  #assertOpen(): void {
    assert(!this.#closed, `${this.path} is used after its close`);
  }

  /** Nothing written moves no end, wherever it was to go. */
  #grewTo(end: number, written: number): void {
    if (written > 0 && end > this.#size) this.#size = end;
  }

  /** After a failed write only the system knows how much of it went in. */
  #sizeFromSystem(): void {
    try {
      this.#size = fstatSync(this.#fd).size;
    } catch {
      // The error of the write is the one to report.
    }
  }
}

/** What is left of `chunks` when their first `written` bytes are gone. Empty chunks are dropped. */
function remainder(chunks: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let skipped = 0;
  let at = 0;
  for (; at < chunks.length; at++) {
    const length = chunks[at]?.length ?? 0;
    if (skipped + length > written) break;
    skipped += length;
  }
  if (at === chunks.length) return [];
  // A system that takes nothing and reports nothing would keep us here for ever.
  if (written === 0) throw new Error('the system wrote nothing of it');
  const left = chunks.slice(at);
  left[0] = (left[0] as Uint8Array).subarray(written - skipped);
  return left;
}
