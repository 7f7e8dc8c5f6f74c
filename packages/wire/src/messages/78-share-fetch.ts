/** ShareFetch, API 78. */
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
  records,
  string,
  struct,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const shareFetchRequest = message({
  name: 'ShareFetchRequest',
  apiKey: 78,
  versions: '1-2',
  flexible: '0+',
  fields: {
    groupId: string('0+', { nullable: '0+', absent: null }),
    memberId: string('0+', { nullable: '0+' }),
    shareSessionEpoch: int32('0+'),
    maxWaitMs: int32('0+'),
    minBytes: int32('0+'),
    maxBytes: int32('0+', { absent: 0x7fffffff }),
    maxRecords: int32('1+'),
    batchSize: int32('1+'),
    shareAcquireMode: int8('2+', { ignorable: true }),
    isRenewAck: bool('2+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        partitionMaxBytes: int32('0'),
        acknowledgementBatches: array('0+', {
          firstOffset: offset('0+'),
          lastOffset: offset('0+'),
          acknowledgeTypes: array('0+', int8),
        }),
      }),
    }),
    forgottenTopicsData: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', int32),
    }),
  },
});
export type ShareFetchRequest = ValueOf<typeof shareFetchRequest>;
export type ShareFetchRequestInput = InputOf<typeof shareFetchRequest>;

export const shareFetchResponse = message({
  name: 'ShareFetchResponse',
  apiKey: 78,
  versions: '1-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
    acquisitionLockTimeoutMs: int32('1+'),
    responses: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', absent: null }),
        acknowledgeErrorCode: int16('0+'),
        acknowledgeErrorMessage: string('0+', { nullable: '0+', absent: null }),
        currentLeader: struct('0+', {
          leaderId: int32('0+'),
          leaderEpoch: int32('0+'),
        }),
        records: records('0+', { nullable: '0' }),
        acquiredRecords: array('0+', {
          firstOffset: offset('0+'),
          lastOffset: offset('0+'),
          deliveryCount: int16('0+'),
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
export type ShareFetchResponse = ValueOf<typeof shareFetchResponse>;
export type ShareFetchResponseInput = InputOf<typeof shareFetchResponse>;
