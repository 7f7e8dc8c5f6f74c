/** OffsetCommit, API 8, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, message, offset, string, uuid, type ValueOf } from '../../schema.ts';

export const legacyOffsetCommitRequest = message({
  name: 'OffsetCommitRequest',
  apiKey: 8,
  versions: '0-1',
  flexible: '8+',
  fields: {
    groupId: string('0+'),
    generationIdOrMemberEpoch: int32('1+', { absent: -1, ignorable: true }),
    memberId: string('1+', { ignorable: true }),
    groupInstanceId: string('7+', { nullable: '7+', absent: null }),
    retentionTimeMs: int64('2-4', { absent: -1n, ignorable: true }),
    topics: array('0+', {
      name: string('0-9', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: offset('0+'),
        committedLeaderEpoch: int32('6+', { absent: -1, ignorable: true }),
        commitTimestamp: int64('1', { absent: -1n }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
      topicId: uuid('10+', { ignorable: true }),
    }),
  },
});
export type LegacyOffsetCommitRequest = ValueOf<typeof legacyOffsetCommitRequest>;
export type LegacyOffsetCommitRequestInput = InputOf<typeof legacyOffsetCommitRequest>;

export const legacyOffsetCommitResponse = message({
  name: 'OffsetCommitResponse',
  apiKey: 8,
  versions: '0-1',
  flexible: '8+',
  fields: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array('0+', {
      name: string('0-9', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
      }),
      topicId: uuid('10+', { ignorable: true }),
    }),
  },
});
export type LegacyOffsetCommitResponse = ValueOf<typeof legacyOffsetCommitResponse>;
export type LegacyOffsetCommitResponseInput = InputOf<typeof legacyOffsetCommitResponse>;
