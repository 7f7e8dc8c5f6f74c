/** WriteTxnMarkers, API 27. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int64, int8, message, string, type ValueOf } from '../schema.ts';

export const writeTxnMarkersRequest = message({
  name: 'WriteTxnMarkersRequest',
  apiKey: 27,
  versions: '1-2',
  flexible: '1+',
  fields: {
    markers: array('0+', {
      producerId: int64('0+'),
      producerEpoch: int16('0+'),
      transactionResult: bool('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitionIndexes: array('0+', int32),
      }),
      coordinatorEpoch: int32('0+'),
      transactionVersion: int8('2+', { ignorable: true }),
    }),
  },
});
export type WriteTxnMarkersRequest = ValueOf<typeof writeTxnMarkersRequest>;
export type WriteTxnMarkersRequestInput = InputOf<typeof writeTxnMarkersRequest>;

export const writeTxnMarkersResponse = message({
  name: 'WriteTxnMarkersResponse',
  apiKey: 27,
  versions: '1-2',
  flexible: '1+',
  fields: {
    markers: array('0+', {
      producerId: int64('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          errorCode: int16('0+'),
        }),
      }),
    }),
  },
});
export type WriteTxnMarkersResponse = ValueOf<typeof writeTxnMarkersResponse>;
export type WriteTxnMarkersResponseInput = InputOf<typeof writeTxnMarkersResponse>;
