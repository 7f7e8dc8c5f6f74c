/** DeleteTopics, API 20. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, message, string, uuid, type ValueOf } from '../schema.ts';

export const deleteTopicsRequest = message({
  name: 'DeleteTopicsRequest',
  apiKey: 20,
  versions: '1-6',
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
export type DeleteTopicsRequest = ValueOf<typeof deleteTopicsRequest>;
export type DeleteTopicsRequestInput = InputOf<typeof deleteTopicsRequest>;

export const deleteTopicsResponse = message({
  name: 'DeleteTopicsResponse',
  apiKey: 20,
  versions: '1-6',
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
export type DeleteTopicsResponse = ValueOf<typeof deleteTopicsResponse>;
export type DeleteTopicsResponseInput = InputOf<typeof deleteTopicsResponse>;
