/**
 * An open file of a {@link MemoryDisk}. Writes through the pool keep their order, and one that fails takes those behind
 * it with it.
 */
import { assert, Bytes, copyOf, type DiskFile, type Done, InvariantError, joined } from '@skerry/base';
import { type DiskOperation, type Fault, memoryDiskError } from './disk-faults.ts';
import type { FileInode } from './memory-inode.ts';

/** What a file may ask of its disk. */
export interface FileWorld {
  /** `size` is what it is about: bytes, or where the file is cut. */
  count(operation: DiskOperation, path: string, size: number): Fault | undefined;
  later(operation: DiskOperation, run: () => void): void;
  /** How many of `bytes` more there is space for. */
  roomFor(bytes: number): number;
  grew(bytes: number): void;
  /** A write ended within, for want of space. */
  cutShort(): void;
}

interface QueuedWrite {
  readonly chunks: readonly Uint8Array[];
  readonly at: number;
  readonly done: Done;
}

export class MemoryFile implements DiskFile {
  readonly path: string;
  readonly inode: FileInode;
  readonly #world: FileWorld;
  #queued: QueuedWrite[] = [];
  #closed = false;

  constructor(path: string, inode: FileInode, world: FileWorld) {
    this.path = path;
    this.inode = inode;
    this.#world = world;
  }

  size(): Bytes {
    return Bytes(this.inode.size);
  }

  writeNow(chunks: readonly Uint8Array[], at: Bytes): void {
    this.#assertOpen();
    const error = this.#put(chunks, at);
    if (error !== undefined) throw error;
  }

  write(chunks: readonly Uint8Array[], at: Bytes, done: Done): void {
    this.#assertOpen();
    if (this.#queued.push({ chunks, at, done }) === 1) this.#nextWrite();
  }

  #nextWrite(): void {
    this.#world.later('write', () => {
      const [next] = this.#queued;
      assert(next !== undefined, 'a write under way is the first of the queue');
      const error = this.#put(next.chunks, next.at);
      if (error !== undefined) {
        const failed = this.#queued;
        this.#queued = [];
        for (const { done } of failed) done(error);
        return;
      }
      this.#queued.shift();
      if (this.#queued.length > 0) this.#nextWrite();
      next.done();
    });
  }

  /** As much of `chunks` as the disk takes, and why not all. */
  #put(chunks: readonly Uint8Array[], at: number): Error | undefined {
    const [first] = chunks;
    const whole = chunks.length === 1 && first !== undefined ? copyOf(first) : joined(chunks);
    const fault = this.#world.count('write', this.path, whole.length);
    const { size } = this.inode;
    const growth = Math.max(at + whole.length - size, 0);
    // What lies within the file has its space already.
    const room = whole.length - growth + this.#world.roomFor(growth);
    const taken = Math.min(whole.length, room, fault?.bytesBefore ?? (fault === undefined ? Infinity : 0));
    this.#world.grew(Math.max(at + taken - size, 0));
    if (taken > 0) this.inode.write(at, taken === whole.length ? whole : whole.subarray(0, taken));
    if (fault === undefined && taken === whole.length) return undefined;
    if (fault === undefined && taken > 0) this.#world.cutShort();
    return memoryDiskError('write', this.path, fault?.code ?? 'ENOSPC');
  }

  readNow(into: Uint8Array, at: Bytes): number {
    this.#assertOpen();
    const fault = this.#world.count('read', this.path, into.length);
    if (fault !== undefined) throw memoryDiskError('read', this.path, fault.code);
    return this.inode.read(into, at);
  }

  read(into: Uint8Array, at: Bytes, done: (error: Error | undefined, bytesRead: number) => void): void {
    this.#assertOpen();
    this.#world.later('read', () => {
      const fault = this.#world.count('read', this.path, into.length);
      if (fault !== undefined) {
        done(memoryDiskError('read', this.path, fault.code), 0);
        return;
      }
      done(undefined, this.inode.read(into, at));
    });
  }

  truncate(size: Bytes): void {
    this.#assertOpen();
    const fault = this.#world.count('truncate', this.path, size);
    if (fault !== undefined) throw memoryDiskError('truncate', this.path, fault.code);
    this.#world.grew(size - this.size());
    this.inode.truncate(size);
  }

  close(): void {
    this.#assertOpen();
    this.#closed = true;
    this.inode.opens--;
  }

  #assertOpen(): void {
    if (this.#closed) throw new InvariantError(`${this.path} is used after its close`);
  }
}
