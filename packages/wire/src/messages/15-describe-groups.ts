/** DescribeGroups, API 15. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, bytes, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const describeGroupsRequest = message({
  name: 'DescribeGroupsRequest',
  apiKey: 15,
  versions: '0-6',
  flexible: '5+',
  fields: {
    groups: array('0+', string),
    includeAuthorizedOperations: bool('3+'),
  },
});
export type DescribeGroupsRequest = ValueOf<typeof describeGroupsRequest>;
export type DescribeGroupsRequestInput = InputOf<typeof describeGroupsRequest>;

export const describeGroupsResponse = message({
  name: 'DescribeGroupsResponse',
  apiKey: 15,
  versions: '0-6',
  flexible: '5+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    groups: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('6+', { nullable: '6+', absent: null }),
      groupId: string('0+'),
      groupState: string('0+'),
      protocolType: string('0+'),
      protocolData: string('0+'),
      members: array('0+', {
        memberId: string('0+'),
        groupInstanceId: string('4+', { nullable: '4+', absent: null, ignorable: true }),
        clientId: string('0+'),
        clientHost: string('0+'),
        memberMetadata: bytes('0+'),
        memberAssignment: bytes('0+'),
      }),
      authorizedOperations: int32('3+', { absent: -2147483648 }),
    }),
  },
});
export type DescribeGroupsResponse = ValueOf<typeof describeGroupsResponse>;
export type DescribeGroupsResponseInput = InputOf<typeof describeGroupsResponse>;
