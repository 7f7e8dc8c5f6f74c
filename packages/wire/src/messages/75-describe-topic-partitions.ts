/** DescribeTopicPartitions, API 75. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, message, string, struct, uuid, type ValueOf } from '../schema.ts';

export const describeTopicPartitionsRequest = message({
  name: 'DescribeTopicPartitionsRequest',
  apiKey: 75,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array('0+', {
      name: string('0+'),
    }),
    responsePartitionLimit: int32('0+', { absent: 2000 }),
    cursor: struct('0+', {
      topicName: string('0+'),
      partitionIndex: int32('0+'),
    }, { nullable: '0+', absent: null }),
  },
});
export type DescribeTopicPartitionsRequest = ValueOf<typeof describeTopicPartitionsRequest>;
export type DescribeTopicPartitionsRequestInput = InputOf<typeof describeTopicPartitionsRequest>;

export const describeTopicPartitionsResponse = message({
  name: 'DescribeTopicPartitionsResponse',
  apiKey: 75,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    topics: array('0+', {
      errorCode: int16('0+'),
      name: string('0+', { nullable: '0+' }),
      topicId: uuid('0+', { ignorable: true }),
      isInternal: bool('0+', { ignorable: true }),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partitionIndex: int32('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+', { absent: -1, ignorable: true }),
        replicaNodes: array('0+', int32),
        isrNodes: array('0+', int32),
        eligibleLeaderReplicas: array('0+', int32, { nullable: '0+', absent: null }),
        lastKnownElr: array('0+', int32, { nullable: '0+', absent: null }),
        offlineReplicas: array('0+', int32, { ignorable: true }),
      }),
      topicAuthorizedOperations: int32('0+', { absent: -2147483648 }),
    }),
    nextCursor: struct('0+', {
      topicName: string('0+'),
      partitionIndex: int32('0+'),
    }, { nullable: '0+', absent: null }),
  },
});
export type DescribeTopicPartitionsResponse = ValueOf<typeof describeTopicPartitionsResponse>;
export type DescribeTopicPartitionsResponseInput = InputOf<typeof describeTopicPartitionsResponse>;
