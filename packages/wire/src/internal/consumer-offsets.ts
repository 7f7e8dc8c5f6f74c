/** Records of __consumer_offsets: offsets and classic groups. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import { array, bytes, type InputOf, int32, int64, message, offset, string, uuid, type ValueOf } from '../schema.ts';

export const groupMetadataKey = message({
  name: 'GroupMetadataKey',
  apiKey: 2,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string('0'),
  },
});
export type GroupMetadataKey = ValueOf<typeof groupMetadataKey>;
export type GroupMetadataKeyInput = InputOf<typeof groupMetadataKey>;

const groupMetadataValueMemberMetadata = {
  memberId: string('0+'),
  groupInstanceId: string('3+', { nullable: '3+', absent: null, ignorable: true }),
  clientId: string('0+'),
  clientHost: string('0+'),
  rebalanceTimeout: int32('1+', { absent: -1, ignorable: true }),
  sessionTimeout: int32('0+'),
  subscription: bytes('0+'),
  assignment: bytes('0+'),
};

export const groupMetadataValue = message({
  name: 'GroupMetadataValue',
  apiKey: 2,
  versions: '0-4',
  flexible: '4+',
  fields: {
    protocolType: string('0+'),
    generation: int32('0+'),
    protocol: string('0+', { nullable: '0+' }),
    leader: string('0+', { nullable: '0+' }),
    currentStateTimestamp: int64('2+', { absent: -1n, ignorable: true }),
    members: array('0+', groupMetadataValueMemberMetadata),
  },
});
export type GroupMetadataValue = ValueOf<typeof groupMetadataValue>;
export type GroupMetadataValueInput = InputOf<typeof groupMetadataValue>;

export const legacyOffsetCommitKey = message({
  name: 'LegacyOffsetCommitKey',
  apiKey: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string('0'),
    topic: string('0'),
    partition: int32('0'),
  },
});
export type LegacyOffsetCommitKey = ValueOf<typeof legacyOffsetCommitKey>;
export type LegacyOffsetCommitKeyInput = InputOf<typeof legacyOffsetCommitKey>;

export const legacyOffsetCommitValue = message({
  name: 'LegacyOffsetCommitValue',
  apiKey: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    offset: offset('0'),
    metadata: string('0'),
    commitTimestamp: int64('0'),
  },
});
export type LegacyOffsetCommitValue = ValueOf<typeof legacyOffsetCommitValue>;
export type LegacyOffsetCommitValueInput = InputOf<typeof legacyOffsetCommitValue>;

export const offsetCommitKey = message({
  name: 'OffsetCommitKey',
  apiKey: 1,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string('0'),
    topic: string('0'),
    partition: int32('0'),
  },
});
export type OffsetCommitKey = ValueOf<typeof offsetCommitKey>;
export type OffsetCommitKeyInput = InputOf<typeof offsetCommitKey>;

export const offsetCommitValue = message({
  name: 'OffsetCommitValue',
  apiKey: 1,
  versions: '0-4',
  flexible: '4+',
  fields: {
    offset: offset('0+'),
    leaderEpoch: int32('3+', { absent: -1, ignorable: true }),
    metadata: string('0+'),
    commitTimestamp: int64('0+'),
    expireTimestamp: int64('1', { absent: -1n, ignorable: true }),
    topicId: uuid('4+', { tag: 0, ignorable: true }),
  },
});
export type OffsetCommitValue = ValueOf<typeof offsetCommitValue>;
export type OffsetCommitValueInput = InputOf<typeof offsetCommitValue>;
