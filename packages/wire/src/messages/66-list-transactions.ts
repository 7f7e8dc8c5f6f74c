/** ListTransactions, API 66. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

export const listTransactionsRequest = message({
  name: 'ListTransactionsRequest',
  apiKey: 66,
  versions: '0-2',
  flexible: '0+',
  fields: {
    stateFilters: array('0+', string),
    producerIdFilters: array('0+', int64),
    durationFilter: int64('1+', { absent: -1n }),
    transactionalIdPattern: string('2+', { nullable: '2+', absent: null }),
  },
});
export type ListTransactionsRequest = ValueOf<typeof listTransactionsRequest>;
export type ListTransactionsRequestInput = InputOf<typeof listTransactionsRequest>;

export const listTransactionsResponse = message({
  name: 'ListTransactionsResponse',
  apiKey: 66,
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    unknownStateFilters: array('0+', string),
    transactionStates: array('0+', {
      transactionalId: string('0+'),
      producerId: int64('0+'),
      transactionState: string('0+'),
    }),
  },
});
export type ListTransactionsResponse = ValueOf<typeof listTransactionsResponse>;
export type ListTransactionsResponseInput = InputOf<typeof listTransactionsResponse>;
