/** DescribeQuorum, API 55. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  type InputOf,
  int16,
  int32,
  int64,
  message,
  offset,
  string,
  uint16,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const describeQuorumRequest = message({
  name: 'DescribeQuorumRequest',
  apiKey: 55,
  versions: '0-2',
  flexible: '0+',
  fields: {
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
      }),
    }),
  },
});
export type DescribeQuorumRequest = ValueOf<typeof describeQuorumRequest>;
export type DescribeQuorumRequestInput = InputOf<typeof describeQuorumRequest>;

const describeQuorumResponseReplicaState = {
  replicaId: int32('0+'),
  replicaDirectoryId: uuid('2+'),
  logEndOffset: offset('0+'),
  lastFetchTimestamp: int64('1+', { absent: -1n, ignorable: true }),
  lastCaughtUpTimestamp: int64('1+', { absent: -1n, ignorable: true }),
};

export const describeQuorumResponse = message({
  name: 'DescribeQuorumResponse',
  apiKey: 55,
  versions: '0-2',
  flexible: '0+',
  fields: {
    errorCode: int16('0+'),
    errorMessage: string('2+', { nullable: '2+', ignorable: true }),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('2+', { nullable: '2+', ignorable: true }),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        highWatermark: offset('0+'),
        currentVoters: array('0+', describeQuorumResponseReplicaState),
        observers: array('0+', describeQuorumResponseReplicaState),
      }),
    }),
    nodes: array('2+', {
      nodeId: int32('2+'),
      listeners: array('2+', {
        name: string('2+'),
        host: string('2+'),
        port: uint16('2+'),
      }),
    }),
  },
});
export type DescribeQuorumResponse = ValueOf<typeof describeQuorumResponse>;
export type DescribeQuorumResponseInput = InputOf<typeof describeQuorumResponse>;
