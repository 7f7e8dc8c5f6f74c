import { expect, test } from 'vitest';
import {
  assignRanges,
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../src/group-protocol.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('a subscription is written as version 0: topics, no user data', () => {
  expect(hex(writeSubscription(['t', 'uv']))).toBe(hex(bytes('0000 00000002 0001 74 0002 7576 ffffffff')));
});

test.each([
  ['version 0, with the empty user data of kafkajs', '0000 00000001 0001 74 00000000'],
  ['version 1 of Java, with owned partitions', '0001 00000001 0001 74 ffffffff 00000001 0001 74 00000001 00000002'],
  ['version 3 of Java', '0003 00000001 0001 74 ffffffff 00000000 ffffffff ffff'],
  ['a version to come', '0009 00000001 0001 74 ffffffff 00000000 ffffffff ffff 0000 0000'],
])('a subscription is read: %s', (_what, text) => {
  expect(readSubscription(bytes(text))).toEqual(['t']);
});

test.each(['', '00', '0000 7fffffff 0001'])('a member that says "%s" reads nothing', (text) => {
  expect(readSubscription(bytes(text))).toEqual([]);
  expect(readAssignment(bytes(text))).toEqual([]);
});

test('an assignment is written as version 0, and read back', () => {
  const assigned = [
    { topic: 't', partition: 0 },
    { topic: 't', partition: 3 },
    { topic: 'u', partition: 1 },
  ];
  const written = writeAssignment(assigned);
  const text = '0000 00000002 0001 74 00000002 00000000 00000003 0001 75 00000001 00000001 ffffffff';
  expect(hex(written)).toBe(hex(bytes(text)));
  expect(readAssignment(written)).toEqual(assigned);
});

test('each topic is shared in runs among those who read it, the first ones one more', () => {
  const counts: Record<string, number> = { t: 5, u: 2, none: 0 };
  const members = [
    { memberId: 'b', topics: ['t', 'u', 'none'] },
    { memberId: 'a', topics: ['t'] },
    { memberId: 'c', topics: ['u', 't'] },
  ];
  const assigned = assignRanges(members, (topic) => counts[topic] ?? 0);
  const shown = [...assigned].map(([id, of]) => `${id}: ${of.map((each) => each.topic + each.partition).join(' ')}`);
  expect(shown.sort()).toEqual(['a: t0 t1', 'b: t2 t3 u0', 'c: t4 u1']);
});
