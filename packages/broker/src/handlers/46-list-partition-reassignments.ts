import {
  errorCode,
  type ListPartitionReassignmentsRequest,
  type ListPartitionReassignmentsResponseInput,
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * ListPartitionReassignments, v0: which partitions are on their way to other nodes (KIP-455).
 *
 * There is no other node, so none ever is; what is asked for and not moving is left out, whether it exists or not.
 */
export const listPartitionReassignments: Handler<
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponseInput
> = {
  request: listPartitionReassignmentsRequest,
  response: listPartitionReassignmentsResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    if (context.allowed('describe', 'cluster', 'kafka-cluster')) reply({ errorMessage: null });
    else reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
