/** CreateDelegationToken, API 38. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bytes, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

export const createDelegationTokenRequest = message({
  name: 'CreateDelegationTokenRequest',
  apiKey: 38,
  versions: '1-3',
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
export type CreateDelegationTokenRequest = ValueOf<typeof createDelegationTokenRequest>;
export type CreateDelegationTokenRequestInput = InputOf<typeof createDelegationTokenRequest>;

export const createDelegationTokenResponse = message({
  name: 'CreateDelegationTokenResponse',
  apiKey: 38,
  versions: '1-3',
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
export type CreateDelegationTokenResponse = ValueOf<typeof createDelegationTokenResponse>;
export type CreateDelegationTokenResponseInput = InputOf<typeof createDelegationTokenResponse>;
