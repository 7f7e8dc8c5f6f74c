/** Envelope, API 58. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { bytes, type InputOf, int16, message, type ValueOf } from '../schema.ts';

export const envelopeRequest = message({
  name: 'EnvelopeRequest',
  apiKey: 58,
  versions: '0',
  flexible: '0+',
  fields: {
    requestData: bytes('0+'),
    requestPrincipal: bytes('0+', { nullable: '0+' }),
    clientHostAddress: bytes('0+'),
  },
});
export type EnvelopeRequest = ValueOf<typeof envelopeRequest>;
export type EnvelopeRequestInput = InputOf<typeof envelopeRequest>;

export const envelopeResponse = message({
  name: 'EnvelopeResponse',
  apiKey: 58,
  versions: '0',
  flexible: '0+',
  fields: {
    responseData: bytes('0+', { nullable: '0+', absent: null }),
    errorCode: int16('0+'),
  },
});
export type EnvelopeResponse = ValueOf<typeof envelopeResponse>;
export type EnvelopeResponseInput = InputOf<typeof envelopeResponse>;
