/** DescribeDelegationToken, API 41, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, bytes, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../../schema.ts';

export const legacyDescribeDelegationTokenRequest = message({
  name: 'DescribeDelegationTokenRequest',
  apiKey: 41,
  versions: '0',
  flexible: '2+',
  fields: {
    owners: array('0+', {
      principalType: string('0+'),
      principalName: string('0+'),
    }, { nullable: '0+' }),
  },
});
export type LegacyDescribeDelegationTokenRequest = ValueOf<typeof legacyDescribeDelegationTokenRequest>;
export type LegacyDescribeDelegationTokenRequestInput = InputOf<typeof legacyDescribeDelegationTokenRequest>;

export const legacyDescribeDelegationTokenResponse = message({
  name: 'DescribeDelegationTokenResponse',
  apiKey: 41,
  versions: '0',
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
export type LegacyDescribeDelegationTokenResponse = ValueOf<typeof legacyDescribeDelegationTokenResponse>;
export type LegacyDescribeDelegationTokenResponseInput = InputOf<typeof legacyDescribeDelegationTokenResponse>;
