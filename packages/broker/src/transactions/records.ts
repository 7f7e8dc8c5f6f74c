/**
 * The records of `__transaction_state`, in Kafka's formats: version 0 of the value while transaction.version is 0, from
 * 1 on the flexible version 1, which has what KIP-890 needs (as KIP-915 foresaw, readers skip what they do not know).
 */
import { ProtocolError } from '@skerry/base';
import { codec, noProducerEpoch, Reader, transactionLogKey, transactionLogValue } from '@skerry/wire';
import { encodeRecord } from '../record-codec.ts';
import type { StateRecord } from '../state-log.ts';
import { type PartitionSet, statuses, type TransactionState } from './state.ts';

/** The record that says how an id stands, or that it is forgotten. */
export function transactionRecord(id: string, state: TransactionState | undefined, valueVersion: 0 | 1): StateRecord {
  const key = encodeRecord(transactionLogKey, 0, 0, { transactionalId: id });
  if (state === undefined) return { key, value: null };
  const { status, partitions } = state;
  const value = encodeRecord(transactionLogValue, valueVersion, valueVersion, {
    producerId: BigInt(state.producerId),
    producerEpoch: state.epoch,
    transactionTimeoutMs: state.timeoutMs,
    transactionStatus: statuses.indexOf(status),
    transactionPartitions:
      status === 'Empty' ? null : [...partitions].map(([topic, ids]) => ({ topic, partitionIds: [...ids] })),
    transactionLastUpdateTimestampMs: BigInt(state.updateMs),
    transactionStartTimestampMs: BigInt(state.startMs),
    ...(valueVersion === 0
      ? {}
      : {
          previousProducerId: BigInt(state.previousProducerId),
          nextProducerId: BigInt(state.nextProducerId),
          clientTransactionVersion: state.clientVersion,
        }),
  });
  return { key, value };
}

/** What a record says of which id; undefined for a kind of record that this broker does not know. */
export function readTransaction(
  key: Uint8Array,
  value: Uint8Array | null,
): { readonly id: string; readonly state: TransactionState | undefined } | undefined {
  const keyReader = new Reader(key);
  if (keyReader.int16() !== 0) return undefined;
  const { transactionalId: id } = codec(transactionLogKey, 0).read(keyReader);
  if (value === null) return { id, state: undefined };
  const reader = new Reader(value);
  const version = reader.int16();
  const { min, max } = transactionLogValue.versions;
  if (version < min || version > max) throw new ProtocolError(`a transaction of version ${version}`);
  const read = codec(transactionLogValue, version).read(reader);
  const status = statuses[read.transactionStatus];
  if (status === undefined) throw new ProtocolError(`a transaction of status ${read.transactionStatus}`);
  const partitions: PartitionSet = new Map(
    (read.transactionPartitions ?? []).map(({ topic, partitionIds }) => [topic, new Set(partitionIds)]),
  );
  const state: TransactionState = {
    status,
    producerId: Number(read.producerId),
    previousProducerId: Number(read.previousProducerId),
    nextProducerId: Number(read.nextProducerId),
    epoch: read.producerEpoch,
    lastEpoch: noProducerEpoch,
    timeoutMs: read.transactionTimeoutMs,
    partitions,
    startMs: Number(read.transactionStartTimestampMs),
    updateMs: Number(read.transactionLastUpdateTimestampMs),
    clientVersion: read.clientTransactionVersion,
  };
  return { id, state };
}
