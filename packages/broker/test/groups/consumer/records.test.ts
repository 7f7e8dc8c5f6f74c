import { uuidFrom } from '@skerry/base';
import { expect, test } from 'vitest';
import type { GroupChange } from '../../../src/groups/consumer/changes.ts';
import { changeRecord } from '../../../src/groups/consumer/records.ts';
import { readRecord } from '../../../src/groups/records.ts';

const id = uuidFrom(Uint8Array.from({ length: 16 }, () => 7));
const hex = (bytes: Uint8Array | null): string => (bytes === null ? 'null' : Buffer.from(bytes).toString('hex'));

const terms = {
  instanceId: null,
  rackId: 'r',
  clientId: 'c',
  clientHost: '/h',
  rebalanceTimeoutMs: 60_000,
  topicNames: ['t'],
  topicRegex: '',
  serverAssignor: 'range',
  classic: { sessionTimeoutMs: 45_000, protocols: [{ name: 'range', metadata: new Uint8Array([1, 2]) }] },
};
const changes: readonly GroupChange[] = [
  { kind: 'epoch', value: { epoch: 5, metadataHash: -3n } },
  { kind: 'member', memberId: 'm', value: terms },
  { kind: 'member', memberId: 'm', value: { ...terms, classic: null } },
  { kind: 'targetEpoch', value: { epoch: 4, timestampMs: 1_700_000_000_000 } },
  { kind: 'target', memberId: 'm', value: new Map([[id, new Set([1, 0])]]) },
  {
    kind: 'progress',
    memberId: 'm',
    value: { epoch: 4, previousEpoch: 3, state: 1, owned: new Map([[id, new Map([[0, 2]])]]), revoking: new Map() },
  },
  { kind: 'regex', regex: 'a.*', value: { topics: ['ab'], version: 9n, timestampMs: 5 } },
];

test.each(changes)('$kind is read as it was written', (change) => {
  const { key, value } = changeRecord('g', change);
  expect(readRecord(key, value)).toEqual({ kind: 'consumer', groupId: 'g', change });
  const gone = { ...change, value: undefined } as GroupChange;
  expect(readRecord(changeRecord('g', gone).key, null)).toEqual({ kind: 'consumer', groupId: 'g', change: gone });
});

test('an epoch is in the bytes in which Kafka writes it', () => {
  const { key, value } = changeRecord('g', { kind: 'epoch', value: { epoch: 2, metadataHash: 1n } });
  expect([hex(key), hex(value)]).toEqual(['0003000167', '0000000000020100080000000000000001']);
});

test('the partitions of topics, which Kafka 4.0 wrote, are read past', () => {
  expect(readRecord(Uint8Array.from([0, 4, 0, 1, 0x67]), Uint8Array.from([0, 0, 1, 0]))).toEqual({
    kind: 'consumer',
    groupId: 'g',
    change: { kind: 'partitions', value: undefined },
  });
});
