/** ElectLeaders, API 43. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../schema.ts';

export const electLeadersRequest = message({
  name: 'ElectLeadersRequest',
  apiKey: 43,
  versions: '0-2',
  flexible: '2+',
  fields: {
    electionType: int8('1+'),
    topicPartitions: array('0+', {
      topic: string('0+'),
      partitions: array('0+', int32),
    }, { nullable: '0+' }),
    timeoutMs: int32('0+', { absent: 60000 }),
  },
});
export type ElectLeadersRequest = ValueOf<typeof electLeadersRequest>;
export type ElectLeadersRequestInput = InputOf<typeof electLeadersRequest>;

export const electLeadersResponse = message({
  name: 'ElectLeadersResponse',
  apiKey: 43,
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('1+'),
    replicaElectionResults: array('0+', {
      topic: string('0+'),
      partitionResult: array('0+', {
        partitionId: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
});
export type ElectLeadersResponse = ValueOf<typeof electLeadersResponse>;
export type ElectLeadersResponseInput = InputOf<typeof electLeadersResponse>;
