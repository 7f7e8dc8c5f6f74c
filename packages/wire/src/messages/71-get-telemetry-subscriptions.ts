/** GetTelemetrySubscriptions, API 71. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int8, message, string, uuid, type ValueOf } from '../schema.ts';

export const getTelemetrySubscriptionsRequest = message({
  name: 'GetTelemetrySubscriptionsRequest',
  apiKey: 71,
  versions: '0',
  flexible: '0+',
  fields: {
    clientInstanceId: uuid('0+'),
  },
});
export type GetTelemetrySubscriptionsRequest = ValueOf<typeof getTelemetrySubscriptionsRequest>;
export type GetTelemetrySubscriptionsRequestInput = InputOf<typeof getTelemetrySubscriptionsRequest>;

export const getTelemetrySubscriptionsResponse = message({
  name: 'GetTelemetrySubscriptionsResponse',
  apiKey: 71,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    clientInstanceId: uuid('0+'),
    subscriptionId: int32('0+'),
    acceptedCompressionTypes: array('0+', int8),
    pushIntervalMs: int32('0+'),
    telemetryMaxBytes: int32('0+'),
    deltaTemporality: bool('0+'),
    requestedMetrics: array('0+', string),
  },
});
export type GetTelemetrySubscriptionsResponse = ValueOf<typeof getTelemetrySubscriptionsResponse>;
export type GetTelemetrySubscriptionsResponseInput = InputOf<typeof getTelemetrySubscriptionsResponse>;
