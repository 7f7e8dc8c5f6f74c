/**
 * What a program asks of its disk and its store, written down in order, so that every state in which a power cut may
 * leave them can be built afterwards (test/crash-states).
 *
 * Each call is noted when it takes effect on what the program sees; a write through the pool and a commit are noted
 * when they begin, and again when they are called back. `mark` notes what the program told the world in between.
 */
import {
  assert,
  type Bytes,
  type DirtyFile,
  type Disk,
  type DiskFile,
  type Done,
  joined,
  type Store,
  type StoreChange,
} from '@skerry/base';

/** One call; `file` numbers the handles, and `call` what is called back. */
export type RecordedCall =
  | { readonly kind: 'open'; readonly path: string; readonly file: number; readonly created: boolean }
  | { readonly kind: 'makeFolder'; readonly path: string }
  | { readonly kind: 'write'; readonly file: number; readonly at: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'poolWrite';
      readonly call: number;
      readonly file: number;
      readonly at: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'truncate'; readonly file: number; readonly size: number }
  | { readonly kind: 'rename'; readonly source: string; readonly target: string }
  /** A folder's removal is that of each thing in it first: no file system does it at one go. */
  | { readonly kind: 'remove'; readonly path: string }
  | {
      readonly kind: 'commit';
      readonly call: number;
      readonly files: readonly { readonly file: number; readonly end: number }[];
    }
  | { readonly kind: 'commitFolder'; readonly call: number; readonly folder: string }
  | { readonly kind: 'storeCommit'; readonly call: number; readonly changes: readonly StoreChange[] }
  /** `bytesTaken`: of a write that failed. */
  | { readonly kind: 'done'; readonly call: number; readonly failed: boolean; readonly bytesTaken: number };

export type Recorded<Mark> = RecordedCall | { readonly kind: 'mark'; readonly mark: Mark };

export class Recording<Mark = unknown> {
  readonly events: Recorded<Mark>[] = [];
  #calls = 0;
  #files = 0;
  readonly #storeCalls = new Set<number>();

  mark(mark: Mark): void {
    this.events.push({ kind: 'mark', mark });
  }

  /**
   * The process was killed, and another takes its place. Commits of the store that it did not see end have failed: the
   * store that the next one is given must be one without them.
   */
  processKilled(): void {
    for (const call of this.#storeCalls) this.#storeDone(call, true);
  }

  #storeDone(call: number, failed: boolean): void {
    this.#storeCalls.delete(call);
    this.events.push({ kind: 'done', call, failed, bytesTaken: 0 });
  }

  /** `inner`, with all that is asked of it noted here. */
  disk(inner: Disk): Disk {
    return new RecordingDisk(inner, {
      add: (call) => this.events.push(call),
      nextCall: () => this.#calls++,
      nextFile: () => this.#files++,
    });
  }

  store(inner: Store): Store {
    return {
      get: (key) => inner.get(key),
      entries: (from, to) => inner.entries(from, to),
      close: (done) => inner.close(done),
      commit: (changes, done) => {
        const call = this.#calls++;
        const copied = changes.map(({ key, value }) => ({ key: key.slice(), value: value?.slice() }));
        this.events.push({ kind: 'storeCommit', call, changes: copied });
        this.#storeCalls.add(call);
        inner.commit(changes, (error) => {
          this.#storeDone(call, error !== undefined);
          done(error);
        });
      },
    };
  }
}

interface Notes {
  add(call: RecordedCall): void;
  nextCall(): number;
  nextFile(): number;
}

class RecordingDisk implements Disk {
  readonly #inner: Disk;
  readonly #notes: Notes;

  constructor(inner: Disk, notes: Notes) {
    this.#inner = inner;
    this.#notes = notes;
  }

