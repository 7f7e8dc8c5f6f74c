import {
  type DescribeTransactionsRequest,
  type DescribeTransactionsResponseInput,
  describeTransactionsRequest,
  describeTransactionsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';

type Described = NonNullable<DescribeTransactionsResponseInput['transactionStates']>[number];

/**
 * DescribeTransactions, v0: how transactional ids stand, and which partitions are in their transactions (KIP-664); of
 * these, those that the client may see.
 */
export const describeTransactions: Handler<DescribeTransactionsRequest, DescribeTransactionsResponseInput> = {
  request: describeTransactionsRequest,
  response: describeTransactionsResponse,
  versions: [0, 0],

  handle({ transactionalIds }, context, reply) {
    reply({ transactionStates: transactionalIds.map((id) => describe(id, context)) });
  },

  refuse: ({ transactionalIds }, error) => ({ transactionStates: transactionalIds.map((id) => refused(id, error)) }),
};

function describe(transactionalId: string, context: Context): Described {
  if (!context.allowed('describe', 'transactionalId', transactionalId)) {
    return refused(transactionalId, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
  }
  if (transactionalId === '') return refused(transactionalId, 'INVALID_REQUEST');
  const state = context.transactions.describe(transactionalId);
  if (state === undefined) return refused(transactionalId, 'TRANSACTIONAL_ID_NOT_FOUND');
  if (typeof state === 'string') return refused(transactionalId, state);
  return {
    transactionalId,
    transactionState: state.status,
    transactionTimeoutMs: state.timeoutMs,
    transactionStartTimeMs: BigInt(state.startMs),
    producerId: BigInt(state.producerId),
    producerEpoch: state.epoch,
    topics: [...state.partitions]
      .filter(([topic]) => context.allowed('describe', 'topic', topic))
      .map(([topic, partitions]) => ({ topic, partitions: [...partitions] })),
  };
}

function refused(transactionalId: string, error: ErrorName): Described {
  return { transactionalId, errorCode: errorCode(error) };
}
