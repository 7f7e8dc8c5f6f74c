import {
  errorCode,
  type UnregisterControllerRequest,
  type UnregisterControllerResponseInput,
  unregisterControllerRequest,
  unregisterControllerResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * UnregisterController, v0: forgets a controller that will not come back.
 *
 * There is only this one, which is here: any other is CONTROLLER_ID_NOT_REGISTERED, this one POLICY_VIOLATION.
 */
export const unregisterController: Handler<UnregisterControllerRequest, UnregisterControllerResponseInput> = {
  request: unregisterControllerRequest,
  response: unregisterControllerResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    if (request.controllerId === context.nodeId) {
      const errorMessage = 'This is the node that you ask: to be rid of it, stop it.';
      return reply({ errorCode: errorCode('POLICY_VIOLATION'), errorMessage });
    }
    const errorMessage = `There is no controller ${request.controllerId} here.`;
    reply({ errorCode: errorCode('CONTROLLER_ID_NOT_REGISTERED'), errorMessage });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
