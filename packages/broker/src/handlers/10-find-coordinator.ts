import {
  type ErrorName,
  errorCode,
  errorName,
  type FindCoordinatorRequest,
  type FindCoordinatorResponseInput,
  findCoordinatorRequest,
  findCoordinatorResponse,
} from '@skerry/wire';
import { advertisedListener } from '../advertised.ts';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';

/** What a coordinator keeps, by the number in the request. */
const keyTypes = { group: 0, transaction: 1, share: 2 } as const;

/** Group, topic id and partition. */
const sharePartitionName = /^.+:[A-Za-z0-9_-]{22}:\d+$/s;

/**
 * FindCoordinator, v0-v6: which node keeps a group, or a transaction.
 *
 * - This node does, at the address by which the client reaches it. The first question makes `__consumer_offsets`,
 *   or `__transaction_state`.
 * - v4 asks for several keys at once (KIP-699).
 * - v6 asks for share partitions too, by `group:topicId:partition` (KIP-932): for the cluster's own nodes.
 */
export const findCoordinator: Handler<FindCoordinatorRequest, FindCoordinatorResponseInput> = {
  request: findCoordinatorRequest,
  response: findCoordinatorResponse,
  versions: [0, 6],

  handle(request, context, reply) {
    const { keyType } = request;
    const keys = context.apiVersion >= 4 ? request.coordinatorKeys : [request.key];
    if (keyType === keyTypes.share && context.apiVersion >= 4) return shareCoordinators(keys, context, reply);
    const known = keyType === keyTypes.group || keyType === keyTypes.transaction;
    if (!known) return reply(this.refuse(request, 'INVALID_REQUEST', context.apiVersion));
    const refusals = keys.map((key) => refusal(keyType, key, context));
    const answer = (failed?: ErrorName): void => {
      const found = keys.map((key, i) => coordinator(key, refusals[i] ?? failed, context));
      if (context.apiVersion >= 4) return reply({ coordinators: found });
      const { key: _key, ...only } = found[0] ?? { key: '', ...nobody('COORDINATOR_NOT_AVAILABLE') };
      // Up to v3 Kafka puts it in words too, even that there is no error.
      reply({ ...only, errorMessage: errorName(only.errorCode) });
    };
    if (!refusals.includes(undefined)) return answer();
    const logs = keyType === keyTypes.transaction ? context.transactionLogs : context.groupLogs;
    logs.ready((failed) => answer(failed && 'COORDINATOR_NOT_AVAILABLE'));
  },

  refuse: ({ coordinatorKeys }, error, version) =>
    version >= 4 ? { coordinators: coordinatorKeys.map((key) => ({ key, ...nobody(error) })) } : nobody(error),
};

function shareCoordinators(
  keys: readonly string[],
  context: Context,
  reply: (answer: FindCoordinatorResponseInput) => void,
): void {
  const isOn = context.apiVersion >= 6 && context.catalog.features.level('share.version') > 0;
  const refusals = keys.map((key): ErrorName | undefined => {
    if (!isOn || !sharePartitionName.test(key)) return 'INVALID_REQUEST';
    return context.allowed('clusterAction', 'cluster', 'kafka-cluster') ? undefined : 'CLUSTER_AUTHORIZATION_FAILED';
  });
  const answer = (failed?: ErrorName): void =>
    reply({ coordinators: keys.map((key, i) => coordinator(key, refusals[i] ?? failed, context)) });
  if (refusals.includes(undefined)) context.share.logs.ready((failed) => answer(failed && 'COORDINATOR_NOT_AVAILABLE'));
  else answer();
}

function refusal(keyType: number, key: string, context: Context): ErrorName | undefined {
  if (keyType === keyTypes.group) {
    return context.allowed('describe', 'group', key) ? undefined : 'GROUP_AUTHORIZATION_FAILED';
  }
  return context.allowed('describe', 'transactionalId', key) ? undefined : 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED';
}

function coordinator(key: string, error: ErrorName | undefined, context: Context) {
  if (error !== undefined) return { key, ...nobody(error), errorMessage: '' };
  return { key, errorCode: 0, errorMessage: '', nodeId: context.nodeId, ...advertisedListener(context) };
}

function nobody(error: ErrorName) {
  return { errorCode: errorCode(error), errorMessage: error, nodeId: -1, host: '', port: -1 };
}
