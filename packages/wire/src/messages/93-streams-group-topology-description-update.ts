/** StreamsGroupTopologyDescriptionUpdate, API 93. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, string, struct, type ValueOf } from '../schema.ts';

const streamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionNode = {
  name: string('0+'),
  nodeType: int8('0+'),
  sourceTopics: array('0+', string),
  sinkTopic: string('0+', { nullable: '0+', absent: null }),
  stores: array('0+', string),
  successors: array('0+', string),
};

const streamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionSubtopology = {
  subtopologyId: string('0+'),
  nodes: array('0+', streamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionNode),
};

const streamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionGlobalStore = {
  source: struct('0+', streamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionNode),
  processor: struct('0+', streamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionNode),
};

const streamsGroupTopologyDescriptionUpdateRequestTopologyDescription = {
  subtopologies: array('0+', streamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionSubtopology),
  globalStores: array('0+', streamsGroupTopologyDescriptionUpdateRequestTopologyDescriptionGlobalStore),
};

export const streamsGroupTopologyDescriptionUpdateRequest = message({
  name: 'StreamsGroupTopologyDescriptionUpdateRequest',
  apiKey: 93,
  versions: '0',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    memberId: string('0+'),
    topologyEpoch: int32('0+'),
    topologyDescription: struct('0+', streamsGroupTopologyDescriptionUpdateRequestTopologyDescription),
  },
});
export type StreamsGroupTopologyDescriptionUpdateRequest = ValueOf<typeof streamsGroupTopologyDescriptionUpdateRequest>;
export type StreamsGroupTopologyDescriptionUpdateRequestInput =
  InputOf<typeof streamsGroupTopologyDescriptionUpdateRequest>;

export const streamsGroupTopologyDescriptionUpdateResponse = message({
  name: 'StreamsGroupTopologyDescriptionUpdateResponse',
  apiKey: 93,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
  },
});
export type StreamsGroupTopologyDescriptionUpdateResponse =
  ValueOf<typeof streamsGroupTopologyDescriptionUpdateResponse>;
export type StreamsGroupTopologyDescriptionUpdateResponseInput =
  InputOf<typeof streamsGroupTopologyDescriptionUpdateResponse>;
