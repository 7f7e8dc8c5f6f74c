/** OffsetForLeaderEpoch, API 23, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, offset, string, type ValueOf } from '../../schema.ts';

export const legacyOffsetForLeaderEpochRequest = message({
  name: 'OffsetForLeaderEpochRequest',
  apiKey: 23,
  versions: '0-1',
  flexible: '4+',
  fields: {
    replicaId: int32('3+', { absent: -2, ignorable: true }),
    topics: array('0+', {
      topic: string('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        currentLeaderEpoch: int32('2+', { absent: -1, ignorable: true }),
        leaderEpoch: int32('0+'),
      }),
    }),
  },
});
export type LegacyOffsetForLeaderEpochRequest = ValueOf<typeof legacyOffsetForLeaderEpochRequest>;
export type LegacyOffsetForLeaderEpochRequestInput = InputOf<typeof legacyOffsetForLeaderEpochRequest>;

export const legacyOffsetForLeaderEpochResponse = message({
  name: 'OffsetForLeaderEpochResponse',
  apiKey: 23,
  versions: '0-1',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      topic: string('0+'),
      partitions: array('0+', {
        errorCode: int16('0+'),
        partition: int32('0+'),
        leaderEpoch: int32('1+', { absent: -1, ignorable: true }),
        endOffset: offset('0+', { absent: -1 }),
      }),
    }),
  },
});
export type LegacyOffsetForLeaderEpochResponse = ValueOf<typeof legacyOffsetForLeaderEpochResponse>;
export type LegacyOffsetForLeaderEpochResponseInput = InputOf<typeof legacyOffsetForLeaderEpochResponse>;
