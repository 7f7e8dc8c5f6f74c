/** BeginQuorumEpoch, API 53. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, uint16, uuid, type ValueOf } from '../schema.ts';

export const beginQuorumEpochRequest = message({
  name: 'BeginQuorumEpochRequest',
  apiKey: 53,
  versions: '0-1',
  flexible: '1+',
  fields: {
    clusterId: string('0+', { nullable: '0+', absent: null }),
    voterId: int32('1+', { absent: -1, ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
    leaderEndpoints: array('1+', {
      name: string('1+'),
      host: string('1+'),
      port: uint16('1+'),
    }, { ignorable: true }),
  },
});
export type BeginQuorumEpochRequest = ValueOf<typeof beginQuorumEpochRequest>;
export type BeginQuorumEpochRequestInput = InputOf<typeof beginQuorumEpochRequest>;

export const beginQuorumEpochResponse = message({
  name: 'BeginQuorumEpochResponse',
  apiKey: 53,
  versions: '0-1',
  flexible: '1+',
  fields: {
    errorCode: int16('0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
    nodeEndpoints: array('1+', {
      nodeId: int32('1+'),
      host: string('1+'),
      port: uint16('1+'),
    }, { tag: 0 }),
  },
});
export type BeginQuorumEpochResponse = ValueOf<typeof beginQuorumEpochResponse>;
export type BeginQuorumEpochResponseInput = InputOf<typeof beginQuorumEpochResponse>;
