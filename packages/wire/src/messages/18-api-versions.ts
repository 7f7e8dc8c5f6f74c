/** ApiVersions, API 18. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

export const apiVersionsRequest = message({
  name: 'ApiVersionsRequest',
  apiKey: 18,
  versions: '0-5',
  flexible: '3+',
  fields: {
    clientSoftwareName: string('3+', { ignorable: true }),
    clientSoftwareVersion: string('3+', { ignorable: true }),
    clusterId: string('5+', { nullable: '5+', absent: null, ignorable: true }),
    nodeId: int32('5+', { absent: -1, ignorable: true }),
  },
});
export type ApiVersionsRequest = ValueOf<typeof apiVersionsRequest>;
export type ApiVersionsRequestInput = InputOf<typeof apiVersionsRequest>;

export const apiVersionsResponse = message({
  name: 'ApiVersionsResponse',
  apiKey: 18,
  versions: '0-5',
  flexible: '3+',
  fields: {
    errorCode: int16('0+'),
    apiKeys: array('0+', {
      apiKey: int16('0+'),
      minVersion: int16('0+'),
      maxVersion: int16('0+'),
    }),
    throttleTimeMs: int32('1+', { ignorable: true }),
    supportedFeatures: array('3+', {
      name: string('3+'),
      minVersion: int16('3+'),
      maxVersion: int16('3+'),
    }, { tag: 0, ignorable: true }),
    finalizedFeaturesEpoch: int64('3+', { absent: -1n, tag: 1, ignorable: true }),
    finalizedFeatures: array('3+', {
      name: string('3+'),
      maxVersionLevel: int16('3+'),
      minVersionLevel: int16('3+'),
    }, { tag: 2, ignorable: true }),
    zkMigrationReady: bool('3+', { tag: 3, ignorable: true }),
  },
});
export type ApiVersionsResponse = ValueOf<typeof apiVersionsResponse>;
export type ApiVersionsResponseInput = InputOf<typeof apiVersionsResponse>;
