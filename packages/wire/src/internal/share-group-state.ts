/** Records of __share_group_state. */
// Written by scripts/protocol/import.ts from Kafka 4.4.0; not edited by hand.
import {
  array,
  type InputOf,
  int16,
  int32,
  int64,
  int8,
  message,
  offset,
  string,
  uuid,
  type ValueOf,
} from '../schema.ts';

export const shareSnapshotKey = message({
  name: 'ShareSnapshotKey',
  apiKey: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    topicId: uuid('0'),
    partition: int32('0'),
  },
});
export type ShareSnapshotKey = ValueOf<typeof shareSnapshotKey>;
export type ShareSnapshotKeyInput = InputOf<typeof shareSnapshotKey>;

export const shareSnapshotValue = message({
  name: 'ShareSnapshotValue',
  apiKey: 0,
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32('0+'),
    stateEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: offset('0+'),
    deliveryCompleteCount: int32('0+', { absent: -1, tag: 0 }),
    createTimestamp: int64('0+'),
    writeTimestamp: int64('0+'),
    stateBatches: array('0+', {
      firstOffset: offset('0+'),
      lastOffset: offset('0+'),
      deliveryState: int8('0+'),
      deliveryCount: int16('0+'),
    }),
  },
});
export type ShareSnapshotValue = ValueOf<typeof shareSnapshotValue>;
export type ShareSnapshotValueInput = InputOf<typeof shareSnapshotValue>;

export const shareUpdateKey = message({
  name: 'ShareUpdateKey',
  apiKey: 1,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    topicId: uuid('0'),
    partition: int32('0'),
  },
});
export type ShareUpdateKey = ValueOf<typeof shareUpdateKey>;
export type ShareUpdateKeyInput = InputOf<typeof shareUpdateKey>;

export const shareUpdateValue = message({
  name: 'ShareUpdateValue',
  apiKey: 1,
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: offset('0+'),
    deliveryCompleteCount: int32('0+', { absent: -1, tag: 0 }),
    stateBatches: array('0+', {
      firstOffset: offset('0+'),
      lastOffset: offset('0+'),
      deliveryState: int8('0+'),
      deliveryCount: int16('0+'),
    }),
  },
});
export type ShareUpdateValue = ValueOf<typeof shareUpdateValue>;
export type ShareUpdateValueInput = InputOf<typeof shareUpdateValue>;
