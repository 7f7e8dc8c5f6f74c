/** Records of __consumer_offsets: streams groups (KIP-1071). */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  type InputOf,
  int16,
  int32,
  int64,
  int8,
  message,
  string,
  struct,
  uint16,
  type ValueOf,
} from '../schema.ts';

export const streamsGroupCurrentMemberAssignmentKey = message({
  name: 'StreamsGroupCurrentMemberAssignmentKey',
  apiKey: 22,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type StreamsGroupCurrentMemberAssignmentKey = ValueOf<typeof streamsGroupCurrentMemberAssignmentKey>;
export type StreamsGroupCurrentMemberAssignmentKeyInput = InputOf<typeof streamsGroupCurrentMemberAssignmentKey>;

const streamsGroupCurrentMemberAssignmentValueTaskIds = {
  subtopologyId: string('0+'),
  partitions: array('0+', int32),
  assignmentEpochs: array('0+', int32, { nullable: '0+', tag: 0 }),
};

export const streamsGroupCurrentMemberAssignmentValue = message({
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  apiKey: 22,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    activeTasks: array('0+', streamsGroupCurrentMemberAssignmentValueTaskIds),
    standbyTasks: array('0+', streamsGroupCurrentMemberAssignmentValueTaskIds),
    warmupTasks: array('0+', streamsGroupCurrentMemberAssignmentValueTaskIds),
    activeTasksPendingRevocation: array('0+', streamsGroupCurrentMemberAssignmentValueTaskIds),
    standbyTasksPendingRevocation: array('0+', streamsGroupCurrentMemberAssignmentValueTaskIds),
    warmupTasksPendingRevocation: array('0+', streamsGroupCurrentMemberAssignmentValueTaskIds),
  },
});
export type StreamsGroupCurrentMemberAssignmentValue = ValueOf<typeof streamsGroupCurrentMemberAssignmentValue>;
export type StreamsGroupCurrentMemberAssignmentValueInput = InputOf<typeof streamsGroupCurrentMemberAssignmentValue>;

export const streamsGroupMemberMetadataKey = message({
  name: 'StreamsGroupMemberMetadataKey',
  apiKey: 19,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type StreamsGroupMemberMetadataKey = ValueOf<typeof streamsGroupMemberMetadataKey>;
export type StreamsGroupMemberMetadataKeyInput = InputOf<typeof streamsGroupMemberMetadataKey>;

const streamsGroupMemberMetadataValueEndpoint = {
  host: string('0+'),
  port: uint16('0+'),
};

const streamsGroupMemberMetadataValueKeyValue = {
  key: string('0+'),
  value: string('0+'),
};

export const streamsGroupMemberMetadataValue = message({
  name: 'StreamsGroupMemberMetadataValue',
  apiKey: 19,
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    rebalanceTimeoutMs: int32('0+', { absent: -1 }),
    topologyEpoch: int32('0+'),
    processId: string('0+'),
    userEndpoint: struct('0+', streamsGroupMemberMetadataValueEndpoint, { nullable: '0+', absent: null }),
    clientTags: array('0+', streamsGroupMemberMetadataValueKeyValue),
  },
});
export type StreamsGroupMemberMetadataValue = ValueOf<typeof streamsGroupMemberMetadataValue>;
export type StreamsGroupMemberMetadataValueInput = InputOf<typeof streamsGroupMemberMetadataValue>;

export const streamsGroupMetadataKey = message({
  name: 'StreamsGroupMetadataKey',
  apiKey: 17,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type StreamsGroupMetadataKey = ValueOf<typeof streamsGroupMetadataKey>;
export type StreamsGroupMetadataKeyInput = InputOf<typeof streamsGroupMetadataKey>;

const streamsGroupMetadataValueLastAssignmentConfig = {
  key: string('0+'),
  value: string('0+'),
};

export const streamsGroupMetadataValue = message({
  name: 'StreamsGroupMetadataValue',
  apiKey: 17,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    metadataHash: int64('0+'),
    validatedTopologyEpoch: int32('0+', { absent: -1, tag: 0 }),
    lastAssignmentConfigs: array('0+', streamsGroupMetadataValueLastAssignmentConfig, { nullable: '0+', tag: 1 }),
    storedDescriptionTopologyEpoch: int32('0+', { absent: -1, tag: 2 }),
    failedDescriptionTopologyEpoch: int32('0+', { absent: -1, tag: 3 }),
  },
});
export type StreamsGroupMetadataValue = ValueOf<typeof streamsGroupMetadataValue>;
export type StreamsGroupMetadataValueInput = InputOf<typeof streamsGroupMetadataValue>;

export const streamsGroupTargetAssignmentMemberKey = message({
  name: 'StreamsGroupTargetAssignmentMemberKey',
  apiKey: 21,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
});
export type StreamsGroupTargetAssignmentMemberKey = ValueOf<typeof streamsGroupTargetAssignmentMemberKey>;
export type StreamsGroupTargetAssignmentMemberKeyInput = InputOf<typeof streamsGroupTargetAssignmentMemberKey>;

const streamsGroupTargetAssignmentMemberValueTaskIds = {
  subtopologyId: string('0+'),
  partitions: array('0+', int32),
};

export const streamsGroupTargetAssignmentMemberValue = message({
  name: 'StreamsGroupTargetAssignmentMemberValue',
  apiKey: 21,
  versions: '0',
  flexible: '0+',
  fields: {
    activeTasks: array('0+', streamsGroupTargetAssignmentMemberValueTaskIds),
    standbyTasks: array('0+', streamsGroupTargetAssignmentMemberValueTaskIds),
    warmupTasks: array('0+', streamsGroupTargetAssignmentMemberValueTaskIds),
  },
});
export type StreamsGroupTargetAssignmentMemberValue = ValueOf<typeof streamsGroupTargetAssignmentMemberValue>;
export type StreamsGroupTargetAssignmentMemberValueInput = InputOf<typeof streamsGroupTargetAssignmentMemberValue>;

export const streamsGroupTargetAssignmentMetadataKey = message({
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  apiKey: 20,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type StreamsGroupTargetAssignmentMetadataKey = ValueOf<typeof streamsGroupTargetAssignmentMetadataKey>;
export type StreamsGroupTargetAssignmentMetadataKeyInput = InputOf<typeof streamsGroupTargetAssignmentMetadataKey>;

export const streamsGroupTargetAssignmentMetadataValue = message({
  name: 'StreamsGroupTargetAssignmentMetadataValue',
  apiKey: 20,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { tag: 0, ignorable: true }),
  },
});
export type StreamsGroupTargetAssignmentMetadataValue = ValueOf<typeof streamsGroupTargetAssignmentMetadataValue>;
export type StreamsGroupTargetAssignmentMetadataValueInput = InputOf<typeof streamsGroupTargetAssignmentMetadataValue>;

export const streamsGroupTopologyKey = message({
  name: 'StreamsGroupTopologyKey',
  apiKey: 23,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
});
export type StreamsGroupTopologyKey = ValueOf<typeof streamsGroupTopologyKey>;
export type StreamsGroupTopologyKeyInput = InputOf<typeof streamsGroupTopologyKey>;

const streamsGroupTopologyValueTopicConfig = {
  key: string('0+'),
  value: string('0+'),
};

const streamsGroupTopologyValueTopicInfo = {
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: array('0+', streamsGroupTopologyValueTopicConfig),
};

export const streamsGroupTopologyValue = message({
  name: 'StreamsGroupTopologyValue',
  apiKey: 23,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    subtopologies: array('0+', {
      subtopologyId: string('0+'),
      sourceTopics: array('0+', string),
      sourceTopicRegex: array('0+', string),
      stateChangelogTopics: array('0+', streamsGroupTopologyValueTopicInfo),
      repartitionSinkTopics: array('0+', string),
      repartitionSourceTopics: array('0+', streamsGroupTopologyValueTopicInfo),
      copartitionGroups: array('0+', {
        sourceTopics: array('0+', int16),
        sourceTopicRegex: array('0+', int16),
        repartitionSourceTopics: array('0+', int16),
      }),
    }),
  },
});
export type StreamsGroupTopologyValue = ValueOf<typeof streamsGroupTopologyValue>;
export type StreamsGroupTopologyValueInput = InputOf<typeof streamsGroupTopologyValue>;
