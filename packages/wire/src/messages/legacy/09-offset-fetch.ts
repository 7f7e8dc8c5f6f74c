/** OffsetFetch, API 9, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, message, offset, string, uuid, type ValueOf } from '../../schema.ts';

export const legacyOffsetFetchRequest = message({
  name: 'OffsetFetchRequest',
  apiKey: 9,
  versions: '0',
  flexible: '6+',
  fields: {
    groupId: string('0-7'),
    topics: array('0-7', {
      name: string('0-7'),
      partitionIndexes: array('0-7', int32),
    }, { nullable: '2-7' }),
    groups: array('8+', {
      groupId: string('8+'),
      memberId: string('9+', { nullable: '9+', absent: null, ignorable: true }),
      memberEpoch: int32('9+', { absent: -1, ignorable: true }),
      topics: array('8+', {
        name: string('8-9', { ignorable: true }),
        partitionIndexes: array('8+', int32),
        topicId: uuid('10+', { ignorable: true }),
      }, { nullable: '8+' }),
    }),
    requireStable: bool('7+'),
  },
});
export type LegacyOffsetFetchRequest = ValueOf<typeof legacyOffsetFetchRequest>;
export type LegacyOffsetFetchRequestInput = InputOf<typeof legacyOffsetFetchRequest>;

export const legacyOffsetFetchResponse = message({
  name: 'OffsetFetchResponse',
  apiKey: 9,
  versions: '0',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array('0-7', {
      name: string('0-7'),
      partitions: array('0-7', {
        partitionIndex: int32('0-7'),
        committedOffset: offset('0-7'),
        committedLeaderEpoch: int32('5-7', { absent: -1, ignorable: true }),
        metadata: string('0-7', { nullable: '0-7' }),
        errorCode: int16('0-7'),
      }),
    }),
    errorCode: int16('2-7', { ignorable: true }),
    groups: array('8+', {
      groupId: string('8+'),
      topics: array('8+', {
        name: string('8-9', { ignorable: true }),
        partitions: array('8+', {
          partitionIndex: int32('8+'),
          committedOffset: offset('8+'),
          committedLeaderEpoch: int32('8+', { absent: -1, ignorable: true }),
          metadata: string('8+', { nullable: '8+' }),
          errorCode: int16('8+'),
        }),
        topicId: uuid('10+', { ignorable: true }),
      }),
      errorCode: int16('8+'),
    }),
  },
});
export type LegacyOffsetFetchResponse = ValueOf<typeof legacyOffsetFetchResponse>;
export type LegacyOffsetFetchResponseInput = InputOf<typeof legacyOffsetFetchResponse>;
