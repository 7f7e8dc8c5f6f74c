/** UpdateRaftVoter, API 82. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, struct, uint16, uuid, type ValueOf } from '../schema.ts';

export const updateRaftVoterRequest = message({
  name: 'UpdateRaftVoterRequest',
  apiKey: 82,
  versions: '0',
  flexible: '0+',
  fields: {
    clusterId: string('0+', { nullable: '0+' }),
    currentLeaderEpoch: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array('0+', {
      name: string('0+'),
      host: string('0+'),
      port: uint16('0+'),
    }),
    kRaftVersionFeature: struct('0+', {
      minSupportedVersion: int16('0+'),
      maxSupportedVersion: int16('0+'),
    }),
  },
});
export type UpdateRaftVoterRequest = ValueOf<typeof updateRaftVoterRequest>;
export type UpdateRaftVoterRequestInput = InputOf<typeof updateRaftVoterRequest>;

export const updateRaftVoterResponse = message({
  name: 'UpdateRaftVoterResponse',
  apiKey: 82,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    currentLeader: struct('0+', {
      leaderId: int32('0+', { absent: -1 }),
      leaderEpoch: int32('0+', { absent: -1 }),
      host: string('0+'),
      port: int32('0+'),
    }, { tag: 0 }),
  },
});
export type UpdateRaftVoterResponse = ValueOf<typeof updateRaftVoterResponse>;
export type UpdateRaftVoterResponseInput = InputOf<typeof updateRaftVoterResponse>;
