import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsResponseInput,
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';

type Asked = AlterPartitionReassignmentsRequest['topics'][number]['partitions'][number];
type Verdict = readonly [error: ErrorName, message: string | null];

/**
 * AlterPartitionReassignments, v0-v1: moves partitions to other nodes (KIP-455).
 *
 * - There is no other node: a partition that is to be here stays, and is done; any other place is
 *   INVALID_REPLICA_ASSIGNMENT. To call a move off (no replicas named) finds NO_REASSIGNMENT_IN_PROGRESS.
 * - Each partition gets its own answer, in the order asked. A request that gives no time is refused whole.
 */
export const alterPartitionReassignments: Handler<
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponseInput
> = {
  request: alterPartitionReassignmentsRequest,
  response: alterPartitionReassignmentsResponse,
  versions: [0, 1],

  handle(request, context, reply) {
    const { timeoutMs, topics } = request;
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    if (timeoutMs <= 0) return reply(this.refuse(request, 'REQUEST_TIMED_OUT', context.apiVersion));
    reply({
      allowReplicationFactorChange: request.allowReplicationFactorChange,
      // Where nothing was asked for, Kafka's own default is left in place.
      errorMessage: topics.length === 0 ? '' : null,
      responses: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((asked) => {
          const [error, errorMessage] = move(name, asked, context);
          return { partitionIndex: asked.partitionIndex, errorCode: errorCode(error), errorMessage };
        }),
      })),
    });
  },

  refuse: ({ topics, allowReplicationFactorChange }, error) => ({
    allowReplicationFactorChange,
    errorCode: errorCode(error),
    errorMessage: null,
    responses: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: errorCode(error),
        errorMessage: null,
      })),
    })),
  }),
};

function move(name: string, { partitionIndex, replicas }: Asked, { catalog, nodeId }: Context): Verdict {
  if (catalog.partition(name, partitionIndex) === undefined) {
    return ['UNKNOWN_TOPIC_OR_PARTITION', `There is no partition ${name}-${partitionIndex}.`];
  }
  if (replicas === null) return ['NO_REASSIGNMENT_IN_PROGRESS', null];
  if (replicas.length === 1 && replicas[0] === nodeId) return ['NONE', null];
  const message = `The replicas must be broker ${nodeId}, the only one; got [${replicas.join(', ')}].`;
  return ['INVALID_REPLICA_ASSIGNMENT', message];
}
