import {
  type ApiVersionsRequest,
  type ApiVersionsResponseInput,
  apiVersionsRequest,
  apiVersionsResponse,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/** Software names and versions as KIP-511 allows them. */
const softwareName = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/**
 * ApiVersions, v0-v5: which APIs this broker serves, in which versions.
 *
 * - Answered before anything else on a connection, with response header version 0 whatever the request's.
 * - A version we do not know is answered in v0 with UNSUPPORTED_VERSION and our range, so that the client can ask
 *   again (KIP-511); the connection does that, since such a request cannot be read.
 * - The features in use, with their levels, are as of the end of the metadata log: clients change their behaviour on
 *   them. A lowest level of 0 keeps a feature from clients before v4, of which some fail on it (KAFKA-17011).
 */
export const apiVersions: Handler<ApiVersionsRequest, ApiVersionsResponseInput> = {
  request: apiVersionsRequest,
  response: apiVersionsResponse,
  versions: [0, 5],

  handle({ clientSoftwareName, clientSoftwareVersion }, context, reply) {
    const named = softwareName.test(clientSoftwareName) && softwareName.test(clientSoftwareVersion);
    if (context.apiVersion >= 3 && !named) return reply({ errorCode: errorCode('INVALID_REQUEST') });
    if (named) context.client.introduce(clientSoftwareName, clientSoftwareVersion);
    const { features } = context.catalog;
    const told = features.told(context.cluster.metadataLog.highWatermark);
    const supportedFeatures = context.apiVersion >= 4 ? told.supportedFeatures : [];
    reply({ ...context.servedApis, ...told, supportedFeatures });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
