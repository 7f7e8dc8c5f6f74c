import { Bytes, type DiskFile, type Done } from '@skerry/base';

/** What of a file is written and not known to be durable. */
export class FileState {
  /** Its name and all but the range below are durable, in its place or by the journal. */
  isEstablished = false;
  /** The least length it was cut to since; Infinity if it was not. */
  cutTo = Number.POSITIVE_INFINITY;
  /** All that was written since lies in here. */
  from = Number.POSITIVE_INFINITY;
  to = 0;
  /** Syncs of the file itself that are under way. */
  directs = 0;
  /** Those of them that change what the journal holds too. */
  staleDirects = 0;
  /** The stamp of the journal's batch that the last of its bytes went to. */
  stamp = 0;

  get isDirty(): boolean {
    return this.from < this.to || this.cutTo < Number.POSITIVE_INFINITY;
  }

  /** Whether a replay that may write below `liveEnd` would undo what is not durable yet. */
  isStale(liveEnd: number): boolean {
    return liveEnd === Number.POSITIVE_INFINITY || Math.min(this.from, this.cutTo) < liveEnd;
  }

  wrote(from: number, to: number): void {
    if (from >= to) return;
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
  }

  cut(size: number): void {
    this.cutTo = Math.min(this.cutTo, size);
    this.#keep(this.from, Math.min(this.to, size));
  }

  /** All below `end`, and any cut, is about to be durable. */
  committed(end: number): void {
    this.cutTo = Number.POSITIVE_INFINITY;
    this.#keep(Math.max(this.from, end), this.to);
  }

  #keep(from: number, to: number): void {
    const some = from < to;
    this.from = some ? from : Number.POSITIVE_INFINITY;
    this.to = some ? to : 0;
  }
}

/** A file that remembers what was written to it. */
export class JournaledFile implements DiskFile {
  readonly path: string;
  readonly inner: DiskFile;
  readonly #state: () => FileState;
  /** Where the writes in the pool will end. */
  #queuedEnd = 0;

  constructor(inner: DiskFile, state: () => FileState) {
    this.path = inner.path;
    this.inner = inner;
    this.#state = state;
  }

  size(): Bytes {
    return this.inner.size();
  }

  writeNow(chunks: readonly Uint8Array[], at: Bytes): void {
    const sizeBefore = this.inner.size();
    try {
      this.inner.writeNow(chunks, at);
    } finally {
      // Also what failed may have gone in, in part.
      this.#wrote(at, at + lengthOf(chunks), sizeBefore);
    }
  }

  write(chunks: readonly Uint8Array[], at: Bytes, done: Done): void {
    const sizeBefore = Math.max(this.inner.size(), this.#queuedEnd);
    const end = at + lengthOf(chunks);
    this.#queuedEnd = Math.max(sizeBefore, end);
    this.inner.write(chunks, at, (error) => {
      if (error !== undefined) this.#queuedEnd = 0;
      this.#wrote(at, end, sizeBefore);
      done(error);
    });
  }

  readNow(into: Uint8Array, at: Bytes): number {
    return this.inner.readNow(into, at);
  }

  read(into: Uint8Array, at: Bytes, done: (error: Error | undefined, bytesRead: number) => void): void {
    this.inner.read(into, at, done);
  }

  truncate(size: Bytes): void {
    const sizeBefore = this.inner.size();
    this.inner.truncate(size);
    this.#queuedEnd = 0;
    if (size < sizeBefore) this.#state().cut(size);
    else this.#state().wrote(sizeBefore, size);
  }

  close(): void {
    this.inner.close();
  }

  /** A gap between the old end and `from` is as new as what was written. */
  #wrote(from: number, to: number, sizeBefore: number): void {
    if (from < to) this.#state().wrote(Math.min(from, sizeBefore), Math.min(to, this.inner.size()));
  }
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}
