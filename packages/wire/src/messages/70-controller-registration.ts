/** ControllerRegistration, API 70. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, message, string, uint16, uuid, type ValueOf } from '../schema.ts';

export const controllerRegistrationRequest = message({
  name: 'ControllerRegistrationRequest',
  apiKey: 70,
  versions: '0',
  flexible: '0+',
  fields: {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: bool('0+'),
    listeners: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
      securityProtocol: int16('0+'),
    }),
    features: array('0+', {
      name: string('0+'),
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
  },
});
export type ControllerRegistrationRequest = ValueOf<typeof controllerRegistrationRequest>;
export type ControllerRegistrationRequestInput = InputOf<typeof controllerRegistrationRequest>;

export const controllerRegistrationResponse = message({
  name: 'ControllerRegistrationResponse',
  apiKey: 70,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
  },
});
export type ControllerRegistrationResponse = ValueOf<typeof controllerRegistrationResponse>;
export type ControllerRegistrationResponseInput = InputOf<typeof controllerRegistrationResponse>;
