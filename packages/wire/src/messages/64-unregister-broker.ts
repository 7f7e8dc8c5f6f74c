/** UnregisterBroker, API 64. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const unregisterBrokerRequest = message({
  name: 'UnregisterBrokerRequest',
  apiKey: 64,
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
  },
});
export type UnregisterBrokerRequest = ValueOf<typeof unregisterBrokerRequest>;
export type UnregisterBrokerRequestInput = InputOf<typeof unregisterBrokerRequest>;

export const unregisterBrokerResponse = message({
  name: 'UnregisterBrokerResponse',
  apiKey: 64,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
  },
});
export type UnregisterBrokerResponse = ValueOf<typeof unregisterBrokerResponse>;
export type UnregisterBrokerResponseInput = InputOf<typeof unregisterBrokerResponse>;
