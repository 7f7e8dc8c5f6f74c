/** ExpireDelegationToken, API 40. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { bytes, type InputOf, int16, int32, int64, message, type ValueOf } from '../schema.ts';

export const expireDelegationTokenRequest = message({
  name: 'ExpireDelegationTokenRequest',
  apiKey: 40,
  versions: '1-2',
  flexible: '2+',
  fields: {
    hmac: bytes('0+'),
    expiryTimePeriodMs: int64('0+'),
  },
});
export type ExpireDelegationTokenRequest = ValueOf<typeof expireDelegationTokenRequest>;
export type ExpireDelegationTokenRequestInput = InputOf<typeof expireDelegationTokenRequest>;

export const expireDelegationTokenResponse = message({
  name: 'ExpireDelegationTokenResponse',
  apiKey: 40,
  versions: '1-2',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    expiryTimestampMs: int64('0+'),
    throttleTimeMs: int32('0+'),
  },
});
export type ExpireDelegationTokenResponse = ValueOf<typeof expireDelegationTokenResponse>;
export type ExpireDelegationTokenResponseInput = InputOf<typeof expireDelegationTokenResponse>;
