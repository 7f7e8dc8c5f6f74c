/** CreatePartitions, API 37. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, message, string, type ValueOf } from '../schema.ts';

export const createPartitionsRequest = message({
  name: 'CreatePartitionsRequest',
  apiKey: 37,
  versions: '0-3',
  flexible: '2+',
  fields: {
    topics: array('0+', {
      name: string('0+'),
      count: int32('0+'),
      assignments: array('0+', {
        brokerIds: array('0+', int32),
      }, { nullable: '0+' }),
    }),
    timeoutMs: int32('0+'),
    validateOnly: bool('0+'),
  },
});
export type CreatePartitionsRequest = ValueOf<typeof createPartitionsRequest>;
export type CreatePartitionsRequestInput = InputOf<typeof createPartitionsRequest>;

export const createPartitionsResponse = message({
  name: 'CreatePartitionsResponse',
  apiKey: 37,
  versions: '0-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      name: string('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', absent: null }),
    }),
  },
});
export type CreatePartitionsResponse = ValueOf<typeof createPartitionsResponse>;
export type CreatePartitionsResponseInput = InputOf<typeof createPartitionsResponse>;
