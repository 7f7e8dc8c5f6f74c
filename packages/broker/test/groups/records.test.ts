/**
 * The records against bytes that Kafka's own classes wrote (kafka-group-coordinator 4.4.0: OffsetCommitKey,
 * OffsetCommitValue, GroupMetadataKey, GroupMetadataValue, each after its int16).
 */
import { MemoryBudget, Offset, type Uuid, utf8Encode, zeroUuid } from '@skerry/base';
import { expect, test } from 'vitest';
import { ClassicGroup } from '../../src/groups/group.ts';
import { groupRecord, groupTombstone, offsetRecord, readRecord } from '../../src/groups/records.ts';
import { GroupRoom } from '../../src/groups/room.ts';
import type { Deadline } from '../../src/groups/timers.ts';

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? 'null' : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const unhex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const now = 1_700_000_000_000;
const plain = { commitTimestampMs: now, expireTimestampMs: -1, topicId: zeroUuid };
const noDeadline: Deadline = { set: () => undefined, clear: () => undefined, isSet: () => false };

test.each([
  [
    'version 4',
    { ...plain, offset: Offset(1_234_567_890_123), leaderEpoch: 7, metadata: 'nöte' },
    '00040000011f71fb04cb00000007066ec3b674650000018bcfe5680000',
  ],
  [
    'version 4 with a topic id',
    { ...plain, offset: Offset(5), leaderEpoch: -1, metadata: '', topicId: 'AAAAAAAAAAEAAAAAAAAAAg' as Uuid },
    '00040000000000000005ffffffff010000018bcfe5680001001000000000000000010000000000000002',
  ],
  [
    'version 1, for a retention of its own',
    { ...plain, offset: Offset(5), leaderEpoch: 7, metadata: 'm', expireTimestampMs: now + 9000 },
    '0001000000000000000500016d0000018bcfe568000000018bcfe58b28',
  ],
])('an offset is written as Kafka writes it: %s', (_what, written, bytes) => {
  const { key, value } = offsetRecord('g', 't', 3, written);
  expect([hex(key), hex(value)]).toEqual(['000100016700017400000003', bytes]);
  const read = readRecord(key, value);
  // Version 1 has no room for the leader's epoch.
  const leaderEpoch = written.expireTimestampMs === -1 ? written.leaderEpoch : -1;
  expect(read).toEqual({ kind: 'offset', groupId: 'g', topic: 't', partition: 3, value: { ...written, leaderEpoch } });
});

test('a group is written as Kafka writes it, with and without members', () => {
  const room = new GroupRoom(new MemoryBudget(2 ** 20), () => 0);
  const group = new ClassicGroup('g', { monotonicMs: 0, wallMs: now }, { room }, () => ({
    join: noDeadline,
    sync: noDeadline,
  }));
  const member = {
    memberId: 'a',
    groupInstanceId: 'i',
    clientId: 'c',
    clientHost: '/h',
    terms: {
      rebalanceTimeoutMs: 30_000,
      sessionTimeoutMs: 10_000,
      protocols: [{ name: 'range', metadata: utf8Encode('sub') }],
    },
    assignment: utf8Encode('p0'),
    isNew: false,
    awaitingJoin: undefined,
    awaitingSync: undefined,
    session: noDeadline,
  };
  const loaded = { protocolType: 'consumer', protocolName: 'range', generationId: 1, leaderId: 'a', members: [member] };
  group.load(loaded, group.since);
  const { key, value } = groupRecord(group);
  expect(hex(key)).toBe('0002000167');
  expect(hex(value)).toBe(
    '00030008636f6e73756d657200000001000572616e67650001610000018bcfe5680000000001000161000169000163' +
      '00022f68000075300000271000000003737562000000027030',
  );
  group.load({ ...loaded, protocolName: null, generationId: 2, leaderId: undefined, members: [] }, group.since);
  expect(hex(groupRecord(group).value)).toBe('00030008636f6e73756d657200000002ffffffff0000018bcfe5680000000000');
  expect(readRecord(key, null)).toEqual({ kind: 'group', groupId: 'g', value: undefined });
  expect(groupTombstone('g')).toEqual({ key, value: null });
});

test.each([0, 1, 2, 3, 4])('a group that some Kafka wrote in version %i is read', (version) => {
  const state = version >= 2 ? '0000018bcfe56800' : '';
  const text =
    version === 4
      ? `000409636f6e73756d6572000000010000${state}0100`
      : `000${version}0008636f6e73756d657200000001ffffffff${state}00000000`;
  const read = readRecord(unhex('0002000167'), unhex(text));
  expect(read).toMatchObject({ kind: 'group', value: { protocolType: 'consumer', generation: 1, members: [] } });
});

test('a kind of record that is not known has no effect, a version that is not is an error', () => {
  expect(readRecord(unhex('0011000167'), unhex('0000'))).toBeUndefined();
  expect(readRecord(unhex('7fff00'), null)).toBeUndefined();
  expect(() => readRecord(unhex('0002000167'), unhex('0009'))).toThrow('GroupMetadataValue of version 9');
});
