/**
 * Records of a state log that were written within transactions, until these end: then each is what a record outside
 * would have been, or nothing (KIP-98).
 *
 * What is written outside a transaction later than such a record takes its key for good: the record must not come back
 * when its transaction commits. So it stays here, without its value, as long as that is open.
 */
import type { Offset, StoreChange } from '@skerry/base';
import type { RecordOwner, StateRecord } from './state-log.ts';

/** What the rows of pending records begin with; other rows begin with a record's type, which is never negative. */
const rowMark = 0xff;
/** The mark, the producer's id as a float64. */
const rowHeadBytes = 9;
/** The offset as a float64; and whether the record still counts. */
const valueHeadBytes = 9;

interface PendingRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
  readonly offset: Offset;
  /** Whether something newer has its key. */
  readonly isPast: boolean;
}

/** Who hears of keys that become pending for a producer, and cease to be. */
export interface PendingListener {
  pending(producerId: number, key: Uint8Array, isPending: boolean): void;
}

export class PendingRecords {
  readonly #listener: PendingListener;
  /** By producer, by key. */
  readonly #byProducer = new Map<number, Map<string, PendingRecord>>();

  constructor(listener: PendingListener) {
    this.#listener = listener;
  }

  /** Whether a row of the table is one of these; if so it is taken in. */
  restore(row: Uint8Array, value: Uint8Array): boolean {
    if (row[0] !== rowMark) return false;
    const head = new DataView(value.buffer, value.byteOffset, valueHeadBytes);
    const record: PendingRecord = {
      key: row.slice(rowHeadBytes),
      value: value.slice(valueHeadBytes),
      offset: head.getFloat64(0) as Offset,
      isPast: head.getUint8(8) === 1,
    };
    this.#set(new DataView(row.buffer, row.byteOffset, rowHeadBytes).getFloat64(1), record);
    return true;
  }

  /** A record was written within a transaction. */
  add({ key, value }: StateRecord, { producerId, offset }: RecordOwner): readonly StoreChange[] {
    if (key === null) return [];
    const record: PendingRecord = { key: key.slice(), value: value?.slice() ?? null, offset, isPast: false };
    this.#set(producerId, record);
    return [rowOf(producerId, record)];
  }

  /** A record with this key was written outside, or has come to count: what is pending from before `offset` is past. */
  overtake(key: Uint8Array, offset = Number.POSITIVE_INFINITY): readonly StoreChange[] {
    if (this.#byProducer.size === 0) return [];
    const text = textOf(key);
    const changes: StoreChange[] = [];
    for (const [producerId, records] of this.#byProducer) {
      const record = records.get(text);
      if (record === undefined || record.isPast || record.offset >= offset) continue;
      const past = { ...record, isPast: true };
      records.set(text, past);
      changes.push(rowOf(producerId, past));
    }
    return changes;
  }

  /** A transaction has ended: returns those of its records that count from now on, and the rows that go. */
  end(
    producerId: number,
    committed: boolean,
  ): { readonly counting: readonly (StateRecord & { readonly key: Uint8Array })[]; readonly changes: StoreChange[] } {
    const records = this.#byProducer.get(producerId);
    if (records === undefined) return { counting: [], changes: [] };
    this.#byProducer.delete(producerId);
    const changes: StoreChange[] = [];
    const counting: PendingRecord[] = [];
    for (const record of records.values()) {
      changes.push({ key: rowKey(producerId, record.key), value: undefined });
      this.#listener.pending(producerId, record.key, false);
      if (committed && !record.isPast) counting.push(record);
    }
    for (const { key, offset } of counting) changes.push(...this.overtake(key, offset));
    return { counting, changes };
  }

  #set(producerId: number, record: PendingRecord): void {
    let records = this.#byProducer.get(producerId);
    if (records === undefined) this.#byProducer.set(producerId, (records = new Map()));
    const text = textOf(record.key);
    if (!records.has(text)) this.#listener.pending(producerId, record.key, true);
    records.set(text, record);
  }
}

function rowOf(producerId: number, { key, value, offset, isPast }: PendingRecord): StoreChange {
  const bytes = new Uint8Array(valueHeadBytes + (value?.length ?? 0));
  const head = new DataView(bytes.buffer);
  head.setFloat64(0, offset);
  head.setUint8(8, isPast ? 1 : 0);
  bytes.set(value ?? [], valueHeadBytes);
  return { key: rowKey(producerId, key), value: bytes };
}

function rowKey(producerId: number, key: Uint8Array): Uint8Array {
  const row = new Uint8Array(rowHeadBytes + key.length);
  row[0] = rowMark;
  new DataView(row.buffer).setFloat64(1, producerId);
  row.set(key, rowHeadBytes);
  return row;
}

const textOf = (key: Uint8Array): string => String.fromCharCode(...key);
