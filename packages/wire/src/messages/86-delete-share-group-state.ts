/** DeleteShareGroupState, API 86. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, uuid, type ValueOf } from '../schema.ts';

export const deleteShareGroupStateRequest = message({
  name: 'DeleteShareGroupStateRequest',
  apiKey: 86,
  versions: '0',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
      }),
    }),
  },
});
export type DeleteShareGroupStateRequest = ValueOf<typeof deleteShareGroupStateRequest>;
export type DeleteShareGroupStateRequestInput = InputOf<typeof deleteShareGroupStateRequest>;

export const deleteShareGroupStateResponse = message({
  name: 'DeleteShareGroupStateResponse',
  apiKey: 86,
  versions: '0',
  flexible: '0+',
  fields: {
    results: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', absent: null }),
      }),
    }),
  },
});
export type DeleteShareGroupStateResponse = ValueOf<typeof deleteShareGroupStateResponse>;
export type DeleteShareGroupStateResponseInput = InputOf<typeof deleteShareGroupStateResponse>;
