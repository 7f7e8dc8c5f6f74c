import { deleteGroupsRequest, deleteGroupsResponse, errorName } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { commit, committed, type Site, settle, simpleCommit, site } from '../group-calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

/** What was answered, as "group ERROR". */
function remove(groupsNames: readonly string[], version = 3): string[] {
  return at.client
    .ask(deleteGroupsRequest, deleteGroupsResponse, version, { groupsNames })
    .results.map(({ groupId, errorCode }) => `${groupId} ${errorName(errorCode)}`);
}

test.each([0, 1, 2, 3])('a group without members goes, with its offsets (v%i)', (version) => {
  commit(at.client, 9, simpleCommit(5));
  expect(remove(['s'], version)).toEqual(['s NONE']);
  expect(committed(at.client, 's')).toEqual([]);
  expect(remove(['s'], version)).toEqual(['s GROUP_ID_NOT_FOUND']);
});

test('a group that has members stays, and the others of the request go', () => {
  settle(at.client);
  commit(at.client, 9, simpleCommit(5));
  expect(remove(['g', 'none', 's'])).toEqual(['g NON_EMPTY_GROUP', 'none GROUP_ID_NOT_FOUND', 's NONE']);
});

test('a group named twice is removed and answered once; no group at all is no answer at all', () => {
  commit(at.client, 9, simpleCommit(5));
  expect(remove(['s', 's'])).toEqual(['s NONE']);
  expect(remove([])).toEqual([]);
});

test('a group of the empty name, which only old clients made, is looked up like any other', () => {
  expect(remove([''])).toEqual([' GROUP_ID_NOT_FOUND']);
  commit(at.client, 9, { ...simpleCommit(5), groupId: '' });
  expect(remove([''])).toEqual([' NONE']);
});

test('who may not delete a group is told so, of that group alone', () => {
  commit(at.client, 9, simpleCommit(5));
  at.denied.add('delete group secret');
  expect(remove(['secret', 's'])).toEqual(['secret GROUP_AUTHORIZATION_FAILED', 's NONE']);
});

test('a removed group is still removed after a power cut', () => {
  commit(at.client, 9, simpleCommit(5));
  commit(at.client, 9, { ...simpleCommit(6), groupId: 'kept' });
  remove(['s']);
  at.node.cutPower();
  const { machine } = at.node;
  const again = new SimulatedNode(at.world, {}, { machine });
  again.start();
  expect(committed(again.client(), 's')).toEqual([]);
  expect(committed(again.client(), 'kept')).toEqual(['t-0@6 (note 6)']);
});
