/** BrokerRegistration, API 62. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  bool,
  type InputOf,
  int16,
  int32,
  int64,
  message,
  string,
  uint16,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const brokerRegistrationRequest = message({
  name: 'BrokerRegistrationRequest',
  apiKey: 62,
  versions: '0-4',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    clusterId: string('0+'),
    incarnationId: uuid('0+'),
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
    rack: string('0+', { nullable: '0+' }),
    isMigratingZkBroker: bool('1+'),
    logDirs: array('2+', uuid, { ignorable: true }),
    previousBrokerEpoch: int64('3+', { absent: -1n, ignorable: true }),
  },
});
export type BrokerRegistrationRequest = ValueOf<typeof brokerRegistrationRequest>;
export type BrokerRegistrationRequestInput = InputOf<typeof brokerRegistrationRequest>;

export const brokerRegistrationResponse = message({
  name: 'BrokerRegistrationResponse',
  apiKey: 62,
  versions: '0-4',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    brokerEpoch: int64('0+', { absent: -1n }),
  },
});
export type BrokerRegistrationResponse = ValueOf<typeof brokerRegistrationResponse>;
export type BrokerRegistrationResponseInput = InputOf<typeof brokerRegistrationResponse>;
