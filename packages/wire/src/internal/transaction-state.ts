/** Records of __transaction_state. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, int8, message, string, type ValueOf } from '../schema.ts';

export const transactionLogKey = message({
  name: 'TransactionLogKey',
  apiKey: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    transactionalId: string('0'),
  },
});
export type TransactionLogKey = ValueOf<typeof transactionLogKey>;
export type TransactionLogKeyInput = InputOf<typeof transactionLogKey>;

export const transactionLogValue = message({
  name: 'TransactionLogValue',
  apiKey: 0,
  versions: '0-1',
  flexible: '1+',
  fields: {
    producerId: int64('0+'),
    previousProducerId: int64('1+', { absent: -1n, tag: 0 }),
    nextProducerId: int64('1+', { absent: -1n, tag: 1 }),
    producerEpoch: int16('0+'),
    nextProducerEpoch: int16('1+', { absent: -1, tag: 3 }),
    transactionTimeoutMs: int32('0+'),
    transactionStatus: int8('0+'),
    transactionPartitions: array('0+', {
      topic: string('0+'),
      partitionIds: array('0+', int32),
    }, { nullable: '0+' }),
    transactionLastUpdateTimestampMs: int64('0+'),
    transactionStartTimestampMs: int64('0+'),
    clientTransactionVersion: int16('1+', { tag: 2 }),
  },
});
export type TransactionLogValue = ValueOf<typeof transactionLogValue>;
export type TransactionLogValueInput = InputOf<typeof transactionLogValue>;
