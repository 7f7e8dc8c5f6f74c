/** A transactional producer's requests in a tester's words, over the wire to a simulated broker. */
import { Offset } from '@skerry/base';
import type { RawClient } from '@skerry/testkit';
import {
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  describeTransactionsRequest,
  describeTransactionsResponse,
  endTxnRequest,
  endTxnResponse,
  errorName,
  fetchRequest,
  fetchResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  produceRequest,
  produceResponse,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
} from '@skerry/wire';
import { batchOf, fetchOf, valuesIn } from './calls.ts';
import type { SimulatedNode } from './simulated-node.ts';

export interface Owner {
  readonly id: string;
  readonly producerId: bigint;
  readonly epoch: number;
}

/** Asks until the answer is not that something before is still under way. */
export function patiently<T>(node: SimulatedNode, ask: () => T, errorOf: (answer: T) => string): T {
  for (let tries = 0; ; tries++) {
    const answer = ask();
    if (errorOf(answer) !== 'CONCURRENT_TRANSACTIONS' || tries === 20) return answer;
    node.machineTime(20);
  }
}

export interface Begun extends Owner {
  readonly error: string;
}

export function init(
  client: RawClient,
  id: string,
  more: { timeoutMs?: number; as?: Owner; version?: number } = {},
): Begun {
  const { timeoutMs = 60_000, as, version = 5 } = more;
  const claim = as === undefined ? {} : { producerId: as.producerId, producerEpoch: as.epoch };
  const asked = { transactionalId: id, transactionTimeoutMs: timeoutMs, ...claim };
  const answer = client.ask(initProducerIdRequest, initProducerIdResponse, version, asked);
  return { id, error: errorName(answer.errorCode), producerId: answer.producerId, epoch: answer.producerEpoch };
}

/** The errors of partitions of one topic. */
export function add(
  client: RawClient,
  { id, producerId, epoch }: Owner,
  topic: string,
  partitions = [0],
  version = 3,
): string[] {
  const { resultsByTopicV3AndBelow: results } = client.ask(
    addPartitionsToTxnRequest,
    addPartitionsToTxnResponse,
    version,
    {
      v3AndBelowTransactionalId: id,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: epoch,
      v3AndBelowTopics: [{ name: topic, partitions }],
    },
  );
  return (results[0]?.resultsByPartition ?? []).map(({ partitionErrorCode }) => errorName(partitionErrorCode));
}

/** Writes within the transaction; the batch is the producer's `sequence`-th record. In v12 the partition joins. */
export function write(
  client: RawClient,
  { id, producerId, epoch }: Owner,
  topic: string,
  sequence: number,
  values: readonly string[],
  { version = 12, index = 0 } = {},
): string {
  const options = { producerId: Number(producerId), producerEpoch: epoch, baseSequence: sequence, transactional: true };
  const topicData = [{ name: topic, partitionData: [{ index, records: batchOf(values, options) }] }];
  const asked = { transactionalId: id, acks: -1, timeoutMs: 1000, topicData };
  const { responses } = client.ask(produceRequest, produceResponse, version, asked);
  return errorName(responses[0]?.partitionResponses[0]?.errorCode ?? -1);
}

export function end(client: RawClient, { id, producerId, epoch }: Owner, committed: boolean, version = 5): Begun {
  const asked = { transactionalId: id, producerId, producerEpoch: epoch, committed };
  const answer = client.ask(endTxnRequest, endTxnResponse, version, asked);
  return { id, error: errorName(answer.errorCode), producerId: answer.producerId, epoch: answer.producerEpoch };
}

export function addOffsets(client: RawClient, { id, producerId, epoch }: Owner, groupId: string): string {
  const asked = { transactionalId: id, producerId, producerEpoch: epoch, groupId };
  return errorName(client.ask(addOffsetsToTxnRequest, addOffsetsToTxnResponse, 3, asked).errorCode);
}

/** Commits an offset of t-0 within the transaction. In v5 the group joins. */
export function commitOffset(
  client: RawClient,
  { id, producerId, epoch }: Owner,
  groupId: string,
  offset: number,
  { version = 5, more = {} }: { version?: number; more?: object } = {},
): string {
  const { topics } = client.ask(txnOffsetCommitRequest, txnOffsetCommitResponse, version, {
    transactionalId: id,
    groupId,
    producerId,
    producerEpoch: epoch,
    topics: [
      { name: 't', partitions: [{ partitionIndex: 0, committedOffset: Offset(offset), committedMetadata: '' }] },
    ],
    ...more,
  });
  return errorName(topics[0]?.partitions[0]?.errorCode ?? -1);
}

/** What a group has committed of t-0: its offset, or an error. */
export function committed(client: RawClient, groupId: string, requireStable = false): number | string {
  const asked = { groups: [{ groupId, topics: [{ name: 't', partitionIndexes: [0] }] }], requireStable };
  const { groups } = client.ask(offsetFetchRequest, offsetFetchResponse, 9, asked);
  const partition = groups[0]?.topics[0]?.partitions[0];
  const error = errorName(partition?.errorCode ?? groups[0]?.errorCode ?? -1);
  return error === 'NONE' ? (partition?.committedOffset ?? -2) : error;
}

/** What a reader of committed records is given from an offset on, and which transactions it is told to skip. */
export function readCommitted(client: RawClient, topic: string, offset = 0) {
  const asked = fetchOf(topic, offset, { isolationLevel: 1, maxWaitMs: 0 });
  const { responses } = client.ask(fetchRequest, fetchResponse, 12, asked);
  const partition = responses[0]?.partitions[0];
  return {
    values: valuesIn(partition?.records ?? new Uint8Array(0)).filter((value) => !value.startsWith('\0')),
    aborted: (partition?.abortedTransactions ?? []).map(({ producerId, firstOffset }) => [producerId, firstOffset]),
    stable: partition?.lastStableOffset ?? -1,
    end: partition?.highWatermark ?? -1,
  };
}

/** How an id stands. */
export function standing(client: RawClient, id: string): string {
  const asked = { transactionalIds: [id] };
  const [state] = client.ask(describeTransactionsRequest, describeTransactionsResponse, 0, asked).transactionStates;
  if (state === undefined || state.errorCode !== 0) return errorName(state?.errorCode ?? -1);
  const partitions = state.topics.flatMap(({ topic, partitions: indexes }) =>
    indexes.map((index) => `${topic}-${index}`),
  );
  return [state.transactionState, `${state.producerId}/${state.producerEpoch}`, ...partitions].join(' ');
}
