/** WriteShareGroupState, API 85. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, offset, string, uuid, type ValueOf } from '../schema.ts';

export const writeShareGroupStateRequest = message({
  name: 'WriteShareGroupStateRequest',
  apiKey: 85,
  versions: '0-1',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        stateEpoch: int32('0+'),
        leaderEpoch: int32('0+'),
        startOffset: offset('0+'),
        deliveryCompleteCount: int32('1+', { absent: -1, ignorable: true }),
        stateBatches: array('0+', {
          firstOffset: offset('0+'),
          lastOffset: offset('0+'),
          deliveryState: int8('0+'),
          deliveryCount: int16('0+'),
        }),
      }),
    }),
  },
});
export type WriteShareGroupStateRequest = ValueOf<typeof writeShareGroupStateRequest>;
export type WriteShareGroupStateRequestInput = InputOf<typeof writeShareGroupStateRequest>;

export const writeShareGroupStateResponse = message({
  name: 'WriteShareGroupStateResponse',
  apiKey: 85,
  versions: '0-1',
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
export type WriteShareGroupStateResponse = ValueOf<typeof writeShareGroupStateResponse>;
export type WriteShareGroupStateResponseInput = InputOf<typeof writeShareGroupStateResponse>;
