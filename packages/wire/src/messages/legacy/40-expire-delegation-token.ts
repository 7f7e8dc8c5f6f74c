/** ExpireDelegationToken, API 40, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { bytes, type InputOf, int16, int32, int64, message, type ValueOf } from '../../schema.ts';

export const legacyExpireDelegationTokenRequest = message({
  name: 'ExpireDelegationTokenRequest',
  apiKey: 40,
  versions: '0',
  flexible: '2+',
  fields: {
    hmac: bytes('0+'),
    expiryTimePeriodMs: int64('0+'),
  },
});
export type LegacyExpireDelegationTokenRequest = ValueOf<typeof legacyExpireDelegationTokenRequest>;
export type LegacyExpireDelegationTokenRequestInput = InputOf<typeof legacyExpireDelegationTokenRequest>;

export const legacyExpireDelegationTokenResponse = message({
  name: 'ExpireDelegationTokenResponse',
  apiKey: 40,
  versions: '0',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    expiryTimestampMs: int64('0+'),
    throttleTimeMs: int32('0+'),
  },
});
export type LegacyExpireDelegationTokenResponse = ValueOf<typeof legacyExpireDelegationTokenResponse>;
export type LegacyExpireDelegationTokenResponseInput = InputOf<typeof legacyExpireDelegationTokenResponse>;