  open(path: string, options: { readonly create: boolean }): DiskFile {
    const created = options.create && !this.#inner.exists(path);
    const opened = this.#inner.open(path, options);
    const file = this.#notes.nextFile();
    this.#notes.add({ kind: 'open', path, file, created });
    return new RecordingFile(opened, file, this.#notes);
  }

  exists(path: string): boolean {
    return this.#inner.exists(path);
  }

  sizeOf(path: string): Bytes {
    return this.#inner.sizeOf(path);
  }

  list(folder: string): readonly string[] {
    return this.#inner.list(folder);
  }

  makeFolder(path: string): void {
    this.#inner.makeFolder(path);
    this.#notes.add({ kind: 'makeFolder', path });
  }

  rename(source: string, target: string): void {
    this.#inner.rename(source, target);
    this.#notes.add({ kind: 'rename', source, target });
  }

  remove(path: string): void {
    const gone = this.#inner.exists(path) ? this.#allIn(path) : [];
    this.#inner.remove(path);
    for (const each of gone) this.#notes.add({ kind: 'remove', path: each });
  }

  #allIn(path: string): string[] {
    const isFolder = this.#isFolder(path);
    const below = isFolder ? this.#inner.list(path).flatMap((name) => this.#allIn(`${path}/${name}`)) : [];
    return [...below, path];
  }

  /** The door does not tell a file from an empty folder; a file cannot be listed. */
  #isFolder(path: string): boolean {
    try {
      this.#inner.list(path);
      return true;
    } catch {
      return false;
    }
  }

  commit(dirty: readonly DirtyFile[], done: Done): void {
    const call = this.#notes.nextCall();
    const inner: DirtyFile[] = [];
    const files = dirty.map(({ file, end }) => {
      assert(file instanceof RecordingFile, 'a disk commits its own files');
      inner.push({ file: file.inner, end });
      return { file: file.number, end };
    });
    this.#notes.add({ kind: 'commit', call, files });
    this.#inner.commit(inner, this.#ended(call, done));
  }

  commitFolder(folder: string, done: Done): void {
    const call = this.#notes.nextCall();
    this.#notes.add({ kind: 'commitFolder', call, folder });
    this.#inner.commitFolder(folder, this.#ended(call, done));
  }

  #ended(call: number, done: Done): Done {
    return (error) => {
      this.#notes.add({ kind: 'done', call, failed: error !== undefined, bytesTaken: 0 });
      done(error);
    };
  }

  freeBytes(): Bytes {
    return this.#inner.freeBytes();
  }

  totalBytes(): Bytes {
    return this.#inner.totalBytes();
  }
}

class RecordingFile implements DiskFile {
  readonly inner: DiskFile;
  readonly number: number;
  readonly #notes: Notes;

  constructor(inner: DiskFile, number: number, notes: Notes) {
    this.inner = inner;
    this.number = number;
    this.#notes = notes;
  }

  get path(): string {
    return this.inner.path;
  }

  size(): Bytes {
    return this.inner.size();
  }

  writeNow(chunks: readonly Uint8Array[], at: Bytes): void {
    const bytes = joined(chunks);
    try {
      this.inner.writeNow(chunks, at);
      this.#notes.add({ kind: 'write', file: this.number, at, bytes });
    } catch (error) {
      const taken = this.#taken(bytes, at);
      if (taken > 0) this.#notes.add({ kind: 'write', file: this.number, at, bytes: bytes.subarray(0, taken) });
      throw error;
    }
  }

  write(chunks: readonly Uint8Array[], at: Bytes, done: Done): void {
    const call = this.#notes.nextCall();
    const bytes = joined(chunks);
    this.#notes.add({ kind: 'poolWrite', call, file: this.number, at, bytes });
    this.inner.write(chunks, at, (error) => {
      const bytesTaken = error === undefined ? bytes.length : this.#taken(bytes, at);
      this.#notes.add({ kind: 'done', call, failed: error !== undefined, bytesTaken });
      done(error);
    });
  }

  /** How much of a write that failed got in: as many bytes as are there now. */
  #taken(bytes: Uint8Array, at: Bytes): number {
    const there = new Uint8Array(bytes.length);
    const count = this.inner.readNow(there, at);
    let same = 0;
    while (same < count && there[same] === bytes[same]) same++;
    return same;
  }

  readNow(into: Uint8Array, at: Bytes): number {
    return this.inner.readNow(into, at);
  }

  read(into: Uint8Array, at: Bytes, done: (error: Error | undefined, bytesRead: number) => void): void {
    this.inner.read(into, at, done);
  }

  truncate(size: Bytes): void {
    this.inner.truncate(size);
    this.#notes.add({ kind: 'truncate', file: this.number, size });
  }

  close(): void {
    this.inner.close();
  }
}
