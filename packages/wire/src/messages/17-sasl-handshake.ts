/** SaslHandshake, API 17. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, message, string, type ValueOf } from '../schema.ts';

export const saslHandshakeRequest = message({
  name: 'SaslHandshakeRequest',
  apiKey: 17,
  versions: '0-1',
  flexible: 'none',
  fields: {
    mechanism: string('0+'),
  },
});
export type SaslHandshakeRequest = ValueOf<typeof saslHandshakeRequest>;
export type SaslHandshakeRequestInput = InputOf<typeof saslHandshakeRequest>;

export const saslHandshakeResponse = message({
  name: 'SaslHandshakeResponse',
  apiKey: 17,
  versions: '0-1',
  flexible: 'none',
  fields: {
    errorCode: int16('0+'),
    mechanisms: array('0+', string),
  },
});
export type SaslHandshakeResponse = ValueOf<typeof saslHandshakeResponse>;
export type SaslHandshakeResponseInput = InputOf<typeof saslHandshakeResponse>;
