/** DescribeShareGroupOffsets, API 90. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, message, offset, string, uuid, type ValueOf } from '../schema.ts';

export const describeShareGroupOffsetsRequest = message({
  name: 'DescribeShareGroupOffsetsRequest',
  apiKey: 90,
  versions: '0-1',
  flexible: '0+',
  fields: {
    groups: array('0+', {
      groupId: string('0+'),
      topics: array('0+', {
        topicName: string('0+'),
        partitions: array('0+', int32),
      }, { nullable: '0+' }),
    }),
  },
});
export type DescribeShareGroupOffsetsRequest = ValueOf<typeof describeShareGroupOffsetsRequest>;
export type DescribeShareGroupOffsetsRequestInput = InputOf<typeof describeShareGroupOffsetsRequest>;

export const describeShareGroupOffsetsResponse = message({
  name: 'DescribeShareGroupOffsetsResponse',
  apiKey: 90,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    groups: array('0+', {
      groupId: string('0+'),
      topics: array('0+', {
        topicName: string('0+'),
        topicId: uuid('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          startOffset: offset('0+'),
          leaderEpoch: int32('0+'),
          lag: int64('1+', { absent: -1n, ignorable: true }),
          errorCode: int16('0+'),
          errorMessage: string('0+', { nullable: '0+', absent: null }),
        }),
      }),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', absent: null }),
    }),
  },
});
export type DescribeShareGroupOffsetsResponse = ValueOf<typeof describeShareGroupOffsetsResponse>;
export type DescribeShareGroupOffsetsResponseInput = InputOf<typeof describeShareGroupOffsetsResponse>;
