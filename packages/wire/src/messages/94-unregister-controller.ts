/** UnregisterController, API 94. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const unregisterControllerRequest = message({
  name: 'UnregisterControllerRequest',
  apiKey: 94,
  versions: '0',
  flexible: '0+',
  fields: {
    controllerId: int32('0+'),
  },
});
export type UnregisterControllerRequest = ValueOf<typeof unregisterControllerRequest>;
export type UnregisterControllerRequestInput = InputOf<typeof unregisterControllerRequest>;

export const unregisterControllerResponse = message({
  name: 'UnregisterControllerResponse',
  apiKey: 94,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
  },
});
export type UnregisterControllerResponse = ValueOf<typeof unregisterControllerResponse>;
export type UnregisterControllerResponseInput = InputOf<typeof unregisterControllerResponse>;
