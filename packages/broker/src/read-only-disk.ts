/**
 * A disk on which nothing is written: what is changed through it is kept in memory, and forgotten at the end. So the
 * ordinary recovery can do its work (cut a torn write, mend an index) on a disk that must be left alone.
 *
 * Memory is bounded: beyond it the disk is full, which every part of the broker lives with. Folders are not renamed.
 */
import { assert, Bytes, type Clock, type Disk, type DiskFile, type Done, OperatingError } from '@skerry/base';

export interface ReadOnlyOptions {
  readonly clock: Clock;
  /** What changes may take in memory. */
  readonly bytesMax?: number;
}

const defaultBytesMax = 64 * 1024 * 1024;
const pageBytes = 4096;

export function readOnlyDisk(disk: Disk, { clock, bytesMax = defaultBytesMax }: ReadOnlyOptions): Disk {
  return new ReadOnlyDisk(disk, clock, bytesMax);
}

/** A file that was opened: what of the disk's file still shows, and what lies over it. */
interface Shadow {
  /** Where it is on the disk, if it is there at all. */
  readonly source: string | undefined;
  size: number;
  /** Bytes of the disk's file that count. */
  sourceBytes: number;
  readonly pages: Map<number, Uint8Array>;
}

class Room {
  readonly #bytesMax: number;
  #used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get left(): number {
    return this.#bytesMax - this.#used;
  }

  take(bytes: number, path: string): void {
    if (bytes > this.left)
      throw new OperatingError('SKR_DISK_FULL', `write ${path}: the node is read-only, and keeps no more in memory`);
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

class ReadOnlyDisk implements Disk {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #room: Room;
  readonly #shadows = new Map<string, Shadow>();
  readonly #folders = new Set<string>();
  /** Files and folders of the disk that do not show any more. */
  readonly #removed = new Set<string>();

  constructor(disk: Disk, clock: Clock, bytesMax: number) {
    this.#disk = disk;
    this.#clock = clock;
    this.#room = new Room(bytesMax);
  }

  open(path: string, { create }: { readonly create: boolean }): DiskFile {
    let shadow = this.#shadows.get(path);
    if (shadow === undefined && this.#isOnDisk(path)) {
      const file = this.#disk.open(path, { create: false });
      shadow = { source: path, size: file.size(), sourceBytes: file.size(), pages: new Map() };
      this.#shadows.set(path, shadow);
      return new ReadOnlyFile(path, shadow, file, this.#clock, this.#room);
    }
    if (shadow === undefined) {
      if (!create) return this.#disk.open(path, { create });
      shadow = { source: undefined, size: 0, sourceBytes: 0, pages: new Map() };
      this.#shadows.set(path, shadow);
    }
    const source = shadow.source === undefined ? undefined : this.#disk.open(shadow.source, { create: false });
    return new ReadOnlyFile(path, shadow, source, this.#clock, this.#room);
  }

  exists(path: string): boolean {
    return this.#shadows.has(path) || this.#folders.has(path) || this.#isOnDisk(path);
  }

  sizeOf(path: string): Bytes {
    const shadow = this.#shadows.get(path);
    if (shadow !== undefined) return Bytes(shadow.size);
    if (this.#isHidden(path)) throw new OperatingError('SKR_DISK_FAILED', `look for ${path}: it was removed`);
    return this.#disk.sizeOf(path);
  }

  list(folder: string): readonly string[] {
    const names = new Set<string>();
    const start = folder === '' ? '' : `${folder}/`;
    if (!this.#isHidden(folder)) {
      for (const name of this.#disk.list(folder)) if (!this.#isHidden(`${start}${name}`)) names.add(name);
    }
    for (const path of [...this.#shadows.keys(), ...this.#folders]) {
      if (path.startsWith(start) && path !== folder) names.add(path.slice(start.length).split('/')[0] ?? '');
    }
    return [...names].sort();
  }

  makeFolder(path: string): void {
    for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) this.#folders.add(path.slice(0, at));
  }

  rename(source: string, target: string): void {
    const shadow = this.#shadows.get(source) ?? this.#shadowOf(source);
    this.remove(source);
    this.remove(target);
    for (const page of shadow.pages.values()) this.#room.take(page.length, target);
    this.#shadows.set(target, shadow);
  }

  #shadowOf(path: string): Shadow {
    assert(!this.#folders.has(path), 'folders of a read-only disk are not renamed');
    const file = this.#disk.open(path, { create: false });
    const size = file.size();
    file.close();
    return { source: path, size, sourceBytes: size, pages: new Map() };
  }

  remove(path: string): void {
    for (const [below, shadow] of this.#shadows) {
      if (below !== path && !below.startsWith(`${path}/`)) continue;
      this.#room.give(shadow.pages.size * pageBytes);
      this.#shadows.delete(below);
    }
    for (const folder of this.#folders) {
      if (folder === path || folder.startsWith(`${path}/`)) this.#folders.delete(folder);
    }
    if (this.#disk.exists(path)) this.#removed.add(path);
  }

  commit(_dirty: readonly unknown[], done: Done): void {
    this.#clock.soon(() => done());
  }

  commitFolder(_folder: string, done: Done): void {
    this.#clock.soon(() => done());
  }

  freeBytes(): Bytes {
    return Bytes(this.#room.left);
  }

  totalBytes(): Bytes {
    return this.#disk.totalBytes();
  }

  #isOnDisk(path: string): boolean {
    return !this.#isHidden(path) && this.#disk.exists(path);
  }

  /** Whether it, or a folder above it, was removed. */
  #isHidden(path: string): boolean {
    for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (this.#removed.has(path.slice(0, at))) return true;
    }
    return false;
  }
}

class ReadOnlyFile implements DiskFile {
  readonly path: string;
  readonly #shadow: Shadow;
  readonly #source: DiskFile | undefined;
  readonly #clock: Clock;
  readonly #room: Room;

  constructor(path: string, shadow: Shadow, source: DiskFile | undefined, clock: Clock, room: Room) {
    this.path = path;
    this.#shadow = shadow;
    this.#source = source;
    this.#clock = clock;
    this.#room = room;
  }

  size(): Bytes {
    return Bytes(this.#shadow.size);
  }

  writeNow(chunks: readonly Uint8Array[], at: Bytes): void {
    let position: number = at;
    for (const chunk of chunks) {
      for (let from = 0; from < chunk.length; ) {
        const start = position % pageBytes;
        const count = Math.min(chunk.length - from, pageBytes - start);
        this.#page(position - start).set(chunk.subarray(from, from + count), start);
        from += count;
        position += count;
        this.#shadow.size = Math.max(this.#shadow.size, position);
      }
    }
  }

  write(chunks: readonly Uint8Array[], at: Bytes, done: Done): void {
    let failed: Error | undefined;
    try {
      this.writeNow(chunks, at);
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      failed = error;
    }
    this.#clock.soon(() => done(failed));
  }

  readNow(into: Uint8Array, at: Bytes): number {
    const { count, below } = this.#parts(into, at);
    if (below > 0) this.#source?.readNow(into.subarray(0, below), at);
    return this.#cover(into, at, count, below);
  }

  read(into: Uint8Array, at: Bytes, done: (error: Error | undefined, bytesRead: number) => void): void {
    const { count, below } = this.#parts(into, at);
    if (below === 0 || this.#source === undefined) {
      this.#clock.soon(() => done(undefined, this.#cover(into, at, count, 0)));
      return;
    }
    this.#source.read(into.subarray(0, below), at, (error) => {
      if (error === undefined) done(undefined, this.#cover(into, at, count, below));
      else done(error, 0);
    });
  }

  truncate(size: Bytes): void {
    const shadow = this.#shadow;
    shadow.size = size;
    shadow.sourceBytes = Math.min(shadow.sourceBytes, size);
    for (const [start, page] of shadow.pages) {
      if (start + pageBytes <= size) continue;
      if (start < size) page.fill(0, size - start);
      else {
        shadow.pages.delete(start);
        this.#room.give(pageBytes);
      }
    }
  }

  close(): void {
    this.#source?.close();
  }

  /** How many bytes there are to read, and how many of them the disk's file has. */
  #parts(into: Uint8Array, at: number): { readonly count: number; readonly below: number } {
    const { size, sourceBytes } = this.#shadow;
    const count = Math.max(0, Math.min(into.length, size - at));
    return { count, below: Math.max(0, Math.min(count, sourceBytes - at)) };
  }

  /** Lays over what was read what was written; between the two are zeros. */
  #cover(into: Uint8Array, at: number, count: number, below: number): number {
    into.fill(0, below, count);
    for (const [start, page] of this.#shadow.pages.size === 0 ? [] : this.#pagesIn(at, at + count)) {
      const from = Math.max(start, at);
      const to = Math.min(start + pageBytes, at + count);
      into.set(page.subarray(from - start, to - start), from - at);
    }
    return count;
  }

  *#pagesIn(from: number, to: number): Generator<readonly [number, Uint8Array]> {
    for (let start = from - (from % pageBytes); start < to; start += pageBytes) {
      const page = this.#shadow.pages.get(start);
      if (page !== undefined) yield [start, page];
    }
  }

  #page(start: number): Uint8Array {
    const known = this.#shadow.pages.get(start);
    if (known !== undefined) return known;
    this.#room.take(pageBytes, this.path);
    const page = new Uint8Array(pageBytes);
    const { below } = this.#parts(page, start);
    if (below > 0) this.#source?.readNow(page.subarray(0, below), Bytes(start));
    this.#shadow.pages.set(start, page);
    return page;
  }
}
