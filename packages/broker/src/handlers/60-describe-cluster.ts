import {
  type DescribeClusterRequest,
  type DescribeClusterResponseInput,
  describeClusterRequest,
  describeClusterResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import { advertisedListener } from '../advertised.ts';
import { authorisedOperations } from '../authorised-operations.ts';
import type { Handler } from '../handler.ts';

/** What a client believes to have reached (KIP-919). */
const endpoints = { brokers: 1, controllers: 2 } as const;

/**
 * DescribeCluster, v0-v2: the nodes, without topics (KIP-700).
 *
 * - The node's address is the one by which this client reached us, as in Metadata.
 * - This is a broker's endpoint: who wants a controller's is told so.
 */
export const describeCluster: Handler<DescribeClusterRequest, DescribeClusterResponseInput> = {
  request: describeClusterRequest,
  response: describeClusterResponse,
  versions: [0, 2],

  handle({ endpointType, includeClusterAuthorizedOperations }, context, reply) {
    if (endpointType === endpoints.controllers) {
      return reply(refused('MISMATCHED_ENDPOINT_TYPE', 'This listener is a broker’s, not a controller’s.'));
    }
    if (endpointType !== endpoints.brokers) {
      return reply(refused('UNSUPPORTED_ENDPOINT_TYPE', `There are no endpoints of type ${endpointType}.`));
    }
    const { nodeId, clusterId, settings } = context;
    const mayKnow = includeClusterAuthorizedOperations && context.allowed('describe', 'cluster', 'kafka-cluster');
    reply({
      clusterId,
      controllerId: nodeId,
      brokers: [{ brokerId: nodeId, ...advertisedListener(context), rack: settings['broker.rack'] ?? null }],
      ...(mayKnow
        ? { clusterAuthorizedOperations: authorisedOperations(context, 'cluster', 'kafka-cluster') }
        : includeClusterAuthorizedOperations
          ? { clusterAuthorizedOperations: 0 }
          : {}),
    });
  },

  refuse: (_request, error) => refused(error, null),
};

function refused(error: ErrorName, errorMessage: string | null): DescribeClusterResponseInput {
  return { errorCode: errorCode(error), errorMessage };
}
