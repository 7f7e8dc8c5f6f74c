/** CreateDelegationToken, API 38, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, bytes, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../../schema.ts';

export const legacyCreateDelegationTokenRequest = message({
  name: 'CreateDelegationTokenRequest',
  apiKey: 38,
  versions: '0',
  flexible: '2+',
  fields: {
    ownerPrincipalType: string('3+', { nullable: '3+' }),
    ownerPrincipalName: string('3+', { nullable: '3+' }),
    renewers: array('0+', {
      principalType: string('0+'),
      principalName: string('0+'),
    }),
    maxLifetimeMs: int64('0+'),
  },
});
export type LegacyCreateDelegationTokenRequest = ValueOf<typeof legacyCreateDelegationTokenRequest>;
export type LegacyCreateDelegationTokenRequestInput = InputOf<typeof legacyCreateDelegationTokenRequest>;

export const legacyCreateDelegationTokenResponse = message({
  name: 'CreateDelegationTokenResponse',
  apiKey: 38,
  versions: '0',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    principalType: string('0+'),
    principalName: string('0+'),
    tokenRequesterPrincipalType: string('3+'),
    tokenRequesterPrincipalName: string('3+'),
    issueTimestampMs: int64('0+'),
    expiryTimestampMs: int64('0+'),
    maxTimestampMs: int64('0+'),
    tokenId: string('0+'),
    hmac: bytes('0+'),
    throttleTimeMs: int32('0+'),
  },
});
export type LegacyCreateDelegationTokenResponse = ValueOf<typeof legacyCreateDelegationTokenResponse>;
export type LegacyCreateDelegationTokenResponseInput = InputOf<typeof legacyCreateDelegationTokenResponse>;
