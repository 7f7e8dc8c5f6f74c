/** DeleteShareGroupOffsets, API 92. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, uuid, type ValueOf } from '../schema.ts';

export const deleteShareGroupOffsetsRequest = message({
  name: 'DeleteShareGroupOffsetsRequest',
  apiKey: 92,
  versions: '0',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    topics: array('0+', {
      topicName: string('0+'),
    }),
  },
});
export type DeleteShareGroupOffsetsRequest = ValueOf<typeof deleteShareGroupOffsetsRequest>;
export type DeleteShareGroupOffsetsRequestInput = InputOf<typeof deleteShareGroupOffsetsRequest>;

export const deleteShareGroupOffsetsResponse = message({
  name: 'DeleteShareGroupOffsetsResponse',
  apiKey: 92,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
    responses: array('0+', {
      topicName: string('0+'),
      topicId: uuid('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', absent: null }),
    }),
  },
});
export type DeleteShareGroupOffsetsResponse = ValueOf<typeof deleteShareGroupOffsetsResponse>;
export type DeleteShareGroupOffsetsResponseInput = InputOf<typeof deleteShareGroupOffsetsResponse>;
