import {
  errorCode,
  type PushTelemetryRequest,
  type PushTelemetryResponseInput,
  pushTelemetryRequest,
  pushTelemetryResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * PushTelemetry, v0: metrics of a client (KIP-714), kept as its last values.
 *
 * What cannot be read, or is larger than telemetry.max.bytes once decompressed, is INVALID_RECORD.
 */
export const pushTelemetry: Handler<PushTelemetryRequest, PushTelemetryResponseInput> = {
  request: pushTelemetryRequest,
  response: pushTelemetryResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    const { client, clientId, telemetry } = context;
    telemetry.push(request, { ...client.origin, clientId }, (error) => reply({ errorCode: errorCode(error) }));
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
