/** ShareAcknowledge, API 79. */
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
  uuid,
  type ValueOf,
} from '../schema.ts';

export const shareAcknowledgeRequest = message({
  name: 'ShareAcknowledgeRequest',
  apiKey: 79,
  versions: '1-2',
  flexible: '0+',
  fields: {
    groupId: string('0+', { nullable: '0+', absent: null }),
    memberId: string('0+', { nullable: '0+' }),
    shareSessionEpoch: int32('0+'),
    isRenewAck: bool('2+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        acknowledgementBatches: array('0+', {
          firstOffset: offset('0+'),
          lastOffset: offset('0+'),
          acknowledgeTypes: array('0+', int8),
        }),
      }),
    }),
  },
});
export type ShareAcknowledgeRequest = ValueOf<typeof shareAcknowledgeRequest>;
export type ShareAcknowledgeRequestInput = InputOf<typeof shareAcknowledgeRequest>;

export const shareAcknowledgeResponse = message({
  name: 'ShareAcknowledgeResponse',
  apiKey: 79,
  versions: '1-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
    acquisitionLockTimeoutMs: int32('2+', { ignorable: true }),
    responses: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', absent: null }),
        currentLeader: struct('0+', {
          leaderId: int32('0+'),
          leaderEpoch: int32('0+'),
        }),
      }),
    }),
    nodeEndpoints: array('0+', {
      nodeId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: string('0+', { nullable: '0+', absent: null }),
    }),
  },
});
export type ShareAcknowledgeResponse = ValueOf<typeof shareAcknowledgeResponse>;
export type ShareAcknowledgeResponseInput = InputOf<typeof shareAcknowledgeResponse>;
