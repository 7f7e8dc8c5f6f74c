/**
 * The journal's files as bytes: batches, each made durable by one sync, that begin on a border of 4 KiB.
 *
 *   batch  = header (64 bytes), entries, zeros up to the next border
 *   header = magic, CRC, generation, oldest, sequence, previous, nonce, stamp, length of the entries, their count
 *   entry  = CRC, kind, length of the path, length of the data, index, stamp, position; path; data
 *
 * - No block that holds acknowledged bytes is ever written again before its generation is retired.
 * - `previous` is the sequence of the batch that was durable before this one was written: so a batch that is bad while
 *   a later one names another as its predecessor was damaged, not torn.
 * - `oldest` is the first generation whose entries still count: the batch's own, or the one before.
 * - An entry carries the stamp of its batch, used once: what an earlier use of the file left never passes for it.
 */
import type { Compute } from '@skerry/base';

export const blockBytes = 4096;
export const batchHeaderBytes = 64;
export const entryHeaderBytes = 32;

const magic = 0x6c6a6b53;

export interface BatchHeader {
  /** Of the file's contents: a file is written from its start once a generation. */
  readonly generation: number;
  readonly oldest: number;
  /** Grows with each batch that is written, over all generations. */
  readonly sequence: number;
  readonly previous: number;
  /** The journal's own, so that no client can send us bytes that look like a batch. */
  readonly nonce: number;
  readonly stamp: number;
  /** Of the entries. */
  readonly length: number;
  readonly count: number;
}

/** `data`: these bytes belong at `at`. `forget`: what earlier entries say of the path no longer counts. */
export type EntryKind = 'data' | 'forget';

const kinds: readonly EntryKind[] = ['data', 'forget'];

export interface EntryHeader {
  readonly kind: EntryKind;
  readonly pathLength: number;
  readonly dataLength: number;
  /** Which of its batch it is. */
  readonly index: number;
  readonly stamp: number;
  readonly at: number;
}

const view = (bytes: Uint8Array, at: number, length: number): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset + at, length);

export function writeBatchHeader(into: Uint8Array, header: BatchHeader, compute: Compute): void {
  const fields = view(into, 0, batchHeaderBytes);
  fields.setUint32(0, magic, true);
  fields.setUint32(8, header.generation, true);
  fields.setUint32(12, header.oldest, true);
  fields.setFloat64(16, header.sequence, true);
  fields.setFloat64(24, header.previous, true);
  fields.setFloat64(32, header.nonce, true);
  fields.setFloat64(40, header.stamp, true);
  fields.setUint32(48, header.length, true);
  fields.setUint32(52, header.count, true);
  fields.setFloat64(56, 0, true);
  fields.setUint32(4, compute.crc32c(into, 8, batchHeaderBytes), true);
}

/** The header at `at`, or undefined if there is none. */
export function readBatchHeader(bytes: Uint8Array, at: number, compute: Compute): BatchHeader | undefined {
  if (at + batchHeaderBytes > bytes.length) return undefined;
  const fields = view(bytes, at, batchHeaderBytes);
  if (fields.getUint32(0, true) !== magic) return undefined;
  if (fields.getUint32(4, true) !== compute.crc32c(bytes, at + 8, at + batchHeaderBytes)) return undefined;
  return {
    generation: fields.getUint32(8, true),
    oldest: fields.getUint32(12, true),
    sequence: fields.getFloat64(16, true),
    previous: fields.getFloat64(24, true),
    nonce: fields.getFloat64(32, true),
    stamp: fields.getFloat64(40, true),
    length: fields.getUint32(48, true),
    count: fields.getUint32(52, true),
  };
}

/** Writes the head of an entry whose path and data already stand behind it in `into`. */
export function writeEntryHeader(into: Uint8Array, at: number, entry: EntryHeader, compute: Compute): void {
  const fields = view(into, at, entryHeaderBytes);
  fields.setUint16(4, kinds.indexOf(entry.kind), true);
  fields.setUint16(6, entry.pathLength, true);
  fields.setUint32(8, entry.dataLength, true);
  fields.setUint32(12, entry.index, true);
  fields.setFloat64(16, entry.stamp, true);
  fields.setFloat64(24, entry.at, true);
  fields.setUint32(0, compute.crc32c(into, at + 4, at + entryLength(entry)), true);
}

/** The entry at `at` as its head states it, right or wrong; undefined if it does not lie within `bytes`. */
export function readEntryHeader(bytes: Uint8Array, at: number): EntryHeader | undefined {
  if (at + entryHeaderBytes > bytes.length) return undefined;
  const fields = view(bytes, at, entryHeaderBytes);
  const kind = kinds[fields.getUint16(4, true)];
  if (kind === undefined) return undefined;
  const entry = {
    kind,
    pathLength: fields.getUint16(6, true),
    dataLength: fields.getUint32(8, true),
    index: fields.getUint32(12, true),
    stamp: fields.getFloat64(16, true),
    at: fields.getFloat64(24, true),
  };
  return at + entryLength(entry) <= bytes.length ? entry : undefined;
}

export function entryIsWhole(bytes: Uint8Array, at: number, entry: EntryHeader, compute: Compute): boolean {
  const stated = view(bytes, at, entryHeaderBytes).getUint32(0, true);
  return stated === compute.crc32c(bytes, at + 4, at + entryLength(entry));
}

/** Bytes of an entry with its path and data. */
export function entryLength({ pathLength, dataLength }: Pick<EntryHeader, 'pathLength' | 'dataLength'>): number {
  return entryHeaderBytes + pathLength + dataLength;
}

/** `length` and what is missing to the next border. */
export function padded(length: number): number {
  return Math.ceil(length / blockBytes) * blockBytes;
}
