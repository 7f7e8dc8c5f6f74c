/** RemoveRaftVoter, API 81. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { type InputOf, int16, int32, message, string, uuid, type ValueOf } from '../schema.ts';

export const removeRaftVoterRequest = message({
  name: 'RemoveRaftVoterRequest',
  apiKey: 81,
  versions: '0',
  flexible: '0+',
  fields: {
    clusterId: string('0+', { nullable: '0+' }),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
  },
});
export type RemoveRaftVoterRequest = ValueOf<typeof removeRaftVoterRequest>;
export type RemoveRaftVoterRequestInput = InputOf<typeof removeRaftVoterRequest>;

export const removeRaftVoterResponse = message({
  name: 'RemoveRaftVoterResponse',
  apiKey: 81,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
});
export type RemoveRaftVoterResponse = ValueOf<typeof removeRaftVoterResponse>;
export type RemoveRaftVoterResponseInput = InputOf<typeof removeRaftVoterResponse>;
