/** Records of __consumer_offsets: consumer groups (KIP-848). */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  bytes,
  type InputOf,
  int32,
  int64,
  int8,
  message,
  string,
  struct,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const consumerGroupCurrentMemberAssignmentKey = message({
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  apiKey: 8,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type ConsumerGroupCurrentMemberAssignmentKey = ValueOf<typeof consumerGroupCurrentMemberAssignmentKey>;
export type ConsumerGroupCurrentMemberAssignmentKeyInput = InputOf<typeof consumerGroupCurrentMemberAssignmentKey>;

const consumerGroupCurrentMemberAssignmentValueTopicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', int32),
  assignmentEpochs: array('0+', int32, { nullable: '0+', tag: 0 }),
};

export const consumerGroupCurrentMemberAssignmentValue = message({
  name: 'ConsumerGroupCurrentMemberAssignmentValue',
  apiKey: 8,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array('0+', consumerGroupCurrentMemberAssignmentValueTopicPartitions),
    partitionsPendingRevocation: array('0+', consumerGroupCurrentMemberAssignmentValueTopicPartitions),
  },
});
export type ConsumerGroupCurrentMemberAssignmentValue = ValueOf<typeof consumerGroupCurrentMemberAssignmentValue>;
export type ConsumerGroupCurrentMemberAssignmentValueInput = InputOf<typeof consumerGroupCurrentMemberAssignmentValue>;

export const consumerGroupMemberMetadataKey = message({
  name: 'ConsumerGroupMemberMetadataKey',
  apiKey: 5,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type ConsumerGroupMemberMetadataKey = ValueOf<typeof consumerGroupMemberMetadataKey>;
export type ConsumerGroupMemberMetadataKeyInput = InputOf<typeof consumerGroupMemberMetadataKey>;

export const consumerGroupMemberMetadataValue = message({
  name: 'ConsumerGroupMemberMetadataValue',
  apiKey: 5,
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', string),
    subscribedTopicRegex: string('0+', { nullable: '0+' }),
    rebalanceTimeoutMs: int32('0+', { absent: -1 }),
    serverAssignor: string('0+', { nullable: '0+' }),
    classicMemberMetadata: struct('0+', {
      sessionTimeoutMs: int32('0+'),
      supportedProtocols: array('0+', {
        name: string('0+'),
        metadata: bytes('0+'),
      }),
    }, { nullable: '0+', tag: 0 }),
  },
});
export type ConsumerGroupMemberMetadataValue = ValueOf<typeof consumerGroupMemberMetadataValue>;
export type ConsumerGroupMemberMetadataValueInput = InputOf<typeof consumerGroupMemberMetadataValue>;

export const consumerGroupMetadataKey = message({
  name: 'ConsumerGroupMetadataKey',
  apiKey: 3,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type ConsumerGroupMetadataKey = ValueOf<typeof consumerGroupMetadataKey>;
export type ConsumerGroupMetadataKeyInput = InputOf<typeof consumerGroupMetadataKey>;

export const consumerGroupMetadataValue = message({
  name: 'ConsumerGroupMetadataValue',
  apiKey: 3,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    metadataHash: int64('0+', { tag: 0 }),
  },
});
export type ConsumerGroupMetadataValue = ValueOf<typeof consumerGroupMetadataValue>;
export type ConsumerGroupMetadataValueInput = InputOf<typeof consumerGroupMetadataValue>;

export const consumerGroupPartitionMetadataKey = message({
  name: 'ConsumerGroupPartitionMetadataKey',
  apiKey: 4,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type ConsumerGroupPartitionMetadataKey = ValueOf<typeof consumerGroupPartitionMetadataKey>;
export type ConsumerGroupPartitionMetadataKeyInput = InputOf<typeof consumerGroupPartitionMetadataKey>;

export const consumerGroupPartitionMetadataValue = message({
  name: 'ConsumerGroupPartitionMetadataValue',
  apiKey: 4,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array('0+', {
      topicId: uuid('0+'),
      topicName: string('0+'),
      numPartitions: int32('0+'),
      partitionMetadata: array('0+', {
        partition: int32('0+'),
        racks: array('0+', string),
      }),
    }),
  },
});
export type ConsumerGroupPartitionMetadataValue = ValueOf<typeof consumerGroupPartitionMetadataValue>;
export type ConsumerGroupPartitionMetadataValueInput = InputOf<typeof consumerGroupPartitionMetadataValue>;

export const consumerGroupRegularExpressionKey = message({
  name: 'ConsumerGroupRegularExpressionKey',
  apiKey: 16,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    regularExpression: string('0'),
  },
});
export type ConsumerGroupRegularExpressionKey = ValueOf<typeof consumerGroupRegularExpressionKey>;
export type ConsumerGroupRegularExpressionKeyInput = InputOf<typeof consumerGroupRegularExpressionKey>;

export const consumerGroupRegularExpressionValue = message({
  name: 'ConsumerGroupRegularExpressionValue',
  apiKey: 16,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array('0+', string),
    version: int64('0+'),
    timestamp: int64('0+'),
  },
});
export type ConsumerGroupRegularExpressionValue = ValueOf<typeof consumerGroupRegularExpressionValue>;
export type ConsumerGroupRegularExpressionValueInput = InputOf<typeof consumerGroupRegularExpressionValue>;

export const consumerGroupTargetAssignmentMemberKey = message({
  name: 'ConsumerGroupTargetAssignmentMemberKey',
  apiKey: 7,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type ConsumerGroupTargetAssignmentMemberKey = ValueOf<typeof consumerGroupTargetAssignmentMemberKey>;
export type ConsumerGroupTargetAssignmentMemberKeyInput = InputOf<typeof consumerGroupTargetAssignmentMemberKey>;

export const consumerGroupTargetAssignmentMemberValue = message({
  name: 'ConsumerGroupTargetAssignmentMemberValue',
  apiKey: 7,
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', int32),
    }),
  },
});
export type ConsumerGroupTargetAssignmentMemberValue = ValueOf<typeof consumerGroupTargetAssignmentMemberValue>;
export type ConsumerGroupTargetAssignmentMemberValueInput = InputOf<typeof consumerGroupTargetAssignmentMemberValue>;

export const consumerGroupTargetAssignmentMetadataKey = message({
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  apiKey: 6,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type ConsumerGroupTargetAssignmentMetadataKey = ValueOf<typeof consumerGroupTargetAssignmentMetadataKey>;
export type ConsumerGroupTargetAssignmentMetadataKeyInput = InputOf<typeof consumerGroupTargetAssignmentMetadataKey>;

export const consumerGroupTargetAssignmentMetadataValue = message({
  name: 'ConsumerGroupTargetAssignmentMetadataValue',
  apiKey: 6,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, ignorable: true }),
  },
});
export type ConsumerGroupTargetAssignmentMetadataValue = ValueOf<typeof consumerGroupTargetAssignmentMetadataValue>;
export type ConsumerGroupTargetAssignmentMetadataValueInput =
  InputOf<typeof consumerGroupTargetAssignmentMetadataValue>;
