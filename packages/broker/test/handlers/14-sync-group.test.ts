import { utf8Encode } from '@skerry/base';
import { errorName, type SyncGroupRequestInput, syncGroupRequest, syncGroupResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { join, type Site, site, text } from '../group-calls.ts';

let at: Site;
let memberId: string;
beforeEach(() => {
  at = site();
  memberId = join(at.client, 9).memberId;
});

function sync(version: number, more: SyncGroupRequestInput = {}): string {
  const protocol = version >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {};
  const asked = {
    groupId: 'g',
    memberId,
    generationId: 1,
    ...protocol,
    assignments: [{ memberId, assignment: utf8Encode('p0') }],
    ...more,
  };
  const answer = at.client.ask(syncGroupRequest, syncGroupResponse, version, asked);
  if (answer.errorCode !== 0) return errorName(answer.errorCode);
  expect(answer.protocolType).toBe(version >= 5 ? 'consumer' : null);
  return text(answer.assignment);
}

test.each([0, 1, 2, 3, 4, 5])('the leader gets the part it gave itself, as often as it asks (v%i)', (version) => {
  expect(sync(version)).toBe('p0');
  expect(sync(version, { assignments: [] })).toBe('p0');
});

test.each([
  ['an unknown group', { groupId: 'none' }, 'UNKNOWN_MEMBER_ID'],
  ['no group', { groupId: '' }, 'INVALID_GROUP_ID'],
  ['a stranger', { memberId: 'x' }, 'UNKNOWN_MEMBER_ID'],
  ['another generation', { generationId: 2 }, 'ILLEGAL_GENERATION'],
  ['another protocol', { protocolName: 'sticky' }, 'INCONSISTENT_GROUP_PROTOCOL'],
  ['another protocol type', { protocolType: 'connect' }, 'INCONSISTENT_GROUP_PROTOCOL'],
  ['no protocol', { protocolName: null }, 'INCONSISTENT_GROUP_PROTOCOL'],
  ['a static stranger', { groupInstanceId: 'i' }, 'UNKNOWN_MEMBER_ID'],
] as const)('%s is refused (v5)', (_what, wrong, error) => {
  expect(sync(5, wrong)).toBe(error);
});

test('who may not read the group is refused', () => {
  at.denied.add('read group g');
  expect(sync(5)).toBe('GROUP_AUTHORIZATION_FAILED');
});

test('an assignment too large for the log is refused, and the node lives on', () => {
  const assignment = new Uint8Array(2 * 1024 * 1024);
  expect(sync(5, { assignments: [{ memberId, assignment }] })).toBe('UNKNOWN_SERVER_ERROR');
});

test('an assignment that was answered survives a power cut', () => {
  expect(sync(5)).toBe('p0');
  at.node.cutPower();
  at.node.start();
  at = { ...at, client: at.node.client() };
  expect(sync(5, { assignments: [] })).toBe('p0');
});
