/**
 * The records in a fetch answer: whole batches, in order, perhaps begun before the offset asked for and cut short at
 * the end.
 */
import { type Compute, Offset, offsetAfter } from '@skerry/base';
import {
  batchBaseOffset,
  batchCodec,
  batchFaults,
  batchIsControl,
  batchIsTransactional,
  batchLastOffset,
  batchLength,
  batchOverheadBytes,
  batchProducerId,
  checkBatch,
  controlRecord,
  type DecodedRecord,
  decompressBatch,
  records,
} from '@skerry/wire';
import { KafkaError } from './errors.ts';

/** A transaction that was aborted: its records from `firstOffset` on, to the marker, are not to be seen. */
export interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface Unpacked {
  readonly records: DecodedRecord[];
  /** Where to read on. */
  readonly next: Offset;
}

const plainBytesMax = 512 * 1024 * 1024;

/** Unpacks what was fetched from `from` on. Keys and values are views of `bytes`, or of what was decompressed. */
export async function unpack(
  bytes: Uint8Array,
  from: Offset,
  aborted: readonly Aborted[],
  compute: Compute,
): Promise<Unpacked> {
  const found: DecodedRecord[] = [];
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<number>();
  let next = from;
  for (let at = 0; isWhole(bytes, at); at += batchLength(bytes, at)) {
    const fault = checkBatch(bytes, at, bytes.length, compute, 'log');
    if (fault !== undefined) {
      throw new KafkaError(
        'CORRUPT_MESSAGE',
        `the batch at offset ${batchBaseOffset(bytes, at)}`,
        batchFaults[fault].text,
      );
    }
    while (waiting[0] !== undefined && waiting[0].firstOffset <= batchLastOffset(bytes, at)) {
      open.add((waiting.shift() as Aborted).producerId);
    }
    const hidden = batchIsTransactional(bytes, at) && open.has(batchProducerId(bytes, at));
    if (batchIsControl(bytes, at)) {
      if (controlRecord(bytes, at)?.kind === 'abort') open.delete(batchProducerId(bytes, at));
    } else if (!hidden && batchLastOffset(bytes, at) >= from) {
      const plain = batchCodec(bytes, at) === 0 ? undefined : await decompressed(bytes, at, compute);
      for (const record of records(bytes, at, plain)) if (record.offset >= from) found.push(record);
    }
    next = Offset(Math.max(next, offsetAfter(batchLastOffset(bytes, at), 1)));
  }
  return { records: found, next };
}

function isWhole(bytes: Uint8Array, at: number): boolean {
  return bytes.length - at > batchOverheadBytes && batchLength(bytes, at) <= bytes.length - at;
}

function decompressed(bytes: Uint8Array, at: number, compute: Compute): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    decompressBatch(bytes, at, plainBytesMax, compute, (error, plain) => {
      if (plain === undefined) reject(error ?? new Error('nothing was decompressed'));
      else resolve(plain);
    });
  });
}
