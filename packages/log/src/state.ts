/**
 * What a log keeps in the store, under a prefix that its owner chooses (`key` = prefix, then one byte, then what is
 * named here):
 *
 *   1                      the checkpoint: log start, recovery point, where that lies, and facts of that segment
 *   2                      the leader epochs
 *   3 · offset (uint64)    a snapshot of the producers as of that offset
 *   4 · base (uint64)      the retention clock at the last append to the closed segment that begins there
 *   5                      up to where the log is compacted
 *   6                      what was removed for want of room
 *
 * All of it says again what the segments say, or is forgotten without loss of a record. Each value ends with the
 * CRC-32C of key and value, and one that does not match counts as missing, as does one that the store itself finds
 * damaged: LMDB returns flipped bits without a word. Without a checkpoint the whole log is read, and starts where its
 * first segment does: records that were deleted below that segment's successor may come back, others not.
 * Retired kinds keep their number.
 */
import { Bytes, type Compute, newBytes, Offset, OperatingError, type Store, type StoreChange } from '@skerry/base';
import { type EpochRow, epochRow } from './epochs.ts';
import type { GivenUp } from './given-up.ts';
import type { TimedOffset } from './segment-index.ts';

const kinds = { checkpoint: 1, epochs: 2, snapshot: 3, appended: 4, cleaned: 5, givenUp: 6 } as const;
const formatVersion = 2;
/** Length of a checkpoint without its sum, and where its optional part begins. */
const checkpointBytes = 79;
const filedAt = 58;
const crcBytes = 4;

/** Entries of a segment's index files that are surely there. A torn write may have left what looks like more. */
export interface FiledEntries {
  /** Of the offset and the time index; −1 says that they must be made anew. */
  readonly offsets: number;
  readonly times: number;
  readonly aborted: number;
}

export interface Checkpoint {
  readonly logStartOffset: Offset;
  /** All below it was synced and whole when this was written. */
  readonly recoveryPoint: Offset;
  /** Base of the segment that ends at the recovery point, or holds it, and the position there. */
  readonly segmentBase: Offset;
  readonly position: Bytes;
  /** The newest time in that segment up to there, if any. */
  readonly newest: TimedOffset | undefined;
  /** The retention clock when that segment got its first batch. */
  readonly segmentOpenedMs: number;
  /** And when it got its last one up to there; −1 if that is not known. */
  readonly segmentAppendedMs?: number;
  /** How much of that segment's index files was synced with this; all of them is believed if it is not stated. */
  readonly filed?: FiledEntries | undefined;
  /** Set while all segments are being thrown away: at the next start none of them counts. */
  readonly wiping: boolean;
}

/** Nothing is known to be good yet: a start reads from `base` on. */
export const beginning = (base: Offset, logStartOffset: Offset): Checkpoint => ({
  logStartOffset,
  recoveryPoint: base,
  segmentBase: base,
  position: Bytes(0),
  newest: undefined,
  segmentOpenedMs: -1,
  wiping: false,
});

/** When the segment that it names got its first batch, if that is known. */
export const openedMs = ({ segmentOpenedMs = -1 }: Partial<Checkpoint> = {}): number | undefined =>
  segmentOpenedMs >= 0 ? segmentOpenedMs : undefined;

/** What a sum was made of last: many are made, and nobody keeps the bytes. */
let summed = new Uint8Array(1024);

export class LogState {
  readonly #store: Store;
  readonly #compute: Compute;
  readonly #prefix: Uint8Array;

  constructor(store: Store, compute: Compute, prefix: Uint8Array) {
    this.#store = store;
    this.#compute = compute;
    this.#prefix = prefix;
  }

  readCheckpoint(): Checkpoint | undefined {
    const view = this.#read(this.#key(kinds.checkpoint));
    if (view === undefined || view.byteLength !== checkpointBytes) return undefined;
    const timestamp = view.getFloat64(33);
    return {
      logStartOffset: Offset(view.getFloat64(1)),
      recoveryPoint: Offset(view.getFloat64(9)),
      segmentBase: Offset(view.getFloat64(17)),
      position: Bytes(view.getFloat64(25)),
      newest: timestamp < 0 ? undefined : { timestamp, offset: Offset(view.getFloat64(41)) },
      segmentOpenedMs: view.getFloat64(49),
      wiping: view.getUint8(57) === 1,
      segmentAppendedMs: view.getFloat64(filedAt + 13),
      filed:
        view.getUint8(filedAt) === 0
          ? undefined
          : {
              offsets: view.getInt32(filedAt + 1),
              times: view.getInt32(filedAt + 5),
              aborted: view.getInt32(filedAt + 9),
            },
    };
  }

