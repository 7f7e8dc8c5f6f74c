import { errorName, joinGroupRequest, joinGroupResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { join, joining, type Site, settle, site, text } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

test.each([0, 1, 3, 4, 5, 6, 7, 8, 9])('the first member leads, and is told of all members (v%i)', (version) => {
  const answer = join(at.client, version);
  expect(answer).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range', leader: answer.memberId });
  expect(answer.memberId).toMatch(/^raw-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(answer.protocolType).toBe(version >= 7 ? 'consumer' : null);
  expect(answer.members.map((m) => `${m.memberId} ${text(m.metadata)}`)).toEqual([`${answer.memberId} what I read`]);
});

test.each([
  [3, 'NONE'],
  [4, 'MEMBER_ID_REQUIRED'],
] as const)('a new member joins at once before v4 (v%i)', (version, error) => {
  const answer = at.client.ask(joinGroupRequest, joinGroupResponse, version, joining);
  expect(errorName(answer.errorCode)).toBe(error);
  expect(answer.memberId).not.toBe('');
});

test.each([
  ['no group', { groupId: '' }, 'INVALID_GROUP_ID'],
  ['too short a session', { sessionTimeoutMs: 5999 }, 'INVALID_SESSION_TIMEOUT'],
  ['too long a session', { sessionTimeoutMs: 1_800_001 }, 'INVALID_SESSION_TIMEOUT'],
  ['an id that nobody gave', { memberId: 'x' }, 'UNKNOWN_MEMBER_ID'],
  ['no protocol', { protocols: [] }, 'INCONSISTENT_GROUP_PROTOCOL'],
  ['no protocol type', { protocolType: '' }, 'INCONSISTENT_GROUP_PROTOCOL'],
] as const)('%s is refused', (_what, wrong, error) => {
  expect(errorName(join(at.client, 9, wrong).errorCode)).toBe(error);
});

test('a member that shares no protocol with the others is refused', () => {
  settle(at.client);
  const strangers = [
    { protocolType: 'connect' },
    { protocols: [{ name: 'sticky', metadata: new Uint8Array(0) }] },
    { protocolType: 'connect', groupInstanceId: 'i' },
  ];
  for (const stranger of strangers) {
    expect(errorName(join(at.node.client(), 9, stranger).errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL');
  }
});

test.each([0, 6, 7, 9])('who may not read the group is told so, and nothing else (v%i)', (version) => {
  at.denied.add('read group g');
  expect(join(at.client, version)).toMatchObject({
    errorCode: 30,
    generationId: -1,
    protocolName: version < 7 ? '' : null,
    leader: '',
    memberId: '',
    members: [],
  });
});

test('a group takes as many members as it may have (group.max.size=1)', () => {
  at = site({ 'group.max.size': 1 });
  settle(at.client);
  expect(errorName(join(at.node.client(), 9).errorCode)).toBe('GROUP_MAX_SIZE_REACHED');
});

test('a static leader that comes back leads on, and is told to compute nothing (v9)', () => {
  settle(at.client, 'p0', { groupInstanceId: 'i' });
  const back = join(at.node.client(), 9, { groupInstanceId: 'i' });
  expect(back).toMatchObject({ errorCode: 0, generationId: 1, skipAssignment: true, leader: back.memberId });
  expect(back.memberId).toMatch(/^i-/);
});
