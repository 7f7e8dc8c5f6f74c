/** RenewDelegationToken, API 39. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { bytes, type InputOf, int16, int32, int64, message, type ValueOf } from '../schema.ts';

export const renewDelegationTokenRequest = message({
  name: 'RenewDelegationTokenRequest',
  apiKey: 39,
  versions: '1-2',
  flexible: '2+',
  fields: {
    hmac: bytes('0+'),
    renewPeriodMs: int64('0+'),
  },
});
export type RenewDelegationTokenRequest = ValueOf<typeof renewDelegationTokenRequest>;
export type RenewDelegationTokenRequestInput = InputOf<typeof renewDelegationTokenRequest>;

export const renewDelegationTokenResponse = message({
  name: 'RenewDelegationTokenResponse',
  apiKey: 39,
  versions: '1-2',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    expiryTimestampMs: int64('0+'),
    throttleTimeMs: int32('0+'),
  },
});
export type RenewDelegationTokenResponse = ValueOf<typeof renewDelegationTokenResponse>;
export type RenewDelegationTokenResponseInput = InputOf<typeof renewDelegationTokenResponse>;
