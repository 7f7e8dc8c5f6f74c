/** RenewDelegationToken, API 39, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { bytes, type InputOf, int16, int32, int64, message, type ValueOf } from '../../schema.ts';

export const legacyRenewDelegationTokenRequest = message({
  name: 'RenewDelegationTokenRequest',
  apiKey: 39,
  versions: '0',
  flexible: '2+',
  fields: {
    hmac: bytes('0+'),
    renewPeriodMs: int64('0+'),
  },
});
export type LegacyRenewDelegationTokenRequest = ValueOf<typeof legacyRenewDelegationTokenRequest>;
export type LegacyRenewDelegationTokenRequestInput = InputOf<typeof legacyRenewDelegationTokenRequest>;

export const legacyRenewDelegationTokenResponse = message({
  name: 'RenewDelegationTokenResponse',
  apiKey: 39,
  versions: '0',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    expiryTimestampMs: int64('0+'),
    throttleTimeMs: int32('0+'),
  },
});
export type LegacyRenewDelegationTokenResponse = ValueOf<typeof legacyRenewDelegationTokenResponse>;
export type LegacyRenewDelegationTokenResponseInput = InputOf<typeof legacyRenewDelegationTokenResponse>;
