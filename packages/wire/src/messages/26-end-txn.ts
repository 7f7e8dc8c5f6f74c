/** EndTxn, API 26. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { bool, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

export const endTxnRequest = message({
  name: 'EndTxnRequest',
  apiKey: 26,
  versions: '0-5',
  flexible: '3+',
  fields: {
    transactionalId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    committed: bool('0+'),
  },
});
export type EndTxnRequest = ValueOf<typeof endTxnRequest>;
export type EndTxnRequestInput = InputOf<typeof endTxnRequest>;

export const endTxnResponse = message({
  name: 'EndTxnResponse',
  apiKey: 26,
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerId: int64('5+', { absent: -1n, ignorable: true }),
    producerEpoch: int16('5+', { absent: -1, ignorable: true }),
  },
});
export type EndTxnResponse = ValueOf<typeof endTxnResponse>;
export type EndTxnResponseInput = InputOf<typeof endTxnResponse>;
