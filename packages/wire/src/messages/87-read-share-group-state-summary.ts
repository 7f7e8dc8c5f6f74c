/** ReadShareGroupStateSummary, API 87. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, offset, string, uuid, type ValueOf } from '../schema.ts';

export const readShareGroupStateSummaryRequest = message({
  name: 'ReadShareGroupStateSummaryRequest',
  apiKey: 87,
  versions: '0-1',
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
export type ReadShareGroupStateSummaryRequest = ValueOf<typeof readShareGroupStateSummaryRequest>;
export type ReadShareGroupStateSummaryRequestInput = InputOf<typeof readShareGroupStateSummaryRequest>;

export const readShareGroupStateSummaryResponse = message({
  name: 'ReadShareGroupStateSummaryResponse',
  apiKey: 87,
  versions: '0-1',
  flexible: '0+',
  fields: {
    results: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', absent: null }),
        stateEpoch: int32('0+'),
        leaderEpoch: int32('0+'),
        startOffset: offset('0+'),
        deliveryCompleteCount: int32('1+', { absent: -1, ignorable: true }),
      }),
    }),
  },
});
export type ReadShareGroupStateSummaryResponse = ValueOf<typeof readShareGroupStateSummaryResponse>;
export type ReadShareGroupStateSummaryResponseInput = InputOf<typeof readShareGroupStateSummaryResponse>;
