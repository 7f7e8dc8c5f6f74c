/** ListConfigResources, API 74. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../schema.ts';

export const listConfigResourcesRequest = message({
  name: 'ListConfigResourcesRequest',
  apiKey: 74,
  versions: '0-1',
  flexible: '0+',
  fields: {
    resourceTypes: array('1+', int8),
  },
});
export type ListConfigResourcesRequest = ValueOf<typeof listConfigResourcesRequest>;
export type ListConfigResourcesRequestInput = InputOf<typeof listConfigResourcesRequest>;

export const listConfigResourcesResponse = message({
  name: 'ListConfigResourcesResponse',
  apiKey: 74,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    configResources: array('0+', {
      resourceName: string('0+'),
      resourceType: int8('1+', { absent: 16, ignorable: true }),
    }),
  },
});
export type ListConfigResourcesResponse = ValueOf<typeof listConfigResourcesResponse>;
export type ListConfigResourcesResponseInput = InputOf<typeof listConfigResourcesResponse>;
