/** StreamsGroupDescribe, API 89. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  bool,
  type InputOf,
  int16,
  int32,
  int8,
  message,
  offset,
  string,
  struct,
  uint16,
  type ValueOf,
} from '../schema.ts';

export const streamsGroupDescribeRequest = message({
  name: 'StreamsGroupDescribeRequest',
  apiKey: 89,
  versions: '0-1',
  flexible: '0+',
  fields: {
    groupIds: array('0+', string),
    includeAuthorizedOperations: bool('0+'),
    includeTopologyDescription: bool('1+'),
  },
});
export type StreamsGroupDescribeRequest = ValueOf<typeof streamsGroupDescribeRequest>;
export type StreamsGroupDescribeRequestInput = InputOf<typeof streamsGroupDescribeRequest>;

const streamsGroupDescribeResponseEndpoint = {
  host: string('0+'),
  port: uint16('0+'),
};

const streamsGroupDescribeResponseTaskOffset = {
  subtopologyId: string('0+'),
  partition: int32('0+'),
  offset: offset('0+'),
};

const streamsGroupDescribeResponseTaskIds = {
  subtopologyId: string('0+'),
  partitions: array('0+', int32),
};

const streamsGroupDescribeResponseAssignment = {
  activeTasks: array('0+', streamsGroupDescribeResponseTaskIds),
  standbyTasks: array('0+', streamsGroupDescribeResponseTaskIds),
  warmupTasks: array('0+', streamsGroupDescribeResponseTaskIds),
};

const streamsGroupDescribeResponseKeyValue = {
  key: string('0+'),
  value: string('0+'),
};

const streamsGroupDescribeResponseTopicInfo = {
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: array('0+', streamsGroupDescribeResponseKeyValue),
};

const streamsGroupDescribeResponseTopologyDescriptionNode = {
  name: string('1+'),
  nodeType: int8('1+'),
  sourceTopics: array('1+', string),
  sinkTopic: string('1+', { nullable: '1+', absent: null }),
  stores: array('1+', string),
  successors: array('1+', string),
};

const streamsGroupDescribeResponseTopologyDescriptionSubtopology = {
  subtopologyId: string('1+'),
  nodes: array('1+', streamsGroupDescribeResponseTopologyDescriptionNode),
};

const streamsGroupDescribeResponseTopologyDescriptionGlobalStore = {
  source: struct('1+', streamsGroupDescribeResponseTopologyDescriptionNode),
  processor: struct('1+', streamsGroupDescribeResponseTopologyDescriptionNode),
};

const streamsGroupDescribeResponseTopologyDescription = {
  subtopologies: array('1+', streamsGroupDescribeResponseTopologyDescriptionSubtopology),
  globalStores: array('1+', streamsGroupDescribeResponseTopologyDescriptionGlobalStore),
};

export const streamsGroupDescribeResponse = message({
  name: 'StreamsGroupDescribeResponse',
  apiKey: 89,
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
      topology: struct('0+', {
        epoch: int32('0+'),
        subtopologies: array('0+', {
          subtopologyId: string('0+'),
          sourceTopics: array('0+', string),
          repartitionSinkTopics: array('0+', string),
          stateChangelogTopics: array('0+', streamsGroupDescribeResponseTopicInfo),
          repartitionSourceTopics: array('0+', streamsGroupDescribeResponseTopicInfo),
        }, { nullable: '0+', absent: null }),
      }, { nullable: '0+', absent: null }),
      members: array('0+', {
        memberId: string('0+'),
        memberEpoch: int32('0+'),
        instanceId: string('0+', { nullable: '0+', absent: null }),
        rackId: string('0+', { nullable: '0+', absent: null }),
        clientId: string('0+'),
        clientHost: string('0+'),
        topologyEpoch: int32('0+'),
        processId: string('0+'),
        userEndpoint: struct('0+', streamsGroupDescribeResponseEndpoint, { nullable: '0+', absent: null }),
        clientTags: array('0+', streamsGroupDescribeResponseKeyValue),
        taskOffsets: array('0+', streamsGroupDescribeResponseTaskOffset),
        taskEndOffsets: array('0+', streamsGroupDescribeResponseTaskOffset),
        assignment: struct('0+', streamsGroupDescribeResponseAssignment),
        targetAssignment: struct('0+', streamsGroupDescribeResponseAssignment),
        isClassic: bool('0+'),
      }),
      authorizedOperations: int32('0+', { absent: -2147483648 }),
      topologyDescription: struct('1+', streamsGroupDescribeResponseTopologyDescription, {
        nullable: '1+',
        absent: null,
      }),
      topologyDescriptionStatus: int8('1+'),
      assignorName: string('1+', { nullable: '1+', absent: null, ignorable: true }),
    }),
  },
});
export type StreamsGroupDescribeResponse = ValueOf<typeof streamsGroupDescribeResponse>;
export type StreamsGroupDescribeResponseInput = InputOf<typeof streamsGroupDescribeResponse>;
