/** DeleteAcls, API 31, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../../schema.ts';

export const legacyDeleteAclsRequest = message({
  name: 'DeleteAclsRequest',
  apiKey: 31,
  versions: '0',
  flexible: '2+',
  fields: {
    filters: array('0+', {
      resourceTypeFilter: int8('0+'),
      resourceNameFilter: string('0+', { nullable: '0+' }),
      patternTypeFilter: int8('1+', { absent: 3 }),
      principalFilter: string('0+', { nullable: '0+' }),
      hostFilter: string('0+', { nullable: '0+' }),
      operation: int8('0+'),
      permissionType: int8('0+'),
    }),
  },
});
export type LegacyDeleteAclsRequest = ValueOf<typeof legacyDeleteAclsRequest>;
export type LegacyDeleteAclsRequestInput = InputOf<typeof legacyDeleteAclsRequest>;

export const legacyDeleteAclsResponse = message({
  name: 'DeleteAclsResponse',
  apiKey: 31,
  versions: '0',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    filterResults: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      matchingAcls: array('0+', {
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
        resourceType: int8('0+'),
        resourceName: string('0+'),
        patternType: int8('1+', { absent: 3 }),
        principal: string('0+'),
        host: string('0+'),
        operation: int8('0+'),
        permissionType: int8('0+'),
      }),
    }),
  },
});
export type LegacyDeleteAclsResponse = ValueOf<typeof legacyDeleteAclsResponse>;
export type LegacyDeleteAclsResponseInput = InputOf<typeof legacyDeleteAclsResponse>;
