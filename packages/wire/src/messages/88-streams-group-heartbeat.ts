/** StreamsGroupHeartbeat, API 88. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  bool,
  type InputOf,
  int16,
  int32,
  int64,
  int8,
  message,
  offset,
  string,
  struct,
  uint16,
  type ValueOf,
} from '../schema.ts';

const streamsGroupHeartbeatRequestKeyValue = {
  key: string('0+'),
  value: string('0+'),
};

const streamsGroupHeartbeatRequestTopicInfo = {
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: array('0+', streamsGroupHeartbeatRequestKeyValue),
};

const streamsGroupHeartbeatRequestEndpoint = {
  host: string('0+'),
  port: uint16('0+'),
};

const streamsGroupHeartbeatRequestTaskOffset = {
  subtopologyId: string('0+'),
  partition: int32('0+'),
  offset: offset('0+'),
};

const streamsGroupHeartbeatRequestTaskIds = {
  subtopologyId: string('0+'),
  partitions: array('0+', int32),
};

export const streamsGroupHeartbeatRequest = message({
  name: 'StreamsGroupHeartbeatRequest',
  apiKey: 88,
  versions: '0-1',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    endpointInformationEpoch: int32('0+'),
    instanceId: string('0+', { nullable: '0+', absent: null }),
    rackId: string('0+', { nullable: '0+', absent: null }),
    rebalanceTimeoutMs: int32('0+', { absent: -1 }),
    topology: struct('0+', {
      epoch: int32('0+'),
      subtopologies: array('0+', {
        subtopologyId: string('0+'),
        sourceTopics: array('0+', string),
        sourceTopicRegex: array('0+', string),
        stateChangelogTopics: array('0+', streamsGroupHeartbeatRequestTopicInfo),
        repartitionSinkTopics: array('0+', string),
        repartitionSourceTopics: array('0+', streamsGroupHeartbeatRequestTopicInfo),
        copartitionGroups: array('0+', {
          sourceTopics: array('0+', int16),
          sourceTopicRegex: array('0+', int16),
          repartitionSourceTopics: array('0+', int16),
        }),
      }),
    }, { nullable: '0+', absent: null }),
    activeTasks: array('0+', streamsGroupHeartbeatRequestTaskIds, { nullable: '0+', absent: null }),
    standbyTasks: array('0+', streamsGroupHeartbeatRequestTaskIds, { nullable: '0+', absent: null }),
    warmupTasks: array('0+', streamsGroupHeartbeatRequestTaskIds, { nullable: '0+', absent: null }),
    processId: string('0+', { nullable: '0+', absent: null }),
    userEndpoint: struct('0+', streamsGroupHeartbeatRequestEndpoint, { nullable: '0+', absent: null }),
    clientTags: array('0+', streamsGroupHeartbeatRequestKeyValue, { nullable: '0+', absent: null }),
    taskOffsets: array('0+', streamsGroupHeartbeatRequestTaskOffset, { nullable: '0+', absent: null }),
    taskEndOffsets: array('0+', streamsGroupHeartbeatRequestTaskOffset, { nullable: '0+', absent: null }),
    shutdownApplication: bool('0+'),
  },
});
export type StreamsGroupHeartbeatRequest = ValueOf<typeof streamsGroupHeartbeatRequest>;
export type StreamsGroupHeartbeatRequestInput = InputOf<typeof streamsGroupHeartbeatRequest>;

const streamsGroupHeartbeatResponseStatus = {
  statusCode: int8('0+'),
  statusDetail: string('0+'),
};

const streamsGroupHeartbeatResponseTopicPartition = {
  topic: string('0+'),
  partitions: array('0+', int32),
};

const streamsGroupHeartbeatResponseTaskIds = {
  subtopologyId: string('0+'),
  partitions: array('0+', int32),
};

const streamsGroupHeartbeatResponseEndpoint = {
  host: string('0+'),
  port: uint16('0+'),
};

export const streamsGroupHeartbeatResponse = message({
  name: 'StreamsGroupHeartbeatResponse',
  apiKey: 88,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    heartbeatIntervalMs: int32('0+'),
    acceptableRecoveryLagLegacy: int32('0'),
    taskOffsetIntervalMs: int32('0+'),
    acceptableRecoveryLag: int64('1+', { absent: -1n, ignorable: true }),
    status: array('0+', streamsGroupHeartbeatResponseStatus, { nullable: '0+' }),
    activeTasks: array('0+', streamsGroupHeartbeatResponseTaskIds, { nullable: '0+', absent: null }),
    standbyTasks: array('0+', streamsGroupHeartbeatResponseTaskIds, { nullable: '0+', absent: null }),
    warmupTasks: array('0+', streamsGroupHeartbeatResponseTaskIds, { nullable: '0+', absent: null }),
    topologyDescriptionRequired: bool('1+'),
    endpointInformationEpoch: int32('0+'),
    partitionsByUserEndpoint: array('0+', {
      userEndpoint: struct('0+', streamsGroupHeartbeatResponseEndpoint),
      activePartitions: array('0+', streamsGroupHeartbeatResponseTopicPartition),
      standbyPartitions: array('0+', streamsGroupHeartbeatResponseTopicPartition),
    }, { nullable: '0+', absent: null }),
  },
});
export type StreamsGroupHeartbeatResponse = ValueOf<typeof streamsGroupHeartbeatResponse>;
export type StreamsGroupHeartbeatResponseInput = InputOf<typeof streamsGroupHeartbeatResponse>;