  checkpoint(value: Checkpoint): StoreChange {
    const bytes = new Uint8Array(checkpointBytes + crcBytes);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, formatVersion);
    view.setFloat64(1, value.logStartOffset);
    view.setFloat64(9, value.recoveryPoint);
    view.setFloat64(17, value.segmentBase);
    view.setFloat64(25, value.position);
    view.setFloat64(33, value.newest?.timestamp ?? -1);
    view.setFloat64(41, value.newest?.offset ?? -1);
    view.setFloat64(49, value.segmentOpenedMs);
    view.setUint8(57, value.wiping ? 1 : 0);
    view.setFloat64(filedAt + 13, value.segmentAppendedMs ?? -1);
    if (value.filed !== undefined) {
      view.setUint8(filedAt, 1);
      view.setInt32(filedAt + 1, value.filed.offsets);
      view.setInt32(filedAt + 5, value.filed.times);
      view.setInt32(filedAt + 9, value.filed.aborted);
    }
    return this.#seal(this.#key(kinds.checkpoint), bytes);
  }

  readEpochs(): readonly EpochRow[] | undefined {
    const view = this.#read(this.#key(kinds.epochs));
    if (view === undefined) return undefined;
    const rows: EpochRow[] = [];
    for (let at = 1; at < view.byteLength; at += 12) rows.push(epochRow(view.getInt32(at), view.getFloat64(at + 4)));
    return rows;
  }

  epochs(rows: readonly EpochRow[]): StoreChange {
    const bytes = new Uint8Array(1 + rows.length * 12 + crcBytes);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, formatVersion);
    for (const [i, row] of rows.entries()) {
      view.setInt32(1 + i * 12, row.epoch);
      view.setFloat64(5 + i * 12, row.startOffset);
    }
    return this.#seal(this.#key(kinds.epochs), bytes);
  }

  /** The first offset that compaction has not looked at; 0 if that is not known. */
  readCleaned(): Offset {
    const view = this.#read(this.#key(kinds.cleaned));
    return Offset(view?.byteLength === 9 ? view.getFloat64(1) : 0);
  }

  cleaned(offset: Offset): StoreChange {
    const bytes = new Uint8Array(9 + crcBytes);
    bytes[0] = formatVersion;
    new DataView(bytes.buffer).setFloat64(1, offset);
    return this.#seal(this.#key(kinds.cleaned), bytes);
  }

  readGivenUp(): GivenUp | undefined {
    const view = this.#read(this.#key(kinds.givenUp));
    if (view?.byteLength !== 25) return undefined;
    return { offsets: view.getFloat64(1), bytes: view.getFloat64(9), below: Offset(view.getFloat64(17)) };
  }

  givenUp({ offsets, bytes: size, below }: GivenUp): StoreChange {
    const bytes = new Uint8Array(25 + crcBytes);
    bytes[0] = formatVersion;
    const view = new DataView(bytes.buffer);
    for (const [i, value] of [offsets, size, below].entries()) view.setFloat64(1 + 8 * i, value);
    return this.#seal(this.#key(kinds.givenUp), bytes);
  }

  /** Offsets of the snapshots at hand, ascending. */
  snapshotOffsets(): Offset[] {
    return this.#offsetsOf(kinds.snapshot);
  }

  #offsetsOf(kind: number): Offset[] {
    const found: Offset[] = [];
    for (const [key] of this.#entriesOf(kind)) found.push(this.#offsetIn(key));
    return found;
  }

  *#entriesOf(kind: number): Generator<readonly [Uint8Array, Uint8Array | undefined]> {
    for (const entry of this.#store.entries(this.#key(kind), this.#key(kind + 1))) {
      if (entry[0].length === this.#prefix.length + 9) yield entry;
    }
  }

  #offsetIn(key: Uint8Array): Offset {
    const at = this.#prefix.length + 1;
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    return Offset(view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4));
  }

  /** When closed segments got their last batch, by their bases. */
  readAppendedMs(): Map<Offset, number> {
    const found = new Map<Offset, number>();
    for (const [key, value] of this.#entriesOf(kinds.appended)) {
      const view = this.#checked(key, value);
      if (view?.byteLength === 9) found.set(this.#offsetIn(key), view.getFloat64(1));
    }
    return found;
  }

  appendedMs(base: Offset, value: number): StoreChange {
    const bytes = new Uint8Array(9 + crcBytes);
    bytes[0] = formatVersion;
    new DataView(bytes.buffer).setFloat64(1, value);
    return this.#seal(this.#offsetKey(kinds.appended, base), bytes);
  }

  withoutAppendedMs(base: Offset): StoreChange {
    return { key: this.#offsetKey(kinds.appended, base), value: undefined };
  }

  /** What {@link snapshot} was given, if it is there and whole. */
  readSnapshot(offset: Offset): Uint8Array | undefined {
    const view = this.#read(this.#snapshotKey(offset));
    return view === undefined ? undefined : new Uint8Array(view.buffer, view.byteOffset + 1, view.byteLength - 1);
  }

  snapshot(offset: Offset, producers: Uint8Array): StoreChange {
    const bytes = new Uint8Array(1 + producers.length + crcBytes);
    bytes[0] = formatVersion;
    bytes.set(producers, 1);
    return this.#seal(this.#snapshotKey(offset), bytes);
  }

  withoutSnapshot(offset: Offset): StoreChange {
    return { key: this.#snapshotKey(offset), value: undefined };
  }

  /** Everything of this log, to be removed with it. */
  withoutAll(): StoreChange[] {
    const keys = [
      this.#key(kinds.checkpoint),
      this.#key(kinds.epochs),
      this.#key(kinds.cleaned),
      this.#key(kinds.givenUp),
      ...this.snapshotOffsets().map((o) => this.#snapshotKey(o)),
      ...this.#offsetsOf(kinds.appended).map((o) => this.#offsetKey(kinds.appended, o)),
    ];
    return keys.map((key) => ({ key, value: undefined }));
  }

  #key(kind: number, moreBytes = 0) {
    const key = newBytes(this.#prefix.length + 1 + moreBytes);
    key.set(this.#prefix);
    key[this.#prefix.length] = kind;
    return key;
  }

  #snapshotKey(offset: Offset): Uint8Array {
    return this.#offsetKey(kinds.snapshot, offset);
  }

  #offsetKey(kind: number, offset: Offset): Uint8Array {
    const key = this.#key(kind, 8);
    const view = new DataView(key.buffer, key.byteOffset);
    view.setUint32(this.#prefix.length + 1, Math.floor(offset / 2 ** 32));
    view.setUint32(this.#prefix.length + 5, offset >>> 0);
    return key;
  }

  /** The key goes into the sum, so that a value found under another's key does not pass. */
  #crc(key: Uint8Array, value: Uint8Array): number {
    const end = key.length + value.length - crcBytes;
    if (summed.length < end) summed = new Uint8Array(2 * end);
    summed.set(key);
    summed.set(value.subarray(0, value.length - crcBytes), key.length);
    return this.#compute.crc32c(summed, 0, end);
  }

  #seal(key: Uint8Array, value: Uint8Array): StoreChange {
    new DataView(value.buffer).setUint32(value.length - crcBytes, this.#crc(key, value));
    return { key, value };
  }

  #stored(key: Uint8Array): Uint8Array | undefined {
    try {
      return this.#store.get(key);
    } catch (error) {
      if (error instanceof OperatingError && error.code === 'SKR_DATA_CORRUPT') return undefined;
      throw error;
    }
  }

  /** The value without its sum, or undefined if it is missing, of another version, or damaged. */
  #read(key: Uint8Array): DataView | undefined {
    return this.#checked(key, this.#stored(key));
  }

  #checked(key: Uint8Array, value: Uint8Array | undefined): DataView | undefined {
    if (value === undefined || value.length < 1 + crcBytes || value[0] !== formatVersion) return undefined;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    if (view.getUint32(value.length - crcBytes) !== this.#crc(key, value)) return undefined;
    return new DataView(value.buffer, value.byteOffset, value.byteLength - crcBytes);
  }
}
