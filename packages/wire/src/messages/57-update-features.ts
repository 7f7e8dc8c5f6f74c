/** UpdateFeatures, API 57. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int8, message, string, type ValueOf } from '../schema.ts';

export const updateFeaturesRequest = message({
  name: 'UpdateFeaturesRequest',
  apiKey: 57,
  versions: '0-2',
  flexible: '0+',
  fields: {
    timeoutMs: int32('0+', { absent: 60000 }),
    featureUpdates: array('0+', {
      feature: string('0+'),
      maxVersionLevel: int16('0+'),
      allowDowngrade: bool('0'),
      upgradeType: int8('1+', { absent: 1 }),
    }),
    validateOnly: bool('1+'),
  },
});
export type UpdateFeaturesRequest = ValueOf<typeof updateFeaturesRequest>;
export type UpdateFeaturesRequestInput = InputOf<typeof updateFeaturesRequest>;

export const updateFeaturesResponse = message({
  name: 'UpdateFeaturesResponse',
  apiKey: 57,
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array('0-1', {
      feature: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
    }, { ignorable: true }),
  },
});
export type UpdateFeaturesResponse = ValueOf<typeof updateFeaturesResponse>;
export type UpdateFeaturesResponseInput = InputOf<typeof updateFeaturesResponse>;
