/** DescribeConfigs, API 32, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../../schema.ts';

export const legacyDescribeConfigsRequest = message({
  name: 'DescribeConfigsRequest',
  apiKey: 32,
  versions: '0',
  flexible: '4+',
  fields: {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configurationKeys: array('0+', string, { nullable: '0+' }),
    }),
    includeSynonyms: bool('1+'),
    includeDocumentation: bool('3+'),
  },
});
export type LegacyDescribeConfigsRequest = ValueOf<typeof legacyDescribeConfigsRequest>;
export type LegacyDescribeConfigsRequestInput = InputOf<typeof legacyDescribeConfigsRequest>;

export const legacyDescribeConfigsResponse = message({
  name: 'DescribeConfigsResponse',
  apiKey: 32,
  versions: '0',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', {
        name: string('0+'),
        value: string('0+', { nullable: '0+' }),
        readOnly: bool('0+'),
        isDefault: bool('0'),
        configSource: int8('1+', { absent: -1, ignorable: true }),
        isSensitive: bool('0+'),
        synonyms: array('1+', {
          name: string('1+'),
          value: string('1+', { nullable: '0+' }),
          source: int8('1+'),
        }, { ignorable: true }),
        configType: int8('3+', { ignorable: true }),
        documentation: string('3+', { nullable: '0+', ignorable: true }),
      }),
    }),
  },
});
export type LegacyDescribeConfigsResponse = ValueOf<typeof legacyDescribeConfigsResponse>;
export type LegacyDescribeConfigsResponseInput = InputOf<typeof legacyDescribeConfigsResponse>;
