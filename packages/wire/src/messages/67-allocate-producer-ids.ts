/** AllocateProducerIds, API 67. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { type InputOf, int16, int32, int64, message, type ValueOf } from '../schema.ts';

export const allocateProducerIdsRequest = message({
  name: 'AllocateProducerIdsRequest',
  apiKey: 67,
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { absent: -1n }),
  },
});
export type AllocateProducerIdsRequest = ValueOf<typeof allocateProducerIdsRequest>;
export type AllocateProducerIdsRequestInput = InputOf<typeof allocateProducerIdsRequest>;

export const allocateProducerIdsResponse = message({
  name: 'AllocateProducerIdsResponse',
  apiKey: 67,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerIdStart: int64('0+'),
    producerIdLen: int32('0+'),
  },
});
export type AllocateProducerIdsResponse = ValueOf<typeof allocateProducerIdsResponse>;
export type AllocateProducerIdsResponseInput = InputOf<typeof allocateProducerIdsResponse>;
