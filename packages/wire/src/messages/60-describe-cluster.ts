/** DescribeCluster, API 60. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../schema.ts';

export const describeClusterRequest = message({
  name: 'DescribeClusterRequest',
  apiKey: 60,
  versions: '0-2',
  flexible: '0+',
  fields: {
    includeClusterAuthorizedOperations: bool('0+'),
    endpointType: int8('1+', { absent: 1 }),
    includeFencedBrokers: bool('2+'),
  },
});
export type DescribeClusterRequest = ValueOf<typeof describeClusterRequest>;
export type DescribeClusterRequestInput = InputOf<typeof describeClusterRequest>;

export const describeClusterResponse = message({
  name: 'DescribeClusterResponse',
  apiKey: 60,
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', absent: null }),
    endpointType: int8('1+', { absent: 1 }),
    clusterId: string('0+'),
    controllerId: int32('0+', { absent: -1 }),
    brokers: array('0+', {
      brokerId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: string('0+', { nullable: '0+', absent: null }),
      isFenced: bool('2+'),
    }),
    clusterAuthorizedOperations: int32('0+', { absent: -2147483648 }),
  },
});
export type DescribeClusterResponse = ValueOf<typeof describeClusterResponse>;
export type DescribeClusterResponseInput = InputOf<typeof describeClusterResponse>;
