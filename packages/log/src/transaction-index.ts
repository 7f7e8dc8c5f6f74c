/**
 * The aborted transactions whose marker lies in a segment: Kafka's `.txnindex`, version 0, 34 bytes an entry (version
 * int16; producer id, first offset, last offset, last stable offset int64). The file is made with the first entry;
 * most logs never get one.
 */
import { assert, Bytes, type Disk, Offset } from '@skerry/base';
import type { PooledFile } from './file-pool.ts';
import type { AbortedTransaction } from './producers.ts';
import { corrupt } from './scan.ts';

const entryBytes = 34;

export class TransactionIndex {
  readonly file: PooledFile;
  readonly #disk: Disk;
  #entries: AbortedTransaction[] | undefined;
  #filed = 0;
  /** The file was made shorter, or is longer than what counts. */
  #isStale = false;

  constructor(file: PooledFile, disk: Disk) {
    this.file = file;
    this.#disk = disk;
  }

  /** In the order of their markers. */
  get entries(): readonly AbortedTransaction[] {
    return this.#load();
  }

  get hasFile(): boolean {
    return this.#filed > 0 || this.file.isOpen;
  }

  /** Entries in the file. */
  get filed(): number {
    this.#load();
    return this.#filed;
  }

  /** Entries whose marker lies below `end`. */
  countBelow(end: Offset): number {
    return this.#load().findLastIndex((entry) => entry.lastOffset < end) + 1;
  }

  /** Whether a sync must cover it: it has entries that the file lacks, or the file has others. */
  get isDue(): boolean {
    return this.#isStale || this.unfiled > 0;
  }

  /** Takes note of a transaction; {@link fileNow} writes it. */
  append(entry: AbortedTransaction): void {
    const entries = this.#load();
    assert(entry.lastOffset > (entries.at(-1)?.lastOffset ?? -1), 'transactions end in the order of the log');
    entries.push(entry);
  }

  /** Entries that are not in the file. */
  get unfiled(): number {
    return (this.#entries?.length ?? 0) - this.#filed;
  }

  /** Writes what the file lacks. */
  fileNow(): void {
    const late = this.#load().slice(this.#filed);
    if (this.#isStale) this.#shorten();
    if (late.length === 0) return;
    const bytes = new Uint8Array(late.length * entryBytes);
    const view = new DataView(bytes.buffer);
    for (const [at, entry] of late.entries()) {
      const fields = [entry.producerId, entry.firstOffset, entry.lastOffset, entry.lastStableOffset];
      for (const [i, value] of fields.entries()) view.setBigInt64(at * entryBytes + 2 + i * 8, BigInt(value));
    }
    this.file.handle(true).writeNow([bytes], Bytes(this.#filed * entryBytes));
    this.#filed += late.length;
  }

  /** Forgets transactions whose marker lies at or beyond `end`. */
  cut(end: Offset): void {
    const entries = this.#load();
    entries.length = this.countBelow(end);
    if (this.#filed <= entries.length) return;
    this.#filed = entries.length;
    this.#shorten();
  }

  /** Believes the first `count` entries of the file alone: a crash may have left anything behind them. */
  keep(count: number): void {
    const entries = this.#load();
    if (entries.length < count) throw corrupt(this.file.path, entries.length * entryBytes, 'an entry was there');
    entries.length = count;
    this.#filed = count;
    this.#isStale = this.#disk.exists(this.file.path) && this.file.size() > count * entryBytes;
  }

  #shorten(): void {
    this.file.handle().truncate(Bytes(this.#filed * entryBytes));
    this.#isStale = false;
  }

  /** Says that there is no file: the segment is new. */
  startEmpty(): void {
    this.#entries = [];
    this.#filed = 0;
  }

  #load(): AbortedTransaction[] {
    if (this.#entries !== undefined) return this.#entries;
    const entries: AbortedTransaction[] = [];
    if (this.#disk.exists(this.file.path)) {
      const bytes = new Uint8Array(this.file.size());
      const count = this.file.readNow(bytes, Bytes(0));
      const view = new DataView(bytes.buffer);
      for (let at = 0; at + entryBytes <= count; at += entryBytes) {
        const entry = entryAt(view, at);
        // Anything out of order was never written by us: recovery makes the rest again.
        if (view.getInt16(at) !== 0 || entry.lastOffset <= (entries.at(-1)?.lastOffset ?? -1)) break;
        entries.push(entry);
      }
    }
    this.#entries = entries;
    this.#filed = entries.length;
    return entries;
  }
}

function entryAt(view: DataView, at: number): AbortedTransaction {
  const field = (i: number): number => Number(view.getBigInt64(at + 2 + i * 8));
  return {
    producerId: field(0),
    firstOffset: Offset(field(1)),
    lastOffset: Offset(field(2)),
    lastStableOffset: Offset(field(3)),
  };
}
