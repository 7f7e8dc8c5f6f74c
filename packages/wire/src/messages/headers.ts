/** The headers of requests and responses. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const requestHeader = message({
  name: 'RequestHeader',
  versions: '1-2',
  flexible: '2+',
  fields: {
    requestApiKey: int16('0+'),
    requestApiVersion: int16('0+'),
    correlationId: int32('0+'),
    clientId: string('1+', { nullable: '1+', flexible: 'none' }),
  },
});
export type RequestHeader = ValueOf<typeof requestHeader>;
export type RequestHeaderInput = InputOf<typeof requestHeader>;

export const responseHeader = message({
  name: 'ResponseHeader',
  versions: '0-1',
  flexible: '1+',
  fields: {
    correlationId: int32('0+'),
  },
});
export type ResponseHeader = ValueOf<typeof responseHeader>;
export type ResponseHeaderInput = InputOf<typeof responseHeader>;
