/** AddPartitionsToTxn, API 24. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bool, type InputOf, int16, int32, int64, message, string, type ValueOf } from '../schema.ts';

const addPartitionsToTxnRequestAddPartitionsToTxnTopic = {
  name: string('0+'),
  partitions: array('0+', int32),
};

export const addPartitionsToTxnRequest = message({
  name: 'AddPartitionsToTxnRequest',
  apiKey: 24,
  versions: '0-5',
  flexible: '3+',
  fields: {
    transactions: array('4+', {
      transactionalId: string('4+'),
      producerId: int64('4+'),
      producerEpoch: int16('4+'),
      verifyOnly: bool('4+'),
      topics: array('4+', addPartitionsToTxnRequestAddPartitionsToTxnTopic),
    }),
    v3AndBelowTransactionalId: string('0-3'),
    v3AndBelowProducerId: int64('0-3'),
    v3AndBelowProducerEpoch: int16('0-3'),
    v3AndBelowTopics: array('0-3', addPartitionsToTxnRequestAddPartitionsToTxnTopic),
  },
});
export type AddPartitionsToTxnRequest = ValueOf<typeof addPartitionsToTxnRequest>;
export type AddPartitionsToTxnRequestInput = InputOf<typeof addPartitionsToTxnRequest>;

const addPartitionsToTxnResponseAddPartitionsToTxnPartitionResult = {
  partitionIndex: int32('0+'),
  partitionErrorCode: int16('0+'),
};

const addPartitionsToTxnResponseAddPartitionsToTxnTopicResult = {
  name: string('0+'),
  resultsByPartition: array('0+', addPartitionsToTxnResponseAddPartitionsToTxnPartitionResult),
};

export const addPartitionsToTxnResponse = message({
  name: 'AddPartitionsToTxnResponse',
  apiKey: 24,
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('4+', { ignorable: true }),
    resultsByTransaction: array('4+', {
      transactionalId: string('4+'),
      topicResults: array('4+', addPartitionsToTxnResponseAddPartitionsToTxnTopicResult),
    }),
    resultsByTopicV3AndBelow: array('0-3', addPartitionsToTxnResponseAddPartitionsToTxnTopicResult),
  },
});
export type AddPartitionsToTxnResponse = ValueOf<typeof addPartitionsToTxnResponse>;
export type AddPartitionsToTxnResponseInput = InputOf<typeof addPartitionsToTxnResponse>;
