/** ListOffsets, API 2. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, int8, message, offset, string, type ValueOf } from '../schema.ts';
import { listOffsetsRequestStraight, listOffsetsResponseStraight } from './02-list-offsets.generated.ts';

export const listOffsetsRequest = message({
  name: 'ListOffsetsRequest',
  apiKey: 2,
  versions: '1-11',
  flexible: '6+',
  fields: {
    replicaId: int32('0+'),
    isolationLevel: int8('2+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        currentLeaderEpoch: int32('4+', { absent: -1, ignorable: true }),
        timestamp: int64('0+'),
      }),
    }),
    timeoutMs: int32('10+', { ignorable: true }),
  },
  straight: listOffsetsRequestStraight,
});
export type ListOffsetsRequest = ValueOf<typeof listOffsetsRequest>;
export type ListOffsetsRequestInput = InputOf<typeof listOffsetsRequest>;

export const listOffsetsResponse = message({
  name: 'ListOffsetsResponse',
  apiKey: 2,
  versions: '1-11',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        timestamp: int64('1+', { absent: -1n }),
        offset: offset('1+', { absent: -1 }),
        leaderEpoch: int32('4+', { absent: -1 }),
      }),
    }),
  },
  straight: listOffsetsResponseStraight,
});
export type ListOffsetsResponse = ValueOf<typeof listOffsetsResponse>;
export type ListOffsetsResponseInput = InputOf<typeof listOffsetsResponse>;
