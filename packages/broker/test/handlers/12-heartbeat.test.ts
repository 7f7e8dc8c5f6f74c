import { frameOf } from '@skerry/testkit';
import { errorName, heartbeatRequest, heartbeatResponse, joinGroupRequest } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { joining, type Site, settle, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

function heartbeat(version: number, claim: object): string {
  return errorName(at.client.ask(heartbeatRequest, heartbeatResponse, version, claim).errorCode);
}

test.each([0, 1, 2, 3, 4])('a member is alive in its generation alone (v%i)', (version) => {
  const member = settle(at.client);
  expect(heartbeat(version, member)).toBe('NONE');
  expect(heartbeat(version, { ...member, generationId: 7 })).toBe('ILLEGAL_GENERATION');
  expect(heartbeat(version, { ...member, memberId: 'x' })).toBe('UNKNOWN_MEMBER_ID');
  expect(heartbeat(version, { ...member, groupId: 'none' })).toBe('UNKNOWN_MEMBER_ID');
  expect(heartbeat(version, { ...member, groupId: '' })).toBe('INVALID_GROUP_ID');
});

test('a static member that was replaced is fenced, a stranger is not known (v3)', () => {
  const member = settle(at.client, 'p0', { groupInstanceId: 'i' });
  const claim = { ...member, groupInstanceId: 'i' };
  expect(heartbeat(3, claim)).toBe('NONE');
  settle(at.node.client(), 'p0', { groupInstanceId: 'i' });
  expect(heartbeat(3, claim)).toBe('FENCED_INSTANCE_ID');
  expect(heartbeat(3, { ...claim, groupInstanceId: 'j' })).toBe('UNKNOWN_MEMBER_ID');
});

test('a member learns that another one joins', () => {
  const member = settle(at.client);
  at.node.client().send(frameOf({ message: joinGroupRequest, version: 3, value: joining }));
  at.world.clock.advance(100);
  expect(heartbeat(4, member)).toBe('REBALANCE_IN_PROGRESS');
});

test('who may not read the group is refused', () => {
  const member = settle(at.client);
  at.denied.add('read group g');
  expect(heartbeat(4, member)).toBe('GROUP_AUTHORIZATION_FAILED');
});
