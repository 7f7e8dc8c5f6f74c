/** Vote, API 52. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  bool,
  type InputOf,
  int16,
  int32,
  message,
  offset,
  string,
  uint16,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const voteRequest = message({
  name: 'VoteRequest',
  apiKey: 52,
  versions: '0-2',
  flexible: '0+',
  fields: {
    clusterId: string('0+', { nullable: '0+', absent: null }),
    voterId: int32('1+', { absent: -1, ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicaEpoch: int32('0+'),
        replicaId: int32('0+'),
        replicaDirectoryId: uuid('1+', { ignorable: true }),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        lastOffsetEpoch: int32('0+'),
        lastOffset: offset('0+'),
        preVote: bool('2+'),
      }),
    }),
  },
});
export type VoteRequest = ValueOf<typeof voteRequest>;
export type VoteRequestInput = InputOf<typeof voteRequest>;

export const voteResponse = message({
  name: 'VoteResponse',
  apiKey: 52,
  versions: '0-2',
  flexible: '0+',
  fields: {
    errorCode: int16('0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        voteGranted: bool('0+'),
      }),
    }),
    nodeEndpoints: array('1+', {
      nodeId: int32('1+'),
      host: string('1+'),
      port: uint16('1+'),
    }, { tag: 0 }),
  },
});
export type VoteResponse = ValueOf<typeof voteResponse>;
export type VoteResponseInput = InputOf<typeof voteResponse>;
