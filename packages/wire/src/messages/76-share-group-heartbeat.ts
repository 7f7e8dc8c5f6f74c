/** ShareGroupHeartbeat, API 76. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, struct, uuid, type ValueOf } from '../schema.ts';

export const shareGroupHeartbeatRequest = message({
  name: 'ShareGroupHeartbeatRequest',
  apiKey: 76,
  versions: '1',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    rackId: string('0+', { nullable: '0+', absent: null }),
    subscribedTopicNames: array('0+', string, { nullable: '0+', absent: null }),
  },
});
export type ShareGroupHeartbeatRequest = ValueOf<typeof shareGroupHeartbeatRequest>;
export type ShareGroupHeartbeatRequestInput = InputOf<typeof shareGroupHeartbeatRequest>;

const shareGroupHeartbeatResponseTopicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', int32),
};

export const shareGroupHeartbeatResponse = message({
  name: 'ShareGroupHeartbeatResponse',
  apiKey: 76,
  versions: '1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
    memberId: string('0+', { nullable: '0+', absent: null }),
    memberEpoch: int32('0+'),
    heartbeatIntervalMs: int32('0+'),
    assignment: struct('0+', {
      topicPartitions: array('0+', shareGroupHeartbeatResponseTopicPartitions),
    }, { nullable: '0+', absent: null }),
  },
});
export type ShareGroupHeartbeatResponse = ValueOf<typeof shareGroupHeartbeatResponse>;
export type ShareGroupHeartbeatResponseInput = InputOf<typeof shareGroupHeartbeatResponse>;
