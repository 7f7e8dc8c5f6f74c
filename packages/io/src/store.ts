/**
 * The key-value table on LMDB.
 *
 * - A commit is one LMDB transaction at most, written by LMDB's own thread; commits of one turn share one. It is called
 *   back when the transaction is on the disk: without `overlappingSync` LMDB syncs the pages, then writes the root that
 *   points at them, then syncs that.
 * - Every value begins with the CRC-32C of key and value: LMDB has no checksums, and one flipped bit in its file is as
 *   likely to give a wrong value as an error.
 * - LMDB ends the process where its file is damaged, or cannot be opened: that is tried before.
 * - Where the disk is full, LMDB tells of each commit in lines of its own on the error output, so it is tried once a
 *   second at most until there is room again. Its map grows by itself.
 * - LMDB throws where it should call back (a closed table, a broken file): all of it becomes SKR_STORE_FAILED.
 */

import { mkdirSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { assert, crc32c, type Done, OperatingError, type Store, type StoreChange } from '@skerry/base';
import type { RootDatabase, RootDatabaseOptionsWithPath } from 'lmdb';
import { diskError } from './disk-errors.ts';
import { lmdbFault, tryLmdbFiles } from './lmdb-check.ts';
import { atEndOfTurn } from './turn.ts';

/** The longest key; LMDB itself allows 1,978 bytes with its pages of 4 KiB. */
const keyBytesMax = 1900;
const checksumBytes = 4;

/** Of the system and of LMDB, for want of space: ENOSPC, EDQUOT, EFBIG, MDB_MAP_FULL. */
const fullCodes: ReadonlySet<unknown> = new Set([28, 122, 27, -30792]);
/** Before LMDB tries again what a full disk kept from it. */
const fullPauseMs = 1000;

/** LMDB's, where the system's is no larger; the room that a change takes is counted in them. */
const pageBytes = 4096;

export interface LmdbStoreOptions {
  /**
   * What the live pages of the table may take on the disk. The file also holds free ones: it never shrinks, but fills
   * its gaps first.
   */
  readonly bytesMax?: number;
  /** For reading a table that is there: nothing is written but who reads, in `lock.mdb`, where that can be written. */
  readonly readOnly?: boolean;
}

/** Opens the table in the folder `path`; makes it if it is missing. */
export function lmdbStore(path: string, options: LmdbStoreOptions = {}): Store {
  const { bytesMax = 1024 * 1024 * 1024, readOnly = false } = options;
  try {
    if (!readOnly) mkdirSync(path, { recursive: true, mode: 0o750 });
    const fault = lmdbFault(join(path, 'data.mdb'));
    if (fault !== undefined) throw new Error(`data.mdb is damaged: ${fault}`);
    tryLmdbFiles(path, { readOnly });
    // Required when first wanted, as the CommonJS build: that is one file, and a start without a table does not pay for
    // it.
    // Our keys and values are bytes, so the encoder it brings along need not look for its addon.
    process.env['MSGPACKR_NATIVE_ACCELERATION_DISABLED'] ??= 'true';
    const { open } = createRequire(import.meta.url)('lmdb') as typeof import('lmdb');
    const settings: RootDatabaseOptionsWithPath & { safeRestore: boolean } = {
      path,
      readOnly,
      // Otherwise a dot in the folder's name makes it a file.
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      compression: false,
      // Address space only, and enough of it that the map need not move. LMDB takes more when it is used up, so the
      // bound is ours.
      mapSize: 2 * bytesMax,
      overlappingSync: false,
      safeRestore: true,
      // Its own gathering of a turn's writes makes a promise that nobody can handle, so a failed write would end the
      // process.
      eventTurnBatching: false,
    };
    return new LmdbStore(path, bytesMax, open(settings));
  } catch (error) {
    const told = diskError('open', path, error);
    throw told.code === 'SKR_DISK_FULL' ? told : storeError('open', path, error);
  }
}

class LmdbStore implements Store {
  readonly #path: string;
  readonly #bytesMax: number;
  readonly #table: RootDatabase<Uint8Array, Uint8Array>;
  /** How much may surely still be put, before the table is measured again. */
  #roomBytes = 0;
  /** So much found no room, and is not tried again before that. */
  #refused = { bytes: Infinity, untilMs: 0 };

  constructor(path: string, bytesMax: number, table: RootDatabase<Uint8Array, Uint8Array>) {
    this.#path = path;
    this.#bytesMax = bytesMax;
    this.#table = table;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    assertKey(key);
    let stored: Uint8Array | undefined;
    try {
      stored = this.#table.getBinary(key);
    } catch (error) {
      throw storeError('read', this.#path, error);
    }
    if (stored === undefined) return undefined;
    const value = checked(key, stored);
    if (value !== undefined) return value;
    throw new OperatingError(
      'SKR_DATA_CORRUPT',
      `${this.#path}: the value of key ${hex(key)} does not match its checksum`,
    );
  }

  *entries(from: Uint8Array, to: Uint8Array): Generator<readonly [Uint8Array, Uint8Array | undefined]> {
    if (Buffer.compare(from, to) >= 0) return;
    try {
      for (const { key, value } of this.#table.getRange({ start: from, end: to })) {
        yield [new Uint8Array(key), checked(key, value)];
      }
    } catch (error) {
      throw storeError('read', this.#path, error);
    }
  }

  commit(changes: readonly StoreChange[], done: Done): void {
    // All refusals first: half a batch cannot be taken back.
    for (const { key } of changes) assertKey(key);
    let written: PromiseLike<unknown> = Promise.resolve();
    const bytes = putBytes(changes);
    try {
      this.#takeRoom(bytes);
      this.#refuseAgain(bytes);
      if (changes.length > 0)
        written = this.#table.batch(() => {
          for (const { key, value } of changes) {
            if (value === undefined) void this.#table.remove(key);
            else void this.#table.put(key, sealed(key, value));
          }
        });
    } catch (error) {
      const failed = error instanceof OperatingError ? error : storeError('write', this.#path, error);
      atEndOfTurn(() => done(failed));
      return;
    }
    finish(written, (cause) => this.#writeError(bytes, cause), done);
  }

  /** A full disk has its own consequences, but LMDB says EIO when it could write only a part. */
  #writeError(bytes: number, cause: unknown): OperatingError {
    const isFull = fullCodes.has((cause as { readonly code?: unknown } | undefined)?.code);
    if (!isFull && diskBytes(this.#path) > bytes + spareBytes) return storeError('write', this.#path, cause);
    this.#refused = { bytes, untilMs: performance.now() + fullPauseMs };
    return diskFull(this.#path, cause);
  }

  close(done: Done): void {
    finish(this.#table.close(), (cause) => storeError('close', this.#path, cause), done);
  }

  /** Refuses what would take the table beyond its bound. A change that only removes is always taken: it makes room. */
  #takeRoom(bytes: number): void {
    if (bytes > this.#roomBytes) this.#roomBytes = this.#bytesMax - this.#liveBytes();
    if (bytes > 0 && bytes > this.#roomBytes)
      throw new OperatingError('SKR_DISK_FULL', `the table is full: ${this.#path}, ${this.#bytesMax} bytes`);
    this.#roomBytes -= bytes;
  }

  #refuseAgain(bytes: number): void {
    const { bytes: refused, untilMs } = this.#refused;
    if (bytes < refused || performance.now() >= untilMs || diskBytes(this.#path) > bytes + spareBytes) return;
    throw diskFull(this.#path);
  }

  #liveBytes(): number {
    const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = this.#table.getStats() as TableStats;
    return pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages);
  }
}

/** The value without its checksum, as plain bytes of the caller's own; undefined if they do not agree. */
function checked(key: Uint8Array, stored: Uint8Array): Uint8Array | undefined {
  if (stored.length < checksumBytes) return undefined;
  const value = new Uint8Array(stored.subarray(checksumBytes));
  return checksum(key, value) === readChecksum(stored) ? value : undefined;
}

interface TableStats {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/** What the puts may take at most: a page that splits leaves half of it empty, a large value has pages of its own. */
function putBytes(changes: readonly StoreChange[]): number {
  let bytes = 0;
  for (const { key, value } of changes) {
    if (value === undefined) continue;
    const pair = key.length + value.length;
    bytes += pair < pageBytes / 4 ? 2 * (pair + 32) : pair + 2 * pageBytes;
  }
  return bytes;
}

/** Calls back outside of the promise, so that what it throws ends the process like any other exception. */
function finish(work: PromiseLike<unknown>, describe: (cause: unknown) => Error, settled: Done): void {
  const fail = (cause: unknown): void => {
    const error = describe(cause);
    atEndOfTurn(() => settled(error));
  };
  work.then(
    () => atEndOfTurn(() => settled()),
    (cause: { readonly commitError?: Promise<never> } | undefined) => {
      // LMDB's reason comes in a second promise.
      if (cause?.commitError === undefined) fail(cause);
      else cause.commitError.then(fail, fail);
    },
  );
}

const spareBytes = 16 * pageBytes;

function diskBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

const diskFull = (path: string, cause?: unknown): OperatingError =>
  new OperatingError('SKR_DISK_FULL', `write ${path}: ${diskBytes(path)} bytes are left on the disk`, { cause });

function sealed(key: Uint8Array, value: Uint8Array): Uint8Array {
  const stored = new Uint8Array(checksumBytes + value.length);
  new DataView(stored.buffer).setUint32(0, checksum(key, value));
  stored.set(value, checksumBytes);
  return stored;
}

function checksum(key: Uint8Array, value: Uint8Array): number {
  return crc32c(value, 0, value.length, crc32c(key));
}

function readChecksum(stored: Uint8Array): number {
  return new DataView(stored.buffer, stored.byteOffset, checksumBytes).getUint32(0);
}

function assertKey(key: Uint8Array): void {
  assert(key.length > 0 && key.length <= keyBytesMax, `a key takes 1 to ${keyBytesMax} bytes`);
}

function hex(key: Uint8Array): string {
  return Buffer.from(key.subarray(0, 64)).toString('hex');
}

function storeError(what: string, path: string, cause: unknown): OperatingError {
  return new OperatingError(
    'SKR_STORE_FAILED',
    `${what} ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      cause,
    },
  );
}
