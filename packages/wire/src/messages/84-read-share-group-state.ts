/** ReadShareGroupState, API 84. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, offset, string, uuid, type ValueOf } from '../schema.ts';

export const readShareGroupStateRequest = message({
  name: 'ReadShareGroupStateRequest',
  apiKey: 84,
  versions: '0',
  flexible: '0+',
  fields: {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        leaderEpoch: int32('0+'),
      }),
    }),
  },
});
export type ReadShareGroupStateRequest = ValueOf<typeof readShareGroupStateRequest>;
export type ReadShareGroupStateRequestInput = InputOf<typeof readShareGroupStateRequest>;

export const readShareGroupStateResponse = message({
  name: 'ReadShareGroupStateResponse',
  apiKey: 84,
  versions: '0',
  flexible: '0+',
  fields: {
    results: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', absent: null }),
        stateEpoch: int32('0+'),
        startOffset: offset('0+'),
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
export type ReadShareGroupStateResponse = ValueOf<typeof readShareGroupStateResponse>;
export type ReadShareGroupStateResponseInput = InputOf<typeof readShareGroupStateResponse>;
