/** CreateAcls, API 30, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../../schema.ts';

export const legacyCreateAclsRequest = message({
  name: 'CreateAclsRequest',
  apiKey: 30,
  versions: '0',
  flexible: '2+',
  fields: {
    creations: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      resourcePatternType: int8('1+', { absent: 3 }),
      principal: string('0+'),
      host: string('0+'),
      operation: int8('0+'),
      permissionType: int8('0+'),
    }),
  },
});
export type LegacyCreateAclsRequest = ValueOf<typeof legacyCreateAclsRequest>;
export type LegacyCreateAclsRequestInput = InputOf<typeof legacyCreateAclsRequest>;

export const legacyCreateAclsResponse = message({
  name: 'CreateAclsResponse',
  apiKey: 30,
  versions: '0',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
    }),
  },
});
export type LegacyCreateAclsResponse = ValueOf<typeof legacyCreateAclsResponse>;
export type LegacyCreateAclsResponseInput = InputOf<typeof legacyCreateAclsResponse>;
