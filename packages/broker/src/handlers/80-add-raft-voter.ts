import {
  type AddRaftVoterRequest,
  type AddRaftVoterResponseInput,
  addRaftVoterRequest,
  addRaftVoterResponse,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * AddRaftVoter, v0-v1: adds a node to those that vote on the metadata log (KIP-853).
 *
 * The one node votes alone: UNSUPPORTED_VERSION, as from a Kafka whose voters are written in its settings. A client
 * that names another cluster is told that first.
 */
export const addRaftVoter: Handler<AddRaftVoterRequest, AddRaftVoterResponseInput> = {
  request: addRaftVoterRequest,
  response: addRaftVoterResponse,
  versions: [0, 1],

  handle(request, context, reply) {
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    const { clusterId } = request;
    if (clusterId !== null && clusterId !== context.clusterId) {
      const errorMessage = `This is cluster ${context.clusterId}, not ${clusterId}.`;
      return reply({ errorCode: errorCode('INCONSISTENT_CLUSTER_ID'), errorMessage });
    }
    const errorMessage = 'This node is its own quorum: voters do not come and go.';
    reply({ errorCode: errorCode('UNSUPPORTED_VERSION'), errorMessage });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
