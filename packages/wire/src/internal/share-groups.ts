/** Records of __consumer_offsets: share groups (KIP-932). */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int32, int64, int8, message, string, uuid, type ValueOf } from '../schema.ts';

export const shareGroupCurrentMemberAssignmentKey = message({
  name: 'ShareGroupCurrentMemberAssignmentKey',
  apiKey: 14,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type ShareGroupCurrentMemberAssignmentKey = ValueOf<typeof shareGroupCurrentMemberAssignmentKey>;
export type ShareGroupCurrentMemberAssignmentKeyInput = InputOf<typeof shareGroupCurrentMemberAssignmentKey>;

const shareGroupCurrentMemberAssignmentValueTopicPartitions = {
  topicId: uuid('0+'),
  partitions: array('0+', int32),
};

export const shareGroupCurrentMemberAssignmentValue = message({
  name: 'ShareGroupCurrentMemberAssignmentValue',
  apiKey: 14,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array('0+', shareGroupCurrentMemberAssignmentValueTopicPartitions),
  },
});
export type ShareGroupCurrentMemberAssignmentValue = ValueOf<typeof shareGroupCurrentMemberAssignmentValue>;
export type ShareGroupCurrentMemberAssignmentValueInput = InputOf<typeof shareGroupCurrentMemberAssignmentValue>;

export const shareGroupMemberMetadataKey = message({
  name: 'ShareGroupMemberMetadataKey',
  apiKey: 10,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type ShareGroupMemberMetadataKey = ValueOf<typeof shareGroupMemberMetadataKey>;
export type ShareGroupMemberMetadataKeyInput = InputOf<typeof shareGroupMemberMetadataKey>;

export const shareGroupMemberMetadataValue = message({
  name: 'ShareGroupMemberMetadataValue',
  apiKey: 10,
  versions: '0',
  flexible: '0+',
  fields: {
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('0+', string),
  },
});
export type ShareGroupMemberMetadataValue = ValueOf<typeof shareGroupMemberMetadataValue>;
export type ShareGroupMemberMetadataValueInput = InputOf<typeof shareGroupMemberMetadataValue>;

export const shareGroupMetadataKey = message({
  name: 'ShareGroupMetadataKey',
  apiKey: 11,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type ShareGroupMetadataKey = ValueOf<typeof shareGroupMetadataKey>;
export type ShareGroupMetadataKeyInput = InputOf<typeof shareGroupMetadataKey>;

export const shareGroupMetadataValue = message({
  name: 'ShareGroupMetadataValue',
  apiKey: 11,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    metadataHash: int64('0+'),
  },
});
export type ShareGroupMetadataValue = ValueOf<typeof shareGroupMetadataValue>;
export type ShareGroupMetadataValueInput = InputOf<typeof shareGroupMetadataValue>;

export const shareGroupStatePartitionMetadataKey = message({
  name: 'ShareGroupStatePartitionMetadataKey',
  apiKey: 15,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type ShareGroupStatePartitionMetadataKey = ValueOf<typeof shareGroupStatePartitionMetadataKey>;
export type ShareGroupStatePartitionMetadataKeyInput = InputOf<typeof shareGroupStatePartitionMetadataKey>;

const shareGroupStatePartitionMetadataValueTopicPartitionsInfo = {
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('0+', int32),
};

const shareGroupStatePartitionMetadataValueTopicInfo = {
  topicId: uuid('0+'),
  topicName: string('0+'),
};

export const shareGroupStatePartitionMetadataValue = message({
  name: 'ShareGroupStatePartitionMetadataValue',
  apiKey: 15,
  versions: '0',
  flexible: '0+',
  fields: {
    initializingTopics: array('0+', shareGroupStatePartitionMetadataValueTopicPartitionsInfo),
    initializedTopics: array('0+', shareGroupStatePartitionMetadataValueTopicPartitionsInfo),
    deletingTopics: array('0+', shareGroupStatePartitionMetadataValueTopicInfo),
  },
});
export type ShareGroupStatePartitionMetadataValue = ValueOf<typeof shareGroupStatePartitionMetadataValue>;
export type ShareGroupStatePartitionMetadataValueInput = InputOf<typeof shareGroupStatePartitionMetadataValue>;

export const shareGroupTargetAssignmentMemberKey = message({
  name: 'ShareGroupTargetAssignmentMemberKey',
  apiKey: 13,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type ShareGroupTargetAssignmentMemberKey = ValueOf<typeof shareGroupTargetAssignmentMemberKey>;
export type ShareGroupTargetAssignmentMemberKeyInput = InputOf<typeof shareGroupTargetAssignmentMemberKey>;

export const shareGroupTargetAssignmentMemberValue = message({
  name: 'ShareGroupTargetAssignmentMemberValue',
  apiKey: 13,
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', int32),
    }),
  },
});
export type ShareGroupTargetAssignmentMemberValue = ValueOf<typeof shareGroupTargetAssignmentMemberValue>;
export type ShareGroupTargetAssignmentMemberValueInput = InputOf<typeof shareGroupTargetAssignmentMemberValue>;

export const shareGroupTargetAssignmentMetadataKey = message({
  name: 'ShareGroupTargetAssignmentMetadataKey',
  apiKey: 12,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type ShareGroupTargetAssignmentMetadataKey = ValueOf<typeof shareGroupTargetAssignmentMetadataKey>;
export type ShareGroupTargetAssignmentMetadataKeyInput = InputOf<typeof shareGroupTargetAssignmentMetadataKey>;

export const shareGroupTargetAssignmentMetadataValue = message({
  name: 'ShareGroupTargetAssignmentMetadataValue',
  apiKey: 12,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, ignorable: true }),
  },
});
export type ShareGroupTargetAssignmentMetadataValue = ValueOf<typeof shareGroupTargetAssignmentMetadataValue>;
export type ShareGroupTargetAssignmentMetadataValueInput = InputOf<typeof shareGroupTargetAssignmentMetadataValue>;
