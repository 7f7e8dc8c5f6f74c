/** DescribeUserScramCredentials, API 50. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../schema.ts';

export const describeUserScramCredentialsRequest = message({
  name: 'DescribeUserScramCredentialsRequest',
  apiKey: 50,
  versions: '0',
  flexible: '0+',
  fields: {
    users: array('0+', {
      name: string('0+'),
    }, { nullable: '0+' }),
  },
});
export type DescribeUserScramCredentialsRequest = ValueOf<typeof describeUserScramCredentialsRequest>;
export type DescribeUserScramCredentialsRequestInput = InputOf<typeof describeUserScramCredentialsRequest>;

export const describeUserScramCredentialsResponse = message({
  name: 'DescribeUserScramCredentialsResponse',
  apiKey: 50,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array('0+', {
      user: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      credentialInfos: array('0+', {
        mechanism: int8('0+'),
        iterations: int32('0+'),
      }),
    }),
  },
});
export type DescribeUserScramCredentialsResponse = ValueOf<typeof describeUserScramCredentialsResponse>;
export type DescribeUserScramCredentialsResponseInput = InputOf<typeof describeUserScramCredentialsResponse>;
