/** AlterPartitionReassignments, API 45. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const alterPartitionReassignmentsRequest = message({
  name: 'AlterPartitionReassignmentsRequest',
  apiKey: 45,
  versions: '0-1',
  flexible: '0+',
  fields: {
    timeoutMs: int32('0+', { absent: 60000 }),
    allowReplicationFactorChange: bool('1+', { absent: true }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        replicas: array('0+', int32, { nullable: '0+', absent: null }),
      }),
    }),
  },
});
export type AlterPartitionReassignmentsRequest = ValueOf<typeof alterPartitionReassignmentsRequest>;
export type AlterPartitionReassignmentsRequestInput = InputOf<typeof alterPartitionReassignmentsRequest>;

export const alterPartitionReassignmentsResponse = message({
  name: 'AlterPartitionReassignmentsResponse',
  apiKey: 45,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    allowReplicationFactorChange: bool('1+', { absent: true, ignorable: true }),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    responses: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
});
export type AlterPartitionReassignmentsResponse = ValueOf<typeof alterPartitionReassignmentsResponse>;
export type AlterPartitionReassignmentsResponseInput = InputOf<typeof alterPartitionReassignmentsResponse>;
