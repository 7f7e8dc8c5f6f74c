/** DescribeAcls, API 29, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../../schema.ts';

export const legacyDescribeAclsRequest = message({
  name: 'DescribeAclsRequest',
  apiKey: 29,
  versions: '0',
  flexible: '2+',
  fields: {
    resourceTypeFilter: int8('0+'),
    resourceNameFilter: string('0+', { nullable: '0+' }),
    patternTypeFilter: int8('1+', { absent: 3 }),
    principalFilter: string('0+', { nullable: '0+' }),
    hostFilter: string('0+', { nullable: '0+' }),
    operation: int8('0+'),
    permissionType: int8('0+'),
  },
});
export type LegacyDescribeAclsRequest = ValueOf<typeof legacyDescribeAclsRequest>;
export type LegacyDescribeAclsRequestInput = InputOf<typeof legacyDescribeAclsRequest>;

export const legacyDescribeAclsResponse = message({
  name: 'DescribeAclsResponse',
  apiKey: 29,
  versions: '0',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      patternType: int8('1+', { absent: 3 }),
      acls: array('0+', {
        principal: string('0+'),
        host: string('0+'),
        operation: int8('0+'),
        permissionType: int8('0+'),
      }),
    }),
  },
});
export type LegacyDescribeAclsResponse = ValueOf<typeof legacyDescribeAclsResponse>;
export type LegacyDescribeAclsResponseInput = InputOf<typeof legacyDescribeAclsResponse>;
