/** ListOffsets, API 2, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, int8, message, offset, string, type ValueOf } from '../../schema.ts';

export const legacyListOffsetsRequest = message({
  name: 'ListOffsetsRequest',
  apiKey: 2,
  versions: '0',
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
        maxNumOffsets: int32('0', { absent: 1 }),
      }),
    }),
    timeoutMs: int32('10+', { ignorable: true }),
  },
});
export type LegacyListOffsetsRequest = ValueOf<typeof legacyListOffsetsRequest>;
export type LegacyListOffsetsRequestInput = InputOf<typeof legacyListOffsetsRequest>;

export const legacyListOffsetsResponse = message({
  name: 'ListOffsetsResponse',
  apiKey: 2,
  versions: '0',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        oldStyleOffsets: array('0', int64),
        timestamp: int64('1+', { absent: -1n }),
        offset: offset('1+', { absent: -1 }),
        leaderEpoch: int32('4+', { absent: -1 }),
      }),
    }),
  },
});
export type LegacyListOffsetsResponse = ValueOf<typeof legacyListOffsetsResponse>;
export type LegacyListOffsetsResponseInput = InputOf<typeof legacyListOffsetsResponse>;
