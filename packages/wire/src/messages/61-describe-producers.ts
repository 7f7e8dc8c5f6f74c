/** DescribeProducers, API 61. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, message, offset, string, type ValueOf } from '../schema.ts';

export const describeProducersRequest = message({
  name: 'DescribeProducersRequest',
  apiKey: 61,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array('0+', {
      name: string('0+'),
      partitionIndexes: array('0+', int32),
    }),
  },
});
export type DescribeProducersRequest = ValueOf<typeof describeProducersRequest>;
export type DescribeProducersRequestInput = InputOf<typeof describeProducersRequest>;

export const describeProducersResponse = message({
  name: 'DescribeProducersResponse',
  apiKey: 61,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', absent: null }),
        activeProducers: array('0+', {
          producerId: int64('0+'),
          producerEpoch: int32('0+'),
          lastSequence: int32('0+', { absent: -1 }),
          lastTimestamp: int64('0+', { absent: -1n }),
          coordinatorEpoch: int32('0+'),
          currentTxnStartOffset: offset('0+', { absent: -1 }),
        }),
      }),
    }),
  },
});
export type DescribeProducersResponse = ValueOf<typeof describeProducersResponse>;
export type DescribeProducersResponseInput = InputOf<typeof describeProducersResponse>;
