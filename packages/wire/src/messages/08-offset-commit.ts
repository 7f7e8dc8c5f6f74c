/** OffsetCommit, API 8. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, message, offset, string, uuid, type ValueOf } from '../schema.ts';
import { offsetCommitRequestStraight, offsetCommitResponseStraight } from './08-offset-commit.generated.ts';

export const offsetCommitRequest = message({
  name: 'OffsetCommitRequest',
  apiKey: 8,
  versions: '2-10',
  flexible: '8+',
  fields: {
    groupId: string('0+'),
    generationIdOrMemberEpoch: int32('1+', { absent: -1, ignorable: true }),
    memberId: string('1+', { ignorable: true }),
    groupInstanceId: string('7+', { nullable: '7+', absent: null }),
    retentionTimeMs: int64('2-4', { absent: -1n, ignorable: true }),
    topics: array('0+', {
      name: string('0-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        committedOffset: offset('0+'),
        committedLeaderEpoch: int32('6+', { absent: -1, ignorable: true }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
  straight: offsetCommitRequestStraight,
});
export type OffsetCommitRequest = ValueOf<typeof offsetCommitRequest>;
export type OffsetCommitRequestInput = InputOf<typeof offsetCommitRequest>;

export const offsetCommitResponse = message({
  name: 'OffsetCommitResponse',
  apiKey: 8,
  versions: '2-10',
  flexible: '8+',
  fields: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array('0+', {
      name: string('0-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
      }),
    }),
  },
  straight: offsetCommitResponseStraight,
});
export type OffsetCommitResponse = ValueOf<typeof offsetCommitResponse>;
export type OffsetCommitResponseInput = InputOf<typeof offsetCommitResponse>;
