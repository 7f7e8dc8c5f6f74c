/**
 * The records in a fetch answer: whole batches, in order, perhaps begun before the offset asked for and cut short at
 * the end.
 */
import { type Compute, Offset, offsetAfter, ProtocolError } from '@skerry/base';
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
import type { Callback } from './callback.ts';
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
export function unpack(
  bytes: Uint8Array,
  from: Offset,
  aborted: readonly Aborted[],
  compute: Compute,
  done: Callback<Unpacked>,
): void {
  const found: DecodedRecord[] = [];
  const waiting = aborted.length > 1 ? [...aborted].sort((a, b) => a.firstOffset - b.firstOffset) : [...aborted];
  const open = new Set<number>();
  let next = from;
  const take = (at: number, plain?: Uint8Array): void => {
    for (const record of records(bytes, at, plain)) if (record.offset >= from) found.push(record);
  };
  const run = (start: number): void => {
    for (let at = start; isWhole(bytes, at); at += batchLength(bytes, at)) {
      const fault = checkBatch(bytes, at, bytes.length, compute, 'log');
      if (fault !== undefined) return done(corrupt(bytes, at, batchFaults[fault].text), undefined);
      while (waiting[0] !== undefined && waiting[0].firstOffset <= batchLastOffset(bytes, at)) {
        open.add((waiting.shift() as Aborted).producerId);
      }
      next = Offset(Math.max(next, offsetAfter(batchLastOffset(bytes, at), 1)));
      if (batchIsControl(bytes, at)) {
        if (controlRecord(bytes, at)?.kind === 'abort') open.delete(batchProducerId(bytes, at));
        continue;
      }
      const hidden = batchIsTransactional(bytes, at) && open.has(batchProducerId(bytes, at));
      if (hidden || batchLastOffset(bytes, at) < from) continue;
      if (batchCodec(bytes, at) === 0) take(at);
      else {
        decompressBatch(bytes, at, plainBytesMax, compute, (error, plain) => {
          if (plain === undefined) return done(error ?? corrupt(bytes, at, 'nothing was decompressed'), undefined);
          guard(() => {
            take(at, plain);
            run(at + batchLength(bytes, at));
          }, done);
        });
        return;
      }
    }
    done(undefined, { records: found, next });
  };
  guard(() => run(0), done);
}

/** Records that are not what their batch declares are the broker's fault, and told as such. */
function guard(run: () => void, done: Callback<never>): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    done(error, undefined);
  }
}

function corrupt(bytes: Uint8Array, at: number, why: string): KafkaError {
  return new KafkaError('CORRUPT_MESSAGE', `the batch at offset ${batchBaseOffset(bytes, at)}`, why);
}

function isWhole(bytes: Uint8Array, at: number): boolean {
  return bytes.length - at > batchOverheadBytes && batchLength(bytes, at) <= bytes.length - at;
}
