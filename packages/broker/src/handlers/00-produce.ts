import { Offset, type Uuid } from '@skerry/base';
import {
  batchBaseOffset,
  batchCodec,
  batchFaults,
  batchIsTransactional,
  batchLength,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchShapeFault,
  batchTimestampType,
  checkBatch,
  codecName,
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
import { type RecordFault, reshape } from '../reshape.ts';
import { entryRefusal } from '../transactions/told.ts';

interface Slot {
  index: number;
  errorCode: number;
  baseOffset: Offset;
  logAppendTimeMs: bigint;
  logStartOffset: Offset;
  recordErrors: readonly RecordFault[];
  errorMessage: string | null;
}

/**
 * Produce, v3-v13 (advertised from 0, KAFKA-18659): appends one record batch to each partition named.
 *
 * - Each partition gets its own answer: one bad batch does not spoil the rest.
 * - Refusals first; then CRC, format, size, the producer's sequence; then the append. A batch is stored as the
 *   producer made it, unless the topic asks for another compression or for log append time.
 * - Records that the topic refuses are told one by one (v8+, KIP-467), the first thousand of a batch.
 * - `min.insync.replicas` beyond the replicas that a partition has asks for all of them, as Kafka 4 has it: for one.
 * - acks=0 sends no answer; if one failed, the connection closes, which is how such a producer hears of it (Kafka's
 *   rule).
 * - A transactional batch is let in while its producer's transaction is open and has the partition. From v12 on the
 *   partition joins by that (KIP-890); before, it must have joined: INVALID_TXN_STATE, from v11 on
 *   TRANSACTION_ABORTABLE.
 */
export const produce: Handler<ProduceRequest, ProduceResponseInput> = {
  request: produceRequest,
  response: produceResponse,
  versions: [3, 13],
  advertisedFrom: 0,
  overlap: true,

  handle(request, context, reply) {
    if (request.acks < -1 || request.acks > 1) return reply(refusal(request, 'INVALID_REQUIRED_ACKS'));
    const { transactionalId: id } = request;
    const mayTransact = id !== null && context.allowed('write', 'transactionalId', id);
    if (!mayTransact && request.topicData.some(isTransactional)) {
      return reply(refusal(request, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'));
    }
    const acks: Acks = request.acks === -1 ? 'committed' : 'written';
    let due = 1;
    let failed = false;
    const settle = (): void => {
      if (--due > 0) return;
      context.meter?.produced(request.acks !== 0);
      const pauseMs = context.diskBudget.delayMs();
      if (request.acks !== 0) return reply({ responses }, pauseMs);
      reply(undefined, pauseMs);
      if (failed) context.client.disconnect('a produce with acks=0 failed');
    };
    const responses = onceEach(request.topicData).map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index, records }) => {
        const slot = emptySlot(index);
        due++;
        produceOne(
          context,
          { name, topicId, index, records, acks, transactionalId: id },
          (result, partition, refusal, appendTimeMs = -1) => {
            failed ||= result.error !== undefined;
            fill(slot, result, partition, refusal);
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
  readonly transactionalId: string | null;
}

type Done = (result: AppendResult, partition?: Partition, refusal?: Refusal, appendTimeMs?: number) => void;

interface Refusal {
  readonly error: ErrorName;
  readonly message?: string;
  readonly faults?: readonly RecordFault[];
  /** Found before the log was asked, so that the answer does not tell where it starts. */
  readonly early?: true;
}

type TopicData = ProduceRequest['topicData'];
type PartitionData = TopicData[number]['partitionData'];

/**
 * A partition named twice gets the last batch, and a topic without partitions is not answered: Kafka gathers both in a
 * map. Nothing is gathered for the one topic in order that most requests are.
 */
function onceEach(topics: TopicData): TopicData {
  const [first] = topics;
  if (topics.length === 1 && first !== undefined && isAscending(first.partitionData)) return topics;
  const byTopic = new Map<string, { topic: TopicData[number]; byIndex: Map<number, PartitionData[number]> }>();
  for (const topic of topics) {
    const key = topic.topicId + topic.name;
    const known = byTopic.get(key) ?? { topic, byIndex: new Map<number, PartitionData[number]>() };
    for (const one of topic.partitionData) known.byIndex.set(one.index, one);
    if (known.byIndex.size > 0) byTopic.set(key, known);
  }
  return [...byTopic.values()].map(({ topic, byIndex }) => ({ ...topic, partitionData: [...byIndex.values()] }));
}

function isAscending(partitions: PartitionData): boolean {
  for (let i = 1; i < partitions.length; i++) {
    if ((partitions[i]?.index ?? 0) <= (partitions[i - 1]?.index ?? 0)) return false;
  }
  return partitions.length > 0;
}

function produceOne(context: Context, asked: Asked, done: Done): void {
  const partition = find(context, asked);
  if ('error' in partition) return done(partition, undefined, partition);
  const batch = wholeBatches(asked.records);
  const refusal = batchRefusal(batch, partition, context);
  if (refusal !== undefined || batch === null) return done(refusal ?? nothing, partition, refusal ?? nothing);
  reshape(batch, partition.settings, context, (unfit, shaped) => {
    if (unfit !== undefined || shaped === undefined) return done(unfit ?? nothing, partition, unfit);
    const { segmentBytes } = partition.settings.log;
    if (shaped.length > segmentBytes) {
      const message = `a batch of ${shaped.length} bytes, more than a segment holds: segment.bytes=${segmentBytes}`;
      const large: Refusal = { error: 'RECORD_LIST_TOO_LARGE', message };
      return done(large, partition, large);
    }
    const message = context.diskBudget.refuses(shaped.length);
    if (message !== undefined) {
      const full: Refusal = { error: 'KAFKA_STORAGE_ERROR', message };
      return done(full, partition, full);
    }
    const appendTimeMs = batchTimestampType(shaped, 0) === 'logAppendTime' ? batchMaxTimestamp(shaped, 0) : -1;
    const append = (): void =>
      partition.append(shaped, asked.acks, (result) =>
        done(result, partition, undefined, result.duplicateOfMs ?? appendTimeMs),
      );
    if (asked.transactionalId === null || !batchIsTransactional(shaped, 0)) return append();
    enlist(context, asked.transactionalId, partition, shaped, (refused) =>
      refused === undefined ? append() : done(refused, partition, refused),
    );
  });
}

const isTransactional = ({ partitionData }: TopicData[number]): boolean =>
  partitionData.some(({ records }) => {
    if (records === null || batchShapeFault(records, 0, records.length) !== undefined) return false;
    return batchIsTransactional(records, 0);
  });

/** The versions from which a client knows TRANSACTION_ABORTABLE, and from which its partitions join by a batch. */
const [abortableFrom, joinsFrom] = [11, 12];

/** Calls back when the batch's transaction lets it into the partition, in that turn, or with why it does not. */
function enlist(
  { transactions, apiVersion }: Context,
  id: string,
  { topic, index }: Partition,
  batch: Uint8Array,
  done: (refused?: Refusal) => void,
): void {
  const claim = { producerId: batchProducerId(batch, 0), epoch: batchProducerEpoch(batch, 0) };
  const adds = apiVersion >= joinsFrom;
  transactions.enlist({ id, claim, topic, partition: index, adds }, (error) => {
    if (error === undefined) return done();
    const knows = { abortable: apiVersion >= abortableFrom, concurrent: adds };
    const told = entryRefusal(error, knows, 'NOT_ENOUGH_REPLICAS');
    done({ error: told, message: `the partition is not in the producer's transaction: ${error}`, early: true });
  });
}

/** The partition, or why this client may not append to it. */
function find(context: Context, { name, topicId, index }: Asked): Partition | Refusal {
  const byId = context.apiVersion >= 13;
  const topic = byId ? context.catalog.topicById(topicId) : context.catalog.topic(name);
  if (byId && topic === undefined) return { error: 'UNKNOWN_TOPIC_ID' };
  if (!context.allowed('write', 'topic', topic?.name ?? name)) return { error: 'TOPIC_AUTHORIZATION_FAILED' };
  if (context.readOnly !== undefined) return { error: 'KAFKA_STORAGE_ERROR', message: context.readOnly };
  const partition = topic?.partitions[index];
  if (topic === undefined || partition === undefined) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' };
  if (topic.internal) {
    return { error: 'INVALID_TOPIC_EXCEPTION', message: `${topic.name} is written by the broker alone` };
  }
  return partition;
}

const nothing: Refusal = {
  error: 'INVALID_RECORD',
  message: 'exactly one record batch a partition, here is none',
  early: true,
};

/** The bytes without a batch that is cut short at their end: Kafka overlooks it. */
function wholeBatches(records: Uint8Array | null): Uint8Array | null {
  if (records === null || batchShapeFault(records, 0, records.length) !== undefined) return records;
  const end = batchLength(records, 0);
  const cut = end < records.length && batchShapeFault(records, end, records.length) === 'cut';
  return cut ? records.subarray(0, end) : records;
}

/** Zstandard came with v7 (KIP-110): older clients of the topic may not know it. */
const zstdFrom = 7;

/** What is wrong with the bytes that are to be appended, if anything is. */
function batchRefusal(
  batch: Uint8Array | null,
  { settings }: Partition,
  { compute, apiVersion }: Context,
): Refusal | undefined {
  if (batch === null || batch.length === 0) return nothing;
  const fault = checkBatch(batch, 0, batch.length, compute, 'client');
  if (fault !== undefined) {
    const { error, text } = batchFaults[fault];
    return fault === 'cut' || fault === 'oldMagic' ? { error, message: text, early: true } : { error, message: text };
  }
  if (batchLength(batch, 0) < batch.length) {
    return { error: 'INVALID_RECORD', message: 'exactly one record batch a partition, here are more', early: true };
  }
  if (batchBaseOffset(batch, 0) !== 0) return { error: 'INVALID_RECORD', message: 'its base offset is not 0' };
  if (apiVersion < zstdFrom && codecName(batchCodec(batch, 0)) === 'zstd') {
    return { error: 'UNSUPPORTED_COMPRESSION_TYPE', message: `zstd wants Produce v${zstdFrom}`, early: true };
  }
  if (batch.length > settings.maxMessageBytes) {
    const message = `a batch of ${batch.length} bytes, more than max.message.bytes=${settings.maxMessageBytes}`;
    return { error: 'MESSAGE_TOO_LARGE', message };
  }
  return undefined;
}

const none = Offset(-1);

function emptySlot(index: number): Slot {
  return {
    index,
    errorCode: 0,
    baseOffset: none,
    logAppendTimeMs: -1n,
    logStartOffset: none,
    recordErrors: [],
    errorMessage: null,
  };
}

/** Refusals after which Kafka does not tell where the log starts. */
const untold: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'CORRUPT_MESSAGE',
  'KAFKA_STORAGE_ERROR',
  'MESSAGE_TOO_LARGE',
  'NOT_LEADER_OR_FOLLOWER',
  'RECORD_LIST_TOO_LARGE',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

function fill(slot: Slot, result: AppendResult, partition: Partition | undefined, refusal: Refusal | undefined): void {
  if (result.error !== undefined) {
    slot.errorCode = errorCode(result.error);
    slot.errorMessage = refusal?.message ?? null;
    slot.recordErrors = refusal?.faults ?? [];
    const told = refusal?.early !== true && !untold.has(result.error);
    if (told && partition?.refusal === undefined) slot.logStartOffset = partition?.log.logStartOffset ?? none;
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
