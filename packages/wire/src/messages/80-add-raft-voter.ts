/** AddRaftVoter, API 80. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, message, string, uint16, uuid, type ValueOf } from '../schema.ts';

export const addRaftVoterRequest = message({
  name: 'AddRaftVoterRequest',
  apiKey: 80,
  versions: '0-1',
  flexible: '0+',
  fields: {
    clusterId: string('0+', { nullable: '0+' }),
    timeoutMs: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
    }),
    ackWhenCommitted: bool('1+', { absent: true }),
  },
});
export type AddRaftVoterRequest = ValueOf<typeof addRaftVoterRequest>;
export type AddRaftVoterRequestInput = InputOf<typeof addRaftVoterRequest>;

export const addRaftVoterResponse = message({
  name: 'AddRaftVoterResponse',
  apiKey: 80,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
});
export type AddRaftVoterResponse = ValueOf<typeof addRaftVoterResponse>;
export type AddRaftVoterResponseInput = InputOf<typeof addRaftVoterResponse>;
