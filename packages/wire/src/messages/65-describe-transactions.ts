/** DescribeTransactions, API 65. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

export const describeTransactionsRequest = message({
  name: 'DescribeTransactionsRequest',
  apiKey: 65,
  versions: '0',
  flexible: '0+',
  fields: {
    transactionalIds: array('0+', string),
  },
});
export type DescribeTransactionsRequest = ValueOf<typeof describeTransactionsRequest>;
export type DescribeTransactionsRequestInput = InputOf<typeof describeTransactionsRequest>;

export const describeTransactionsResponse = message({
  name: 'DescribeTransactionsResponse',
  apiKey: 65,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    transactionStates: array('0+', {
      errorCode: int16('0+'),
      transactionalId: string('0+'),
      transactionState: string('0+'),
      transactionTimeoutMs: int32('0+'),
      transactionStartTimeMs: int64('0+'),
      producerId: int64('0+'),
      producerEpoch: int16('0+'),
      topics: array('0+', {
        topic: string('0+'),
        partitions: array('0+', int32),
      }),
    }),
  },
});
export type DescribeTransactionsResponse = ValueOf<typeof describeTransactionsResponse>;
export type DescribeTransactionsResponseInput = InputOf<typeof describeTransactionsResponse>;
