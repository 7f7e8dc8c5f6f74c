import {
  errorCode,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponseInput,
  updateFeaturesRequest,
  updateFeaturesResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * UpdateFeatures, v0-v2: has the cluster use a newer, or an older, form of something (KIP-584).
 *
 * There is nothing yet of which this broker knows two forms: whatever is named is INVALID_UPDATE_VERSION, for the
 * request as a whole, as Kafka says of features that it does not know.
 */
export const updateFeatures: Handler<UpdateFeaturesRequest, UpdateFeaturesResponseInput> = {
  request: updateFeaturesRequest,
  response: updateFeaturesResponse,
  versions: [0, 2],

  handle(request, context, reply) {
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    const [first] = request.featureUpdates;
    if (first === undefined) return reply({ errorMessage: null });
    const errorMessage = `Nothing was changed: this broker has no feature "${first.feature}" with levels.`;
    reply({ errorCode: errorCode('INVALID_UPDATE_VERSION'), errorMessage });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
