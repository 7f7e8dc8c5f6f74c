import {
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnResponseInput,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import type { PartitionSet } from '../transactions/state.ts';
import { fencedAs } from '../transactions/told.ts';

type Transaction = AddPartitionsToTxnRequest['transactions'][number];
type Told = (topic: string, partition: number) => ErrorName;
type Results = NonNullable<AddPartitionsToTxnResponseInput['resultsByTopicV3AndBelow']>;

/** From v4 on it is brokers that ask, for several transactions; before, one producer for its own. */
const batchedFrom = 4;

/**
 * AddPartitionsToTxn, v0-v5: partitions join a producer's transaction, which begins with the first (KIP-98).
 *
 * - Answered once that is in the log. All of a transaction's partitions join, or none: one that may not be written, or
 *   is not there, has its error, the others OPERATION_NOT_ATTEMPTED.
 * - v4 is for brokers (KIP-890), which may also only ask whether partitions have joined (`verifyOnly`); v5 knows
 *   TRANSACTION_ABORTABLE.
 */
export const addPartitionsToTxn: Handler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponseInput> = {
  request: addPartitionsToTxnRequest,
  response: addPartitionsToTxnResponse,
  versions: [0, 5],

  handle(request, context, reply) {
    const { apiVersion } = context;
    const isBatched = apiVersion >= batchedFrom;
    if (isBatched && !context.allowed('clusterAction', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', apiVersion));
    }
    const transactions = transactionsOf(request, apiVersion);
    const answers: Told[] = [];
    let due = transactions.length;
    const settle = (): void => {
      if (due > 0) return;
      reply(answer(apiVersion, transactions, (i, topic, partition) => answers[i]?.(topic, partition) ?? 'NONE'));
    };
    if (due === 0) return settle();
    transactions.forEach((transaction, i) => {
      addOne(transaction, context, (told) => {
        answers[i] = told;
        due--;
        settle();
      });
    });
  },

  refuse: (request, error, version) =>
    version >= batchedFrom
      ? { errorCode: errorCode(error) }
      : answer(version, transactionsOf(request, version), () => error),
};

function transactionsOf(request: AddPartitionsToTxnRequest, version: number): readonly Transaction[] {
  if (version >= batchedFrom) return request.transactions;
  const { v3AndBelowTransactionalId: transactionalId, v3AndBelowTopics: topics } = request;
  const [producerId, producerEpoch] = [request.v3AndBelowProducerId, request.v3AndBelowProducerEpoch];
  return [{ transactionalId, producerId, producerEpoch, verifyOnly: false, topics }];
}

function addOne(transaction: Transaction, context: Context, done: (told: Told) => void): void {
  const { transactionalId: id, topics } = transaction;
  const all = (error: ErrorName): void => done(() => error);
  if (!context.allowed('write', 'transactionalId', id)) return all('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
  const errors = new Map<string, ErrorName>();
  for (const { name, partitions } of topics) {
    for (const partition of partitions) {
      const error = refusal(name, partition, context);
      if (error !== undefined) errors.set(`${partition} ${name}`, error);
    }
  }
  if (errors.size > 0) return done((name, index) => errors.get(`${index} ${name}`) ?? 'OPERATION_NOT_ATTEMPTED');
  if (id === '') return all('INVALID_REQUEST');
  if (context.readOnly !== undefined) return all('KAFKA_STORAGE_ERROR');
  const claim = { producerId: Number(transaction.producerId), epoch: transaction.producerEpoch };
  if (transaction.verifyOnly) {
    return context.transactions.verify({ id, claim }, (refused) => done((name, i) => refused(name, i) ?? 'NONE'));
  }
  const clientVersion = context.apiVersion >= batchedFrom ? 2 : 0;
  context.transactions.add({ id, claim, partitions: partitionSet(topics), clientVersion }, all);
}

function refusal(name: string, partition: number, context: Context): ErrorName | undefined {
  if (context.apiVersion < batchedFrom && !context.allowed('write', 'topic', name)) return 'TOPIC_AUTHORIZATION_FAILED';
  return context.catalog.partition(name, partition) === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : undefined;
}

function partitionSet(topics: Transaction['topics']): PartitionSet {
  const set = new Map<string, Set<number>>();
  for (const { name, partitions } of topics) set.set(name, new Set([...(set.get(name) ?? []), ...partitions]));
  return set;
}

function answer(
  version: number,
  transactions: readonly Transaction[],
  told: (transaction: number, topic: string, partition: number) => ErrorName,
): AddPartitionsToTxnResponseInput {
  const results = transactions.map(({ transactionalId, topics }, i) => {
    const topicResults: Results = topics.map(({ name, partitions }) => ({
      name,
      resultsByPartition: partitions.map((partitionIndex) => {
        const error = fencedAs(told(i, name, partitionIndex), version < 2);
        return { partitionIndex, partitionErrorCode: errorCode(error) };
      }),
    }));
    return { transactionalId, topicResults };
  });
  if (version >= batchedFrom) return { resultsByTransaction: results };
  return { resultsByTopicV3AndBelow: results[0]?.topicResults ?? [] };
}
