/** DeleteRecords, API 21. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, offset, string, type ValueOf } from '../schema.ts';

export const deleteRecordsRequest = message({
  name: 'DeleteRecordsRequest',
  apiKey: 21,
  versions: '0-2',
  flexible: '2+',
  fields: {
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        offset: offset('0+'),
      }),
    }),
    timeoutMs: int32('0+'),
  },
});
export type DeleteRecordsRequest = ValueOf<typeof deleteRecordsRequest>;
export type DeleteRecordsRequestInput = InputOf<typeof deleteRecordsRequest>;

export const deleteRecordsResponse = message({
  name: 'DeleteRecordsResponse',
  apiKey: 21,
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        lowWatermark: offset('0+'),
        errorCode: int16('0+'),
      }),
    }),
  },
});
export type DeleteRecordsResponse = ValueOf<typeof deleteRecordsResponse>;
export type DeleteRecordsResponseInput = InputOf<typeof deleteRecordsResponse>;
