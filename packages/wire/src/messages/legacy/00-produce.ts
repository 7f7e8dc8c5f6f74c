/** Produce, API 0, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import {
  array,
  type InputOf,
  int16,
  int32,
  int64,
  message,
  offset,
  records,
  string,
  struct,
  uuid,
  type ValueOf,
} from '../../schema.ts';

export const legacyProduceRequest = message({
  name: 'ProduceRequest',
  apiKey: 0,
  versions: '0-2',
  flexible: '9+',
  fields: {
    transactionalId: string('3+', { nullable: '3+', absent: null }),
    acks: int16('0+'),
    timeoutMs: int32('0+'),
    topicData: array('0+', {
      name: string('0-12', { ignorable: true }),
      partitionData: array('0+', {
        index: int32('0+'),
        records: records('0+', { nullable: '0+' }),
      }),
      topicId: uuid('13+', { ignorable: true }),
    }),
  },
});
export type LegacyProduceRequest = ValueOf<typeof legacyProduceRequest>;
export type LegacyProduceRequestInput = InputOf<typeof legacyProduceRequest>;

export const legacyProduceResponse = message({
  name: 'ProduceResponse',
  apiKey: 0,
  versions: '0-2',
  flexible: '9+',
  fields: {
    responses: array('0+', {
      name: string('0-12', { ignorable: true }),
      partitionResponses: array('0+', {
        index: int32('0+'),
        errorCode: int16('0+'),
        baseOffset: offset('0+'),
        logAppendTimeMs: int64('2+', { absent: -1n, ignorable: true }),
        logStartOffset: offset('5+', { absent: -1, ignorable: true }),
        recordErrors: array('8+', {
          batchIndex: int32('8+'),
          batchIndexErrorMessage: string('8+', { nullable: '8+', absent: null }),
        }, { ignorable: true }),
        errorMessage: string('8+', { nullable: '8+', absent: null, ignorable: true }),
        currentLeader: struct('10+', {
          leaderId: int32('10+', { absent: -1 }),
          leaderEpoch: int32('10+', { absent: -1 }),
        }, { tag: 0 }),
      }),
      topicId: uuid('13+', { ignorable: true }),
    }),
    throttleTimeMs: int32('1+', { ignorable: true }),
    nodeEndpoints: array('10+', {
      nodeId: int32('10+'),
      host: string('10+'),
      port: int32('10+'),
      rack: string('10+', { nullable: '10+', absent: null }),
    }, { tag: 0 }),
  },
});
export type LegacyProduceResponse = ValueOf<typeof legacyProduceResponse>;
export type LegacyProduceResponseInput = InputOf<typeof legacyProduceResponse>;
