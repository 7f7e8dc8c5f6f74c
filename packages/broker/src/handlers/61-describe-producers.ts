import { Offset } from '@skerry/base';
import {
  type DescribeProducersRequest,
  type DescribeProducersResponseInput,
  describeProducersRequest,
  describeProducersResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import { topicNameFault } from '../topic-name.ts';

type Answer = NonNullable<NonNullable<DescribeProducersResponseInput['topics']>[number]['partitions']>[number];

/**
 * DescribeProducers, v0: who has written to a partition under a producer id, and whose transaction is open (KIP-664).
 *
 * A producer that has been idle for `producer.id.expiration.ms` is forgotten, and not told.
 */
export const describeProducers: Handler<DescribeProducersRequest, DescribeProducersResponseInput> = {
  request: describeProducersRequest,
  response: describeProducersResponse,
  versions: [0, 0],

  handle({ topics }, context, reply) {
    reply({
      topics: topics.map(({ name, partitionIndexes }) => {
        const refusal = topicRefusal(name, context);
        return {
          name,
          partitions: partitionIndexes.map((index) =>
            refusal === undefined ? answer(name, index, context) : refused(index, refusal.error, refusal.message),
          ),
        };
      }),
    });
  },

  refuse: ({ topics }, error) => ({
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((index) => refused(index, error, null)),
    })),
  }),
};

function topicRefusal(name: string, context: Context): { error: ErrorName; message: string | null } | undefined {
  const fault = topicNameFault(name);
  if (fault !== undefined) return { error: 'INVALID_TOPIC_EXCEPTION', message: `Topic name is invalid: ${fault}` };
  if (!context.allowed('read', 'topic', name)) return { error: 'TOPIC_AUTHORIZATION_FAILED', message: null };
  if (context.catalog.topic(name) !== undefined) return undefined;
  return { error: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'There is no such topic here.' };
}

function answer(name: string, partitionIndex: number, context: Context): Answer {
  const partition = context.catalog.partition(name, partitionIndex);
  if (partition === undefined) return refused(partitionIndex, 'UNKNOWN_TOPIC_OR_PARTITION', null);
  if (partition.refusal !== undefined) return refused(partitionIndex, partition.refusal, null);
  const { producers, settings } = partition.log;
  producers.expire(settings.producerIdExpirationMs);
  const activeProducers = [...producers.all()].map((state) => ({
    producerId: BigInt(state.producerId),
    producerEpoch: state.epoch,
    lastSequence: state.batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: BigInt(state.lastTimestamp),
    coordinatorEpoch: state.coordinatorEpoch,
    currentTxnStartOffset: state.transactionFirstOffset ?? Offset(-1),
  }));
  return { partitionIndex, activeProducers };
}

function refused(partitionIndex: number, error: ErrorName, errorMessage: string | null): Answer {
  return { partitionIndex, errorCode: errorCode(error), errorMessage };
}
