/** AlterUserScramCredentials, API 51. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bytes, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../schema.ts';

export const alterUserScramCredentialsRequest = message({
  name: 'AlterUserScramCredentialsRequest',
  apiKey: 51,
  versions: '0',
  flexible: '0+',
  fields: {
    deletions: array('0+', {
      name: string('0+'),
      mechanism: int8('0+'),
    }),
    upsertions: array('0+', {
      name: string('0+'),
      mechanism: int8('0+'),
      iterations: int32('0+'),
      salt: bytes('0+'),
      saltedPassword: bytes('0+'),
    }),
  },
});
export type AlterUserScramCredentialsRequest = ValueOf<typeof alterUserScramCredentialsRequest>;
export type AlterUserScramCredentialsRequestInput = InputOf<typeof alterUserScramCredentialsRequest>;

export const alterUserScramCredentialsResponse = message({
  name: 'AlterUserScramCredentialsResponse',
  apiKey: 51,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      user: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
    }),
  },
});
export type AlterUserScramCredentialsResponse = ValueOf<typeof alterUserScramCredentialsResponse>;
export type AlterUserScramCredentialsResponseInput = InputOf<typeof alterUserScramCredentialsResponse>;
