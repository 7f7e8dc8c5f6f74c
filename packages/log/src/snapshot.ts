/** Producers as bytes, for the store: see state.ts for the sum and version around them. */
import { assert, Offset } from '@skerry/base';
import type { EndedTransaction, ProducerBatch, ProducerState, ProducerStates } from './producers.ts';

const stateBytes = 8 + 2 + 4 + 8 + 8 + 1;
const batchBytes = 4 + 4 + 8 + 8 + 8;
const endedBytes = 16;

export function encodeSnapshot(producers: ProducerStates): Uint8Array {
  let bytes = 8 + producers.ended.length * endedBytes;
  for (const state of producers.all()) bytes += stateBytes + state.batches.length * batchBytes;
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint32(0, producers.ended.length);
  view.setUint32(4, producers.size);
  let at = 8;
  for (const { firstOffset, lastOffset } of producers.ended) {
    view.setFloat64(at, firstOffset);
    view.setFloat64(at + 8, lastOffset);
    at += endedBytes;
  }
  for (const state of producers.all()) at = writeState(view, at, state);
  assert(at === bytes, 'a snapshot is as long as foreseen');
  return new Uint8Array(view.buffer);
}

function writeState(view: DataView, start: number, state: ProducerState): number {
  let at = start;
  view.setFloat64(at, state.producerId);
  view.setInt16(at + 8, state.epoch);
  view.setInt32(at + 10, state.coordinatorEpoch);
  view.setFloat64(at + 14, state.transactionFirstOffset ?? -1);
  view.setFloat64(at + 22, state.lastTimestamp);
  view.setUint8(at + 30, state.batches.length);
  at += stateBytes;
  for (const batch of state.batches) {
    view.setInt32(at, batch.baseSequence);
    view.setInt32(at + 4, batch.lastSequence);
    view.setFloat64(at + 8, batch.baseOffset);
    view.setFloat64(at + 16, batch.lastOffset);
    view.setFloat64(at + 24, batch.timestamp);
    at += batchBytes;
  }
  return at;
}

/** What {@link encodeSnapshot} wrote; `heardMs` is now, since monotonic time begins anew with the process. */
export function decodeSnapshot(
  bytes: Uint8Array,
  heardMs: number,
): { readonly states: readonly ProducerState[]; readonly ended: readonly EndedTransaction[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ended: EndedTransaction[] = [];
  const states: ProducerState[] = [];
  let at = 8;
  for (let left = view.getUint32(0); left > 0; left--) {
    ended.push({ firstOffset: Offset(view.getFloat64(at)), lastOffset: Offset(view.getFloat64(at + 8)) });
    at += endedBytes;
  }
  for (let left = view.getUint32(4); left > 0; left--) {
    const first = view.getFloat64(at + 14);
    const count = view.getUint8(at + 30);
    states.push({
      producerId: view.getFloat64(at),
      epoch: view.getInt16(at + 8),
      coordinatorEpoch: view.getInt32(at + 10),
      transactionFirstOffset: first < 0 ? undefined : Offset(first),
      lastTimestamp: view.getFloat64(at + 22),
      batches: Array.from({ length: count }, (_, i) => readBatch(view, at + stateBytes + i * batchBytes)),
      heardMs,
    });
    at += stateBytes + count * batchBytes;
  }
  return { states, ended };
}

function readBatch(view: DataView, at: number): ProducerBatch {
  return {
    baseSequence: view.getInt32(at),
    lastSequence: view.getInt32(at + 4),
    baseOffset: Offset(view.getFloat64(at + 8)),
    lastOffset: Offset(view.getFloat64(at + 16)),
    timestamp: view.getFloat64(at + 24),
  };
}
