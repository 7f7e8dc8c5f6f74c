/** ConsumerGroupHeartbeat, API 68. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, struct, uuid, type ValueOf } from '../schema.ts';

export const consumerGroupHeartbeatRequest = message({
  name: 'ConsumerGroupHeartbeatRequest',
  apiKey: 68,
  versions: '0-1',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    instanceId: string('0+', { nullable: '0+', absent: null }),
    rackId: string('0+', { nullable: '0+', absent: null }),
    rebalanceTimeoutMs: int32('0+', { absent: -1 }),
    subscribedTopicNames: array('0+', string, { nullable: '0+', absent: null }),
    subscribedTopicRegex: string('1+', { nullable: '1+', absent: null }),
    serverAssignor: string('0+', { nullable: '0+', absent: null }),
    topicPartitions: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', int32),
    }, { nullable: '0+', absent: null }),
  },
});
export type ConsumerGroupHeartbeatRequest = ValueOf<typeof consumerGroupHeartbeatRequest>;
export type ConsumerGroupHeartbeatRequestInput = InputOf<typeof consumerGroupHeartbeatRequest>;

const consumerGroupHeartbeatResponseTopicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', int32),
};

export const consumerGroupHeartbeatResponse = message({
  name: 'ConsumerGroupHeartbeatResponse',
  apiKey: 68,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
    memberId: string('0+', { nullable: '0+', absent: null }),
    memberEpoch: int32('0+'),
    heartbeatIntervalMs: int32('0+'),
    assignment: struct('0+', {
      topicPartitions: array('0+', consumerGroupHeartbeatResponseTopicPartitions),
    }, { nullable: '0+', absent: null }),
  },
});
export type ConsumerGroupHeartbeatResponse = ValueOf<typeof consumerGroupHeartbeatResponse>;
export type ConsumerGroupHeartbeatResponseInput = InputOf<typeof consumerGroupHeartbeatResponse>;
