/** IncrementalAlterConfigs, API 44. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../schema.ts';

export const incrementalAlterConfigsRequest = message({
  name: 'IncrementalAlterConfigsRequest',
  apiKey: 44,
  versions: '0-1',
  flexible: '1+',
  fields: {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', {
        name: string('0+'),
        configOperation: int8('0+'),
        value: string('0+', { nullable: '0+' }),
      }),
    }),
    validateOnly: bool('0+'),
  },
});
export type IncrementalAlterConfigsRequest = ValueOf<typeof incrementalAlterConfigsRequest>;
export type IncrementalAlterConfigsRequestInput = InputOf<typeof incrementalAlterConfigsRequest>;

export const incrementalAlterConfigsResponse = message({
  name: 'IncrementalAlterConfigsResponse',
  apiKey: 44,
  versions: '0-1',
  flexible: '1+',
  fields: {
    throttleTimeMs: int32('0+'),
    responses: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
    }),
  },
});
export type IncrementalAlterConfigsResponse = ValueOf<typeof incrementalAlterConfigsResponse>;
export type IncrementalAlterConfigsResponseInput = InputOf<typeof incrementalAlterConfigsResponse>;
