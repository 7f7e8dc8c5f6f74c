/** AddOffsetsToTxn, API 25. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

export const addOffsetsToTxnRequest = message({
  name: 'AddOffsetsToTxnRequest',
  apiKey: 25,
  versions: '0-4',
  flexible: '3+',
  fields: {
    transactionalId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    groupId: string('0+'),
  },
});
export type AddOffsetsToTxnRequest = ValueOf<typeof addOffsetsToTxnRequest>;
export type AddOffsetsToTxnRequestInput = InputOf<typeof addOffsetsToTxnRequest>;

export const addOffsetsToTxnResponse = message({
  name: 'AddOffsetsToTxnResponse',
  apiKey: 25,
  versions: '0-4',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
  },
});
export type AddOffsetsToTxnResponse = ValueOf<typeof addOffsetsToTxnResponse>;
export type AddOffsetsToTxnResponseInput = InputOf<typeof addOffsetsToTxnResponse>;
