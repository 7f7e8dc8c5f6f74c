/** SaslAuthenticate, API 36. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { bytes, type InputOf, int16, int64, message, string, type ValueOf } from '../schema.ts';

export const saslAuthenticateRequest = message({
  name: 'SaslAuthenticateRequest',
  apiKey: 36,
  versions: '0-2',
  flexible: '2+',
  fields: {
    authBytes: bytes('0+'),
  },
});
export type SaslAuthenticateRequest = ValueOf<typeof saslAuthenticateRequest>;
export type SaslAuthenticateRequestInput = InputOf<typeof saslAuthenticateRequest>;

export const saslAuthenticateResponse = message({
  name: 'SaslAuthenticateResponse',
  apiKey: 36,
  versions: '0-2',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    authBytes: bytes('0+'),
    sessionLifetimeMs: int64('1+', { ignorable: true }),
  },
});
export type SaslAuthenticateResponse = ValueOf<typeof saslAuthenticateResponse>;
export type SaslAuthenticateResponseInput = InputOf<typeof saslAuthenticateResponse>;
