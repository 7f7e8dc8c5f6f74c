/** FetchSnapshot, API 59. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  type InputOf,
  int16,
  int32,
  int64,
  message,
  offset,
  records,
  string,
  struct,
  uint16,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const fetchSnapshotRequest = message({
  name: 'FetchSnapshotRequest',
  apiKey: 59,
  versions: '0-1',
  flexible: '0+',
  fields: {
    clusterId: string('0+', { nullable: '0+', absent: null, tag: 0 }),
    replicaId: int32('0+', { absent: -1 }),
    maxBytes: int32('0+', { absent: 0x7fffffff }),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        currentLeaderEpoch: int32('0+'),
        snapshotId: struct('0+', {
          endOffset: offset('0+'),
          epoch: int32('0+'),
        }),
        position: int64('0+'),
        replicaDirectoryId: uuid('1+', { tag: 0, ignorable: true }),
      }),
    }),
  },
});
export type FetchSnapshotRequest = ValueOf<typeof fetchSnapshotRequest>;
export type FetchSnapshotRequestInput = InputOf<typeof fetchSnapshotRequest>;

export const fetchSnapshotResponse = message({
  name: 'FetchSnapshotResponse',
  apiKey: 59,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    errorCode: int16('0+'),
    topics: array('0+', {
      name: string('0+'),
      partitions: array('0+', {
        index: int32('0+'),
        errorCode: int16('0+'),
        snapshotId: struct('0+', {
          endOffset: offset('0+'),
          epoch: int32('0+'),
        }),
        currentLeader: struct('0+', {
          leaderId: int32('0+'),
          leaderEpoch: int32('0+'),
        }, { tag: 0 }),
        size: int64('0+'),
        position: int64('0+'),
        unalignedRecords: records('0+'),
      }),
    }),
    nodeEndpoints: array('1+', {
      nodeId: int32('1+'),
      host: string('1+'),
      port: uint16('1+'),
    }, { tag: 0 }),
  },
});
export type FetchSnapshotResponse = ValueOf<typeof fetchSnapshotResponse>;
export type FetchSnapshotResponseInput = InputOf<typeof fetchSnapshotResponse>;
