import { type ListGroupsRequestInput, listGroupsRequest, listGroupsResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { commit, type Site, settle, simpleCommit, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
  settle(at.client);
  commit(at.client, 9, simpleCommit(5));
});

function list(version: number, ask: ListGroupsRequestInput = {}): string[] {
  return at.client
    .ask(listGroupsRequest, listGroupsResponse, version, ask)
    .groups.map((g) => [g.groupId, g.protocolType, g.groupState, g.groupType].join(' '))
    .sort();
}

test('all groups, with what the version tells of them', () => {
  expect(list(0)).toEqual(['g consumer  ', 's   ']);
  expect(list(4)).toEqual(['g consumer Stable ', 's  Empty ']);
  expect(list(5)).toEqual(['g consumer Stable classic', 's  Empty classic']);
});

test('some states or types alone, whatever their case (v4, v5)', () => {
  expect(list(4, { statesFilter: ['sTABLE'] })).toEqual(['g consumer Stable ']);
  expect(list(5, { statesFilter: ['Empty', 'Dead'] })).toEqual(['s  Empty classic']);
  expect(list(5, { typesFilter: ['cLASSIC'] })).toHaveLength(2);
  expect(list(5, { typesFilter: ['consumer'] })).toEqual([]);
});

test('who may not describe the cluster sees the groups that it may describe', () => {
  at.denied.add('describe group g');
  expect(list(5)).toHaveLength(2);
  at.denied.add('describe cluster kafka-cluster');
  expect(list(5)).toEqual(['s  Empty classic']);
});
