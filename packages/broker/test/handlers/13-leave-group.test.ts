import { errorName, leaveGroupRequest, leaveGroupResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { type Site, settle, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

test.each([0, 1, 2])('one member goes, and its error is that of the whole (v%i)', (version) => {
  const { groupId, memberId } = settle(at.client);
  const leave = (): string =>
    errorName(at.client.ask(leaveGroupRequest, leaveGroupResponse, version, { groupId, memberId }).errorCode);
  expect(leave()).toBe('NONE');
  expect(leave()).toBe('UNKNOWN_MEMBER_ID');
});

test.each([3, 4, 5])(
  'several members go, static ones by their instance alone, each with its error (v%i)',
  (version) => {
    settle(at.client, 'p0', { groupInstanceId: 'i' });
    const ask = {
      groupId: 'g',
      members: [
        { memberId: '', groupInstanceId: 'i' },
        { memberId: '', groupInstanceId: 'j' },
        { memberId: 'x', groupInstanceId: null },
      ],
    };
    const answer = at.client.ask(leaveGroupRequest, leaveGroupResponse, version, ask);
    expect(errorName(answer.errorCode)).toBe('NONE');
    expect(answer.members.map((m) => `${m.memberId} ${m.groupInstanceId} ${errorName(m.errorCode)}`)).toEqual([
      ' i NONE',
      ' j UNKNOWN_MEMBER_ID',
      'x null UNKNOWN_MEMBER_ID',
    ]);
  },
);

test('a static member that was replaced cannot leave for its successor', () => {
  const { memberId } = settle(at.client, 'p0', { groupInstanceId: 'i' });
  settle(at.node.client(), 'p0', { groupInstanceId: 'i' });
  const ask = { groupId: 'g', members: [{ memberId, groupInstanceId: 'i' }] };
  const { members } = at.client.ask(leaveGroupRequest, leaveGroupResponse, 5, ask);
  expect(members.map(({ errorCode }) => errorName(errorCode))).toEqual(['FENCED_INSTANCE_ID']);
});

test('an unknown group answers for each member, no group for the whole, and so does a refusal', () => {
  const leave = (groupId: string): string[] => {
    const answer = at.client.ask(leaveGroupRequest, leaveGroupResponse, 5, { groupId, members: [{ memberId: 'x' }] });
    return [answer.errorCode, ...answer.members.map(({ errorCode }) => errorCode)].map(errorName);
  };
  expect(leave('none')).toEqual(['NONE', 'UNKNOWN_MEMBER_ID']);
  expect(leave('')).toEqual(['INVALID_GROUP_ID']);
  at.denied.add('read group secret');
  expect(leave('secret')).toEqual(['GROUP_AUTHORIZATION_FAILED']);
});
