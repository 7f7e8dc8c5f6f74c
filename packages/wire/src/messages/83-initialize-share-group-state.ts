/** InitializeShareGroupState, API 83. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, offset, string, uuid, type ValueOf } from '../schema.ts';

export const initializeShareGroupStateRequest = message({
  name: 'InitializeShareGroupStateRequest',
  apiKey: 83,
  versions: '0',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        stateEpoch: int32('0+'),
        startOffset: offset('0+'),
      }),
    }),
  },
});
export type InitializeShareGroupStateRequest = ValueOf<typeof initializeShareGroupStateRequest>;
export type InitializeShareGroupStateRequestInput = InputOf<typeof initializeShareGroupStateRequest>;

export const initializeShareGroupStateResponse = message({
  name: 'InitializeShareGroupStateResponse',
  apiKey: 83,
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
export type InitializeShareGroupStateResponse = ValueOf<typeof initializeShareGroupStateResponse>;
export type InitializeShareGroupStateResponseInput = InputOf<typeof initializeShareGroupStateResponse>;
