/** ShareGroupDescribe, API 77. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, message, string, struct, uuid, type ValueOf } from '../schema.ts';

export const shareGroupDescribeRequest = message({
  name: 'ShareGroupDescribeRequest',
  apiKey: 77,
  versions: '1',
  flexible: '0+',
  fields: {
    groupIds: array('0+', string),
    includeAuthorizedOperations: bool('0+'),
  },
});
export type ShareGroupDescribeRequest = ValueOf<typeof shareGroupDescribeRequest>;
export type ShareGroupDescribeRequestInput = InputOf<typeof shareGroupDescribeRequest>;

const shareGroupDescribeResponseTopicPartitions = {
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('0+', int32),
};

const shareGroupDescribeResponseAssignment = {
  topicPartitions: array('0+', shareGroupDescribeResponseTopicPartitions),
};

export const shareGroupDescribeResponse = message({
  name: 'ShareGroupDescribeResponse',
  apiKey: 77,
  versions: '1',
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
        rackId: string('0+', { nullable: '0+', absent: null }),
        memberEpoch: int32('0+'),
        clientId: string('0+'),
        clientHost: string('0+'),
        subscribedTopicNames: array('0+', string),
        assignment: struct('0+', shareGroupDescribeResponseAssignment),
      }),
      authorizedOperations: int32('0+', { absent: -2147483648 }),
    }),
  },
});
export type ShareGroupDescribeResponse = ValueOf<typeof shareGroupDescribeResponse>;
export type ShareGroupDescribeResponseInput = InputOf<typeof shareGroupDescribeResponse>;
