import { describeGroupsRequest, describeGroupsResponse, errorName } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { join, type Site, settle, site, text } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

function describe(version: number, groupId: string, more = {}) {
  const ask = { groups: [groupId], ...more };
  const [group] = at.client.ask(describeGroupsRequest, describeGroupsResponse, version, ask).groups;
  if (group === undefined) throw new Error('no answer');
  return group;
}

test.each([0, 2, 3, 4, 5, 6])('a stable group tells its protocol and its members (v%i)', (version) => {
  const { memberId } = settle(at.client);
  const group = describe(version, 'g');
  expect(group).toMatchObject({ errorCode: 0, groupState: 'Stable', protocolType: 'consumer', protocolData: 'range' });
  expect(group.members).toMatchObject([{ memberId, clientId: 'raw', clientHost: '/client' }]);
  const [member] = group.members;
  expect([member?.memberMetadata, member?.memberAssignment].map((b) => text(b ?? new Uint8Array(0)))).toEqual([
    'what I read',
    'p0',
  ]);
});

test('a group in a rebalance tells its members without what they told', () => {
  join(at.client, 9);
  const group = describe(5, 'g');
  expect(group).toMatchObject({ groupState: 'CompletingRebalance', protocolType: 'consumer', protocolData: '' });
  expect(group.members.map(({ memberMetadata }) => memberMetadata.length)).toEqual([0]);
});

test.each([
  [0, 'NONE', null],
  [5, 'NONE', null],
  [6, 'GROUP_ID_NOT_FOUND', 'Group none not found.'],
] as const)('a group that does not exist is Dead; from v6 on that is an error (v%i)', (version, error, message) => {
  const group = describe(version, 'none');
  expect([errorName(group.errorCode), group.groupState, group.errorMessage]).toEqual([error, 'Dead', message]);
});

test('what the client may do with the group is told when asked (v3)', () => {
  settle(at.client);
  at.denied.add('delete group g');
  expect(describe(3, 'g').authorizedOperations).toBe(-(2 ** 31));
  const bits = describe(3, 'g', { includeAuthorizedOperations: true }).authorizedOperations;
  expect([3, 6, 8].map((bit) => (bits >> bit) & 1)).toEqual([1, 0, 1]);
});

test('who may not describe a group learns nothing of it', () => {
  settle(at.client);
  at.denied.add('describe group g');
  expect(describe(6, 'g')).toMatchObject({ errorCode: 30, groupState: '', members: [] });
});
