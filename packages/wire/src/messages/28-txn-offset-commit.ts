/** TxnOffsetCommit, API 28. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, message, offset, string, uuid, type ValueOf } from '../schema.ts';

export const txnOffsetCommitRequest = message({
  name: 'TxnOffsetCommitRequest',
  apiKey: 28,
  versions: '0-6',
  flexible: '3+',
  fields: {
    transactionalId: string('0+'),
    groupId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    generationIdOrMemberEpoch: int32('3+', { absent: -1 }),
    memberId: string('3+'),
    groupInstanceId: string('3+', { nullable: '3+', absent: null }),
    topics: array('0+', {
      name: string('0-5', { ignorable: true }),
      topicId: uuid('6+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: offset('0+'),
        committedLeaderEpoch: int32('2+', { absent: -1, ignorable: true }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
});
export type TxnOffsetCommitRequest = ValueOf<typeof txnOffsetCommitRequest>;
export type TxnOffsetCommitRequestInput = InputOf<typeof txnOffsetCommitRequest>;

export const txnOffsetCommitResponse = message({
  name: 'TxnOffsetCommitResponse',
  apiKey: 28,
  versions: '0-6',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0-5', { ignorable: true }),
      topicId: uuid('6+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
      }),
    }),
  },
});
export type TxnOffsetCommitResponse = ValueOf<typeof txnOffsetCommitResponse>;
export type TxnOffsetCommitResponseInput = InputOf<typeof txnOffsetCommitResponse>;
