/** ConsumerGroupDescribe, API 69. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  bool,
  type InputOf,
  int16,
  int32,
  int8,
  message,
  string,
  struct,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const consumerGroupDescribeRequest = message({
  name: 'ConsumerGroupDescribeRequest',
  apiKey: 69,
  versions: '0-1',
  flexible: '0+',
  fields: {
    groupIds: array('0+', string),
    includeAuthorizedOperations: bool('0+'),
  },
});
export type ConsumerGroupDescribeRequest = ValueOf<typeof consumerGroupDescribeRequest>;
export type ConsumerGroupDescribeRequestInput = InputOf<typeof consumerGroupDescribeRequest>;

const consumerGroupDescribeResponseTopicPartitions = {
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('0+', int32),
};

const consumerGroupDescribeResponseAssignment = {
  topicPartitions: array('0+', consumerGroupDescribeResponseTopicPartitions),
};

export const consumerGroupDescribeResponse = message({
  name: 'ConsumerGroupDescribeResponse',
  apiKey: 69,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    groups: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', absent: null }),
      groupId: string('0+'),
      groupState: string('0+'),
      groupEpoch: int32('0+'),
      assignmentEpoch: int32('0+'),
      assignorName: string('0+'),
      members: array('0+', {
        memberId: string('0+'),
        instanceId: string('0+', { nullable: '0+', absent: null }),
        rackId: string('0+', { nullable: '0+', absent: null }),
        memberEpoch: int32('0+'),
        clientId: string('0+'),
        clientHost: string('0+'),
        subscribedTopicNames: array('0+', string),
        subscribedTopicRegex: string('0+', { nullable: '0+', absent: null }),
        assignment: struct('0+', consumerGroupDescribeResponseAssignment),
        targetAssignment: struct('0+', consumerGroupDescribeResponseAssignment),
        memberType: int8('1+', { absent: -1, ignorable: true }),
      }),
      authorizedOperations: int32('0+', { absent: -2147483648 }),
    }),
  },
});
export type ConsumerGroupDescribeResponse = ValueOf<typeof consumerGroupDescribeResponse>;
export type ConsumerGroupDescribeResponseInput = InputOf<typeof consumerGroupDescribeResponse>;
