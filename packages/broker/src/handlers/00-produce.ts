import { Offset, type Uuid } from '@skerry/base';
import {
  batchFaults,
  batchIsTransactional,
  batchLength,
  batchMaxTimestamp,
  batchTimestampType,
  checkBatch,
  type ErrorName,
  errorCode,
  type ProduceRequest,
  type ProduceResponseInput,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import type { Acks, AppendResult, Partition } from '../partition.ts';
import { reshape } from '../reshape.ts';

interface Slot {
  index: number;
  errorCode: number;
  baseOffset: Offset;
  logAppendTimeMs: bigint;
  logStartOffset: Offset;
  errorMessage: string | null;
}

/**
 * Produce, v3-v13 (advertised from 0, KAFKA-18659): appends one record batch to each partition named.
 *
 * - Each partition gets its own answer: one bad batch does not spoil the rest.
 * - Refusals first; then CRC, format, size, the producer's sequence; then the append. A batch is stored as the producer made it, unless the
 *   topic asks for another compression or for log append time.
 * - acks=0 sends no answer; if one failed, the connection closes, which is how such a producer hears of it (Kafka's rule).
 * - Not done: transactional batches (INVALID_TXN_STATE).
 */
export const produce: Handler<ProduceRequest, ProduceResponseInput> = {
  request: produceRequest,
  response: produceResponse,
  versions: [3, 13],
  advertisedFrom: 0,
  overlap: true,

  handle(request, context, reply) {
    if (request.acks < -1 || request.acks > 1) return reply(refusal(request, 'INVALID_REQUIRED_ACKS'));
    const acks: Acks = request.acks === -1 ? 'committed' : 'written';
    let due = 1;
    let failed = false;
    const settle = (): void => {
      if (--due > 0) return;
      if (request.acks !== 0) return reply({ responses });
      reply(undefined);
      if (failed) context.client.disconnect('a produce with acks=0 failed');
    };
    const responses = request.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index, records }) => {
        const slot = emptySlot(index);
        due++;
        produceOne(
          context,
          { name, topicId, index, records, acks },
          (result, partition, message, appendTimeMs = -1) => {
            failed ||= result.error !== undefined;
            fill(slot, result, partition, message);
            if (appendTimeMs >= 0 && result.error === undefined) slot.logAppendTimeMs = BigInt(appendTimeMs);
            settle();
          },
        );
        return slot;
      }),
    }));
    settle();
  },

  refuse: refusal,
};

interface Asked {
  readonly name: string;
  readonly topicId: Uuid;
  readonly index: number;
  readonly records: Uint8Array | null;
  readonly acks: Acks;
}

type Done = (result: AppendResult, partition?: Partition, message?: string, appendTimeMs?: number) => void;

function produceOne(context: Context, asked: Asked, done: Done): void {
  const refuse = (error: ErrorName, message?: string): void => done({ error }, undefined, message);
  const byId = context.apiVersion >= 13;
  const topic = byId ? context.catalog.topicById(asked.topicId) : context.catalog.topic(asked.name);
  if (byId && topic === undefined) return refuse('UNKNOWN_TOPIC_ID');
  if (!context.allowed('write', 'topic', topic?.name ?? asked.name)) return refuse('TOPIC_AUTHORIZATION_FAILED');
  const partition = topic?.partitions[asked.index];
  if (topic === undefined || partition === undefined) return refuse('UNKNOWN_TOPIC_OR_PARTITION');
  if (topic.internal) return refuse('INVALID_TOPIC_EXCEPTION', `${topic.name} is written by the broker alone`);
  const { settings } = partition;
  if (asked.acks === 'committed' && settings.minInsyncReplicas > 1) return refuse('NOT_ENOUGH_REPLICAS');

  const batch = asked.records;
  if (batch === null || batch.length === 0) {
    return refuse('INVALID_RECORD', 'a Produce carries exactly one record batch a partition, here is none');
  }
  const fault = checkBatch(batch, 0, batch.length, context.compute, 'client');
  if (fault !== undefined) return refuse(batchFaults[fault].error, batchFaults[fault].text);
  if (batchLength(batch, 0) < batch.length) {
    return refuse('INVALID_RECORD', 'a Produce carries exactly one record batch a partition, here are more');
  }
  if (batch.length > settings.maxMessageBytes) {
    return refuse(
      'MESSAGE_TOO_LARGE',
      `a batch of ${batch.length} bytes, more than max.message.bytes=${settings.maxMessageBytes}`,
    );
  }
  if (batchIsTransactional(batch, 0)) return refuse('INVALID_TXN_STATE', 'transactions are not served yet');

  reshape(batch, settings, context, (error, shaped) => {
    if (error !== undefined || shaped === undefined) return refuse(error ?? 'CORRUPT_MESSAGE');
    const appendTimeMs = batchTimestampType(shaped, 0) === 'logAppendTime' ? batchMaxTimestamp(shaped, 0) : -1;
    partition.append(shaped, asked.acks, (result) => done(result, partition, undefined, appendTimeMs));
  });
}

const none = Offset(-1);

function emptySlot(index: number): Slot {
  return {
    index,
    errorCode: 0,
    baseOffset: none,
    logAppendTimeMs: -1n,
    logStartOffset: none,
    errorMessage: null,
  };
}

function fill(slot: Slot, result: AppendResult, partition: Partition | undefined, message: string | undefined): void {
  if (result.error !== undefined) {
    slot.errorCode = errorCode(result.error);
    slot.errorMessage = message ?? null;
  } else if (partition !== undefined) {
    slot.baseOffset = result.baseOffset;
    slot.logStartOffset = partition.log.logStartOffset;
  }
}

function refusal({ topicData }: ProduceRequest, error: ErrorName): ProduceResponseInput {
  const responses = topicData.map(({ name, topicId, partitionData }) => ({
    name,
    topicId,
    partitionResponses: partitionData.map(({ index }) => ({ ...emptySlot(index), errorCode: errorCode(error) })),
  }));
  return { responses };
}
