/** CreateTopics, API 19, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int8, message, string, uuid, type ValueOf } from '../../schema.ts';

export const legacyCreateTopicsRequest = message({
  name: 'CreateTopicsRequest',
  apiKey: 19,
  versions: '0-1',
  flexible: '5+',
  fields: {
    topics: array('0+', {
      name: string('0+'),
      numPartitions: int32('0+'),
      replicationFactor: int16('0+'),
      assignments: array('0+', {
        partitionIndex: int32('0+'),
        brokerIds: array('0+', int32),
      }),
      configs: array('0+', {
        name: string('0+'),
        value: string('0+', { nullable: '0+' }),
      }),
    }),
    timeoutMs: int32('0+', { absent: 60000 }),
    validateOnly: bool('1+'),
  },
});
export type LegacyCreateTopicsRequest = ValueOf<typeof legacyCreateTopicsRequest>;
export type LegacyCreateTopicsRequestInput = InputOf<typeof legacyCreateTopicsRequest>;

export const legacyCreateTopicsResponse = message({
  name: 'CreateTopicsResponse',
  apiKey: 19,
  versions: '0-1',
  flexible: '5+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+'),
      topicId: uuid('7+', { ignorable: true }),
      errorCode: int16('0+'),
      errorMessage: string('1+', { nullable: '0+', ignorable: true }),
      topicConfigErrorCode: int16('5+', { tag: 0, ignorable: true }),
      numPartitions: int32('5+', { absent: -1, ignorable: true }),
      replicationFactor: int16('5+', { absent: -1, ignorable: true }),
      configs: array('5+', {
        name: string('5+'),
        value: string('5+', { nullable: '5+' }),
        readOnly: bool('5+'),
        configSource: int8('5+', { absent: -1, ignorable: true }),
        isSensitive: bool('5+'),
      }, { nullable: '5+', ignorable: true }),
    }),
  },
});
export type LegacyCreateTopicsResponse = ValueOf<typeof legacyCreateTopicsResponse>;
export type LegacyCreateTopicsResponseInput = InputOf<typeof legacyCreateTopicsResponse>;
