/** InitProducerId, API 22. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { bool, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

export const initProducerIdRequest = message({
  name: 'InitProducerIdRequest',
  apiKey: 22,
  versions: '0-6',
  flexible: '2+',
  fields: {
    transactionalId: string('0+', { nullable: '0+' }),
    transactionTimeoutMs: int32('0+'),
    producerId: int64('3+', { absent: -1n }),
    producerEpoch: int16('3+', { absent: -1 }),
    enable2Pc: bool('6+'),
    keepPreparedTxn: bool('6+'),
  },
});
export type InitProducerIdRequest = ValueOf<typeof initProducerIdRequest>;
export type InitProducerIdRequestInput = InputOf<typeof initProducerIdRequest>;

export const initProducerIdResponse = message({
  name: 'InitProducerIdResponse',
  apiKey: 22,
  versions: '0-6',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    errorCode: int16('0+'),
    producerId: int64('0+', { absent: -1n }),
    producerEpoch: int16('0+'),
    ongoingTxnProducerId: int64('6+', { absent: -1n }),
    ongoingTxnProducerEpoch: int16('6+', { absent: -1 }),
  },
});
export type InitProducerIdResponse = ValueOf<typeof initProducerIdResponse>;
export type InitProducerIdResponseInput = InputOf<typeof initProducerIdResponse>;
