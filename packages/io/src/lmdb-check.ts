/**
 * Whether LMDB may open a folder. What goes wrong there ends the process with SIGSEGV or SIGBUS, and no error can be
 * caught, so it is tried beforehand, where it can be told:
 *
 * - It maps its file into memory and believes what it reads. Here the pages are read as plain data first: those of the
 *   newest transaction, from the root down. A few megabytes take a few milliseconds.
 * - If a file cannot be opened or written, its addon (lmdb 3.5.6) goes on with an environment that it has freed. Here
 *   the files are opened and given their first bytes before. What fails between that and LMDB's own turn, a
 *   millisecond later, still ends the process so; nothing is served by then.
 *
 * Format: LMDB's data version 2 (mdb.c: MDB_page, MDB_node, MDB_meta), little-endian, with page headers of 24 bytes:
 * page number and transaction (8 bytes each), padding, flags, then lower and upper end of the free space, or the number
 * of pages, (2 bytes each; 4). Positions within a page count from behind its header.
 */
import { closeSync, constants, fstatSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';

const headerBytes = 24;
const metaMagic = 0xbeefc0de;
const dataVersion = 2;
const pageKinds = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;
const nodeBytes = 8;
const nodeFlags = { overflow: 0x01 } as const;
const treeFlags = { integerKey: 0x0008, safeRestore: 0x0800 } as const;
const mapBytesMax = 2n ** 42n;
/** Of a tree without pages. */
const noPage = 2n ** 64n - 1n;
const depthMax = 32;
/** What LMDB takes at least for its table of readers, and for the first two pages of data. */
const firstBytes = 16 * 1024;
const mode = 0o664;

/** What is wrong with the file at `path`, in words; undefined where nothing is, or no file. */
export function lmdbFault(path: string): string | undefined {
  // The file is the machine's own: nobody else's order of bytes is met here.
  if (endianness() !== 'LE') return undefined;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const file = { fd, size: fstatSync(fd).size };
    // Made, and not written yet.
    if (file.size === 0) return undefined;
    new Check(file).run();
    return undefined;
  } catch (error) {
    if (error instanceof Damage) return error.message;
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Opens the files in `folder` as LMDB will, and makes sure of the room for what it writes first. */
export function tryLmdbFiles(folder: string, { readOnly }: { readonly readOnly: boolean }): void {
  const lock = join(folder, 'lock.mdb');
  const data = join(folder, 'data.mdb');
  tryOpening(data, readOnly ? constants.O_RDONLY : constants.O_RDWR | constants.O_CREAT);
  try {
    tryOpening(lock, constants.O_RDWR | constants.O_CREAT);
  } catch (error) {
    // Whoever only reads does without it where nobody can write.
    if (readOnly && ['EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
  // It is mapped, and written so: a full disk would be noticed by a signal.
  const { size, blocks } = statSync(lock);
  if (size === 0 || blocks === 0) writeFileSync(lock, new Uint8Array(firstBytes));
  if (readOnly || statSync(data).size > 0) return;
  const trial = `${data}.new`;
  try {
    writeFileSync(trial, new Uint8Array(firstBytes));
  } finally {
    rmSync(trial, { force: true });
  }
}

function tryOpening(path: string, flags: number): void {
  closeSync(openSync(path, flags, mode));
}

class Damage extends Error {}

/** `what` is put into words only where it is needed: there are many entries. */
function must(holds: boolean, what: string | (() => string)): asserts holds {
  if (!holds) throw new Damage(typeof what === 'string' ? what : what());
}

interface Tree {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  readonly root: bigint;
  readonly hasTextKeys: boolean;
}

interface Meta {
  readonly pageBytes: number;
  readonly trees: readonly Tree[];
  readonly lastPage: number;
  readonly transaction: bigint;
}

class Check {
  readonly #file: { readonly fd: number; readonly size: number };
  readonly #seen = new Set<number>();
  #pageBytes = 4096;
  #lastPage = 0;
  #transaction = 0n;
  #counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
  /** The key that came last, and the least that may come next. */
  #lastKey: Buffer | undefined;
  #leastKey: Buffer | undefined;

  constructor(file: { readonly fd: number; readonly size: number }) {
    this.#file = file;
  }

  run(): void {
    const first = this.#meta(0);
    this.#pageBytes = first.pageBytes;
    const second = this.#meta(1);
    must(second.pageBytes === first.pageBytes, 'its two heads disagree on the size of a page');
    const newest = second.transaction > first.transaction ? second : first;
    this.#lastPage = newest.lastPage;
    this.#transaction = newest.transaction;
    for (const tree of newest.trees) this.#tree(tree);
  }

  #meta(page: number): Meta {
    const bytes = this.#read(page * this.#pageBytes, headerBytes + 200);
    must((bytes.readUInt16LE(18) & pageKinds.meta) !== 0, () => `page ${page} is no head`);
    const at = headerBytes;
    must(bytes.readUInt32LE(at) === metaMagic, 'it is no file of LMDB');
    const version = bytes.readUInt32LE(at + 4);
    must((version & 0xffff) === dataVersion, () => `its format is ${version}, not ${dataVersion}`);
    const pageBytes = bytes.readUInt32LE(at + 24);
    must(
      pageBytes >= 512 && pageBytes <= 65536 && (pageBytes & (pageBytes - 1)) === 0,
      () => `pages of ${pageBytes} bytes`,
    );
    const [freeFlags, mainFlags] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 76)];
    const isOurs = (freeFlags | treeFlags.safeRestore) === (treeFlags.integerKey | treeFlags.safeRestore);
    must(isOurs && mainFlags === 0 && bytes.readUInt32LE(at + 72) === 0, 'its trees are of other kinds than ours');
    must(bytes.readBigUInt64LE(at + 16) <= mapBytesMax, 'it asks for more memory than there can be');
    const lastPage = bytes.readBigUInt64LE(at + 120);
    // The file may lack pages at its end that are free, but not most of them.
    const pagesMax = 2n * BigInt(Math.ceil(this.#file.size / pageBytes)) + 1024n;
    must(lastPage >= 1n && lastPage < pagesMax, () => `${lastPage} pages`);
    return {
      pageBytes,
      trees: [treeAt(bytes, at + 24, false), treeAt(bytes, at + 72, true)],
      lastPage: Number(lastPage),
      transaction: bytes.readBigUInt64LE(at + 128),
    };
  }

  #tree(tree: Tree): void {
    this.#counts = { branch: 0, leaf: 0, overflow: 0, entries: 0 };
    this.#lastKey = undefined;
    this.#leastKey = undefined;
    if (tree.root === noPage) {
      must(tree.entries === 0, 'a tree without pages has entries');
      return;
    }
    must(tree.depth > 0 && tree.depth <= depthMax, () => `a tree of depth ${tree.depth}`);
    this.#page(tree.root, tree.depth, tree.hasTextKeys);
    const { branch, leaf, overflow, entries } = this.#counts;
    must(entries === tree.entries, () => `${entries} entries where ${tree.entries} were written`);
    const isWhole = branch === tree.branchPages && leaf === tree.leafPages && overflow === tree.overflowPages;
    must(isWhole, 'a tree has other pages than were written');
  }

  #page(number: bigint, depth: number, hasTextKeys: boolean): void {
    const at = this.#position(number);
    const page = this.#read(at, this.#pageBytes);
    this.#header(page, number);
    const kind = depth === 1 ? pageKinds.leaf : pageKinds.branch;
    must(page.readUInt16LE(18) === kind, () => `page ${number} is of another kind than its place`);
    const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)];
    const room = this.#pageBytes - headerBytes;
    must(
      lower % 2 === 0 && lower <= upper && upper <= room,
      () => `page ${number} has free space from ${lower} to ${upper}`,
    );
    const count = lower / 2;
    must(count > (depth === 1 ? 0 : 1), () => `page ${number} has ${count} entries`);
    if (depth === 1) this.#counts.leaf++;
    else this.#counts.branch++;
    for (let i = 0; i < count; i++) {
      const start = page.readUInt16LE(headerBytes + 2 * i);
      const isInside = start >= upper && start + nodeBytes <= room;
      must(isInside, () => `page ${number} has an entry at ${start}`);
      const node = headerBytes + start;
      const keyBytes = page.readUInt16LE(node + 6);
      must(start + nodeBytes + keyBytes <= room, () => `page ${number} has a key of ${keyBytes} bytes`);
      const key = page.subarray(node + nodeBytes, node + nodeBytes + keyBytes);
      if (depth > 1) this.#branch(page, node, i === 0 ? undefined : key, depth, hasTextKeys);
      else this.#leaf(page, node, key, room - (start + nodeBytes + keyBytes), hasTextKeys);
    }
  }

  /** The first key of a branch is empty: it goes to whatever is less than the second. */
  #branch(page: Buffer, node: number, key: Buffer | undefined, depth: number, hasTextKeys: boolean): void {
    if (key !== undefined && hasTextKeys) {
      const isNext = this.#lastKey === undefined || Buffer.compare(this.#lastKey, key) < 0;
      must(isNext, 'the keys of a branch are out of order');
      this.#leastKey = key;
    }
    const below = BigInt(page.readUInt32LE(node)) + (BigInt(page.readUInt16LE(node + 4)) << 32n);
    this.#page(below, depth - 1, hasTextKeys);
  }

  #leaf(page: Buffer, node: number, key: Buffer, roomBytes: number, hasTextKeys: boolean): void {
    this.#counts.entries++;
    if (hasTextKeys) {
      const isNext = this.#lastKey === undefined || Buffer.compare(this.#lastKey, key) < 0;
      const isInside = this.#leastKey === undefined || Buffer.compare(this.#leastKey, key) <= 0;
      must(isNext && isInside, 'keys are out of order');
      this.#lastKey = key;
      this.#leastKey = undefined;
    }
    const valueBytes = page.readUInt32LE(node);
    const flags = page.readUInt16LE(node + 4);
    must(flags === 0 || flags === nodeFlags.overflow, () => `an entry of kind ${flags}`);
    if (flags === 0) must(valueBytes <= roomBytes, () => `a value of ${valueBytes} bytes in ${roomBytes}`);
    else {
      must(roomBytes >= 8, 'an entry without the page of its value');
      this.#overflow(page.readBigUInt64LE(node + nodeBytes + key.length), valueBytes);
    }
  }

  #overflow(number: bigint, valueBytes: number): void {
    const at = this.#position(number);
    const header = this.#read(at, headerBytes);
    const pages = Math.ceil((headerBytes + valueBytes) / this.#pageBytes);
    this.#header(header, number);
    must(header.readUInt16LE(18) === pageKinds.overflow, () => `page ${number} is of another kind than its place`);
    must(header.readUInt32LE(20) >= pages, () => `${header.readUInt32LE(20)} pages for a value of ${valueBytes} bytes`);
    this.#counts.overflow += header.readUInt32LE(20);
    for (let i = 1; i < pages; i++) this.#position(number + BigInt(i));
    must(at + headerBytes + valueBytes <= this.#file.size, () => `the file ends inside of page ${number}`);
  }

  /** A page of a later transaction would be taken for one that is being written. */
  #header(page: Buffer, number: bigint): void {
    must(page.readBigUInt64LE(0) === number, () => `page ${number} says that it is another`);
    must(page.readBigUInt64LE(8) <= this.#transaction, () => `page ${number} is of a transaction to come`);
  }

  /** Where a page is; each belongs to one place. */
  #position(number: bigint): number {
    must(number >= 2n && number <= BigInt(this.#lastPage), () => `page ${number} of ${this.#lastPage}`);
    const page = Number(number);
    must(!this.#seen.has(page), () => `page ${number} stands in two places`);
    this.#seen.add(page);
    return page * this.#pageBytes;
  }

  #read(at: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    must(readSync(this.#file.fd, bytes, 0, length, at) === length, () => `the file ends before byte ${at + length}`);
    return bytes;
  }
}

const uint64 = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

function treeAt(bytes: Buffer, at: number, hasTextKeys: boolean): Tree {
  return {
    depth: bytes.readUInt16LE(at + 6),
    branchPages: uint64(bytes, at + 8),
    leafPages: uint64(bytes, at + 16),
    overflowPages: uint64(bytes, at + 24),
    entries: uint64(bytes, at + 32),
    root: bytes.readBigUInt64LE(at + 40),
    hasTextKeys,
  };
}
