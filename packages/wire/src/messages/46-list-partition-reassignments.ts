/** ListPartitionReassignments, API 46. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const listPartitionReassignmentsRequest = message({
  name: 'ListPartitionReassignmentsRequest',
  apiKey: 46,
  versions: '0',
  flexible: '0+',
  fields: {
    timeoutMs: int32('0+', { absent: 60000 }),
    topics: array('0+', {
      name: string('0+'),
      partitionIndexes: array('0+', int32),
    }, { nullable: '0+', absent: null }),
  },
});
export type ListPartitionReassignmentsRequest = ValueOf<typeof listPartitionReassignmentsRequest>;
export type ListPartitionReassignmentsRequestInput = InputOf<typeof listPartitionReassignmentsRequest>;

export const listPartitionReassignmentsResponse = message({
  name: 'ListPartitionReassignmentsResponse',
  apiKey: 46,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicas: array('0+', int32),
        addingReplicas: array('0+', int32),
        removingReplicas: array('0+', int32),
      }),
    }),
  },
});
export type ListPartitionReassignmentsResponse = ValueOf<typeof listPartitionReassignmentsResponse>;
export type ListPartitionReassignmentsResponseInput = InputOf<typeof listPartitionReassignmentsResponse>;
