/** DescribeDelegationToken, API 41. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bytes, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

export const describeDelegationTokenRequest = message({
  name: 'DescribeDelegationTokenRequest',
  apiKey: 41,
  versions: '1-3',
  flexible: '2+',
  fields: {
    owners: array('0+', {
      principalType: string('0+'),
      principalName: string('0+'),
    }, { nullable: '0+' }),
  },
});
export type DescribeDelegationTokenRequest = ValueOf<typeof describeDelegationTokenRequest>;
export type DescribeDelegationTokenRequestInput = InputOf<typeof describeDelegationTokenRequest>;

export const describeDelegationTokenResponse = message({
  name: 'DescribeDelegationTokenResponse',
  apiKey: 41,
  versions: '1-3',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    tokens: array('0+', {
      principalType: string('0+'),
      principalName: string('0+'),
      tokenRequesterPrincipalType: string('3+'),
      tokenRequesterPrincipalName: string('3+'),
      issueTimestamp: int64('0+'),
      expiryTimestamp: int64('0+'),
      maxTimestamp: int64('0+'),
      tokenId: string('0+'),
      hmac: bytes('0+'),
      renewers: array('0+', {
        principalType: string('0+'),
        principalName: string('0+'),
      }),
    }),
    throttleTimeMs: int32('0+'),
  },
});
export type DescribeDelegationTokenResponse = ValueOf<typeof describeDelegationTokenResponse>;
export type DescribeDelegationTokenResponseInput = InputOf<typeof describeDelegationTokenResponse>;
