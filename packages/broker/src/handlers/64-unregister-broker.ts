import {
  errorCode,
  type UnregisterBrokerRequest,
  type UnregisterBrokerResponseInput,
  unregisterBrokerRequest,
  unregisterBrokerResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * UnregisterBroker, v0: forgets a node that will not come back.
 *
 * There is only this one, which is here: any other is BROKER_ID_NOT_REGISTERED, this one POLICY_VIOLATION.
 */
export const unregisterBroker: Handler<UnregisterBrokerRequest, UnregisterBrokerResponseInput> = {
  request: unregisterBrokerRequest,
  response: unregisterBrokerResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    if (request.brokerId === context.nodeId) {
      const errorMessage = 'This is the node that you ask: to be rid of it, stop it.';
      return reply({ errorCode: errorCode('POLICY_VIOLATION'), errorMessage });
    }
    const errorMessage = `There is no broker ${request.brokerId} here.`;
    reply({ errorCode: errorCode('BROKER_ID_NOT_REGISTERED'), errorMessage });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
