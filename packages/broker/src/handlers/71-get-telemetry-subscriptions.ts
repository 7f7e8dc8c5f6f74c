import {
  codecNumber,
  errorCode,
  type GetTelemetrySubscriptionsRequest,
  type GetTelemetrySubscriptionsResponseInput,
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/** Best first. */
const compressionTypes = (['zstd', 'lz4', 'gzip', 'snappy'] as const).map(codecNumber);

/**
 * GetTelemetrySubscriptions, v0: which of its metrics a client is to push, and how often (KIP-714).
 *
 * Kafka serves it where a receiver is configured; here there always is one.
 */
export const getTelemetrySubscriptions: Handler<
  GetTelemetrySubscriptionsRequest,
  GetTelemetrySubscriptionsResponseInput
> = {
  request: getTelemetrySubscriptionsRequest,
  response: getTelemetrySubscriptionsResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    const { client, clientId, settings, telemetry } = context;
    const subscribed = telemetry.subscribe(request.clientInstanceId, { ...client.origin, clientId });
    if (typeof subscribed === 'string') return reply({ errorCode: errorCode(subscribed) });
    reply({
      clientInstanceId: subscribed.clientInstanceId,
      subscriptionId: subscribed.subscriptionId,
      acceptedCompressionTypes: compressionTypes,
      pushIntervalMs: subscribed.intervalMs,
      telemetryMaxBytes: settings['telemetry.max.bytes'],
      deltaTemporality: true,
      requestedMetrics: subscribed.metrics,
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
