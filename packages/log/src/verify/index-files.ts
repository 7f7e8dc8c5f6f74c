/** The entries of Kafka's index files, as they stand: for who checks or shows them. Nothing in them is believed. */
import { Bytes, type Disk } from '@skerry/base';

export interface OffsetEntry {
  /** Last offset of the batch at `position`, less the segment's base. */
  readonly offset: number;
  readonly position: number;
}

export interface TimeEntry {
  readonly timestamp: number;
  /** Last offset of the batch with that time, less the segment's base. */
  readonly offset: number;
}

export interface AbortEntry {
  readonly version: number;
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly lastStableOffset: number;
}

export interface IndexContent<Entry> {
  readonly entries: readonly Entry[];
  /** Bytes behind the last whole entry. */
  readonly restBytes: number;
}

export const entryBytes = { index: 8, timeindex: 12, txnindex: 34 } as const;

export function offsetEntries(disk: Disk, path: string): IndexContent<OffsetEntry> | undefined {
  return read(disk, path, entryBytes.index, (view, at) => ({
    offset: view.getInt32(at),
    position: view.getInt32(at + 4),
  }));
}

export function timeEntries(disk: Disk, path: string): IndexContent<TimeEntry> | undefined {
  return read(disk, path, entryBytes.timeindex, (view, at) => ({
    timestamp: Number(view.getBigInt64(at)),
    offset: view.getInt32(at + 8),
  }));
}

export function abortEntries(disk: Disk, path: string): IndexContent<AbortEntry> | undefined {
  return read(disk, path, entryBytes.txnindex, (view, at) => ({
    version: view.getInt16(at),
    producerId: Number(view.getBigInt64(at + 2)),
    firstOffset: Number(view.getBigInt64(at + 10)),
    lastOffset: Number(view.getBigInt64(at + 18)),
    lastStableOffset: Number(view.getBigInt64(at + 26)),
  }));
}

function read<Entry>(
  disk: Disk,
  path: string,
  bytesEach: number,
  entryAt: (view: DataView, at: number) => Entry,
): IndexContent<Entry> | undefined {
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, { create: false });
  try {
    const bytes = new Uint8Array(file.size());
    const count = file.readNow(bytes, Bytes(0));
    const view = new DataView(bytes.buffer, 0, count);
    const entries: Entry[] = [];
    for (let at = 0; at + bytesEach <= count; at += bytesEach) entries.push(entryAt(view, at));
    return { entries, restBytes: count % bytesEach };
  } finally {
    file.close();
  }
}
