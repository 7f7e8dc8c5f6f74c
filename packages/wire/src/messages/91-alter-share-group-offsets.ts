/** AlterShareGroupOffsets, API 91. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, offset, string, uuid, type ValueOf } from '../schema.ts';

export const alterShareGroupOffsetsRequest = message({
  name: 'AlterShareGroupOffsetsRequest',
  apiKey: 91,
  versions: '0',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    topics: array('0+', {
      topicName: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        startOffset: offset('0+'),
      }),
    }),
  },
});
export type AlterShareGroupOffsetsRequest = ValueOf<typeof alterShareGroupOffsetsRequest>;
export type AlterShareGroupOffsetsRequestInput = InputOf<typeof alterShareGroupOffsetsRequest>;

export const alterShareGroupOffsetsResponse = message({
  name: 'AlterShareGroupOffsetsResponse',
  apiKey: 91,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
    responses: array('0+', {
      topicName: string('0+'),
      topicId: uuid('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', absent: null }),
      }),
    }),
  },
});
export type AlterShareGroupOffsetsResponse = ValueOf<typeof alterShareGroupOffsetsResponse>;
export type AlterShareGroupOffsetsResponseInput = InputOf<typeof alterShareGroupOffsetsResponse>;
