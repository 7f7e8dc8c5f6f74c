/** PushTelemetry, API 72. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { bool, bytes, type InputOf, int16, int32, int8, message, uuid, type ValueOf } from '../schema.ts';

export const pushTelemetryRequest = message({
  name: 'PushTelemetryRequest',
  apiKey: 72,
  versions: '0',
  flexible: '0+',
  fields: {
    clientInstanceId: uuid('0+'),
    subscriptionId: int32('0+'),
    terminating: bool('0+'),
    compressionType: int8('0+'),
    metrics: bytes('0+'),
  },
});
export type PushTelemetryRequest = ValueOf<typeof pushTelemetryRequest>;
export type PushTelemetryRequestInput = InputOf<typeof pushTelemetryRequest>;

export const pushTelemetryResponse = message({
  name: 'PushTelemetryResponse',
  apiKey: 72,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
  },
});
export type PushTelemetryResponse = ValueOf<typeof pushTelemetryResponse>;
export type PushTelemetryResponseInput = InputOf<typeof pushTelemetryResponse>;
