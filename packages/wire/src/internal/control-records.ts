/** Control records, and the index of aborted transactions. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  type InputOf,
  int16,
  int32,
  int64,
  message,
  offset,
  string,
  struct,
  uint16,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const abortedTxn = message({
  name: 'AbortedTxn',
  versions: '0',
  flexible: 'none',
  fields: {
    producerId: int64('0+'),
    firstOffset: offset('0+'),
    lastOffset: offset('0+'),
    lastStableOffset: offset('0+'),
  },
});
export type AbortedTxn = ValueOf<typeof abortedTxn>;
export type AbortedTxnInput = InputOf<typeof abortedTxn>;

export const controlRecordTypeSchema = message({
  name: 'ControlRecordTypeSchema',
  versions: '0',
  flexible: 'none',
  fields: {
    type: int16('0+'),
  },
});
export type ControlRecordTypeSchema = ValueOf<typeof controlRecordTypeSchema>;
export type ControlRecordTypeSchemaInput = InputOf<typeof controlRecordTypeSchema>;

export const endTxnMarker = message({
  name: 'EndTxnMarker',
  versions: '0',
  flexible: 'none',
  fields: {
    coordinatorEpoch: int32('0+'),
  },
});
export type EndTxnMarker = ValueOf<typeof endTxnMarker>;
export type EndTxnMarkerInput = InputOf<typeof endTxnMarker>;

export const kRaftVersionRecord = message({
  name: 'KRaftVersionRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    kRaftVersion: int16('0+'),
  },
});
export type KRaftVersionRecord = ValueOf<typeof kRaftVersionRecord>;
export type KRaftVersionRecordInput = InputOf<typeof kRaftVersionRecord>;

const leaderChangeMessageVoter = {
  voterId: int32('0+'),
  voterDirectoryId: uuid('1+'),
};

export const leaderChangeMessage = message({
  name: 'LeaderChangeMessage',
  versions: '0-1',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    leaderId: int32('0+'),
    voters: array('0+', leaderChangeMessageVoter),
    grantingVoters: array('0+', leaderChangeMessageVoter),
  },
});
export type LeaderChangeMessage = ValueOf<typeof leaderChangeMessage>;
export type LeaderChangeMessageInput = InputOf<typeof leaderChangeMessage>;

export const snapshotFooterRecord = message({
  name: 'SnapshotFooterRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
  },
});
export type SnapshotFooterRecord = ValueOf<typeof snapshotFooterRecord>;
export type SnapshotFooterRecordInput = InputOf<typeof snapshotFooterRecord>;

export const snapshotHeaderRecord = message({
  name: 'SnapshotHeaderRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    lastContainedLogTimestamp: int64('0+'),
  },
});
export type SnapshotHeaderRecord = ValueOf<typeof snapshotHeaderRecord>;
export type SnapshotHeaderRecordInput = InputOf<typeof snapshotHeaderRecord>;

export const votersRecord = message({
  name: 'VotersRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    voters: array('0+', {
      voterId: int32('0+'),
      voterDirectoryId: uuid('0+'),
      endpoints: array('0+', {
        name: string('0+'),
        host: string('0+'),
        port: uint16('0+'),
      }),
      kRaftVersionFeature: struct('0+', {
        minSupportedVersion: int16('0+'),
        maxSupportedVersion: int16('0+'),
      }),
    }),
  },
});
export type VotersRecord = ValueOf<typeof votersRecord>;
export type VotersRecordInput = InputOf<typeof votersRecord>;
