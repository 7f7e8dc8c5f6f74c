/** Fetch, API 1, in the versions that Kafka 4 no longer has. */
// Written by scripts/protocol/import.ts from Kafka 3.9.1 and 4.4.0; not edited by hand.
import {
  array,
  type InputOf,
  int16,
  int32,
  int64,
  int8,
  message,
  offset,
  records,
  string,
  struct,
  uuid,
  type ValueOf,
} from '../../schema.ts';

export const legacyFetchRequest = message({
  name: 'FetchRequest',
  apiKey: 1,
  versions: '0-3',
  flexible: '12+',
  fields: {
    clusterId: string('12+', { nullable: '12+', absent: null, tag: 0, ignorable: true }),
    replicaId: int32('0-14', { absent: -1 }),
    replicaState: struct('15+', {
      replicaId: int32('15+', { absent: -1 }),
      replicaEpoch: int64('15+', { absent: -1n }),
    }, { tag: 1 }),
    maxWaitMs: int32('0+'),
    minBytes: int32('0+'),
    maxBytes: int32('3+', { absent: 0x7fffffff, ignorable: true }),
    isolationLevel: int8('4+', { ignorable: true }),
    sessionId: int32('7+', { ignorable: true }),
    sessionEpoch: int32('7+', { absent: -1, ignorable: true }),
    topics: array('0+', {
      topic: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('0+', {
        partition: int32('0+'),
        currentLeaderEpoch: int32('9+', { absent: -1, ignorable: true }),
        fetchOffset: offset('0+'),
        lastFetchedEpoch: int32('12+', { absent: -1 }),
        logStartOffset: offset('5+', { absent: -1, ignorable: true }),
        partitionMaxBytes: int32('0+'),
        replicaDirectoryId: uuid('17+', { tag: 0, ignorable: true }),
        highWatermark: offset('18+', { absent: Infinity, tag: 1, ignorable: true }),
      }),
    }),
    forgottenTopicsData: array('7+', {
      topic: string('7-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('7+', int32),
    }),
    rackId: string('11+', { ignorable: true }),
  },
});
export type LegacyFetchRequest = ValueOf<typeof legacyFetchRequest>;
export type LegacyFetchRequestInput = InputOf<typeof legacyFetchRequest>;

export const legacyFetchResponse = message({
  name: 'FetchResponse',
  apiKey: 1,
  versions: '0-3',
  flexible: '12+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('7+', { ignorable: true }),
    sessionId: int32('7+'),
    responses: array('0+', {
      topic: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        highWatermark: offset('0+'),
        lastStableOffset: offset('4+', { absent: -1, ignorable: true }),
        logStartOffset: offset('5+', { absent: -1, ignorable: true }),
        divergingEpoch: struct('12+', {
          epoch: int32('12+', { absent: -1 }),
          endOffset: offset('12+', { absent: -1 }),
        }, { tag: 0 }),
        currentLeader: struct('12+', {
          leaderId: int32('12+', { absent: -1 }),
          leaderEpoch: int32('12+', { absent: -1 }),
        }, { tag: 1 }),
        snapshotId: struct('12+', {
          endOffset: offset('0+', { absent: -1 }),
          epoch: int32('0+', { absent: -1 }),
        }, { tag: 2 }),
        abortedTransactions: array('4+', {
          producerId: int64('4+'),
          firstOffset: offset('4+'),
        }, { nullable: '4+', ignorable: true }),
        preferredReadReplica: int32('11+', { absent: -1 }),
        records: records('0+', { nullable: '0+' }),
      }),
    }),
    nodeEndpoints: array('16+', {
      nodeId: int32('16+'),
      host: string('16+'),
      port: int32('16+'),
      rack: string('16+', { nullable: '16+', absent: null }),
    }, { tag: 0 }),
  },
});
export type LegacyFetchResponse = ValueOf<typeof legacyFetchResponse>;
export type LegacyFetchResponseInput = InputOf<typeof legacyFetchResponse>;
