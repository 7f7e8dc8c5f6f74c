/** DeleteTopics, API 20, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, uuid, type ValueOf } from '../../schema.ts';

export const legacyDeleteTopicsRequest = message({
  name: 'DeleteTopicsRequest',
  apiKey: 20,
  versions: '0',
  flexible: '4+',
  fields: {
    topics: array('6+', {
      name: string('6+', { nullable: '6+', absent: null }),
      topicId: uuid('6+'),
    }),
    topicNames: array('0-5', string, { ignorable: true }),
    timeoutMs: int32('0+'),
  },
});
export type LegacyDeleteTopicsRequest = ValueOf<typeof legacyDeleteTopicsRequest>;
export type LegacyDeleteTopicsRequestInput = InputOf<typeof legacyDeleteTopicsRequest>;

export const legacyDeleteTopicsResponse = message({
  name: 'DeleteTopicsResponse',
  apiKey: 20,
  versions: '0',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    responses: array('0+', {
      name: string('0+', { nullable: '6+' }),
      topicId: uuid('6+', { ignorable: true }),
      errorCode: int16('0+'),
      errorMessage: string('5+', { nullable: '5+', absent: null, ignorable: true }),
    }),
  },
});
export type LegacyDeleteTopicsResponse = ValueOf<typeof legacyDeleteTopicsResponse>;
export type LegacyDeleteTopicsResponseInput = InputOf<typeof legacyDeleteTopicsResponse>;
