/** DescribeAcls, CreateAcls and DeleteAcls of a broker that has no authoriser. */
import { frameOf, World } from '@skerry/testkit';
import {
  createAclsRequest,
  createAclsResponse,
  deleteAclsRequest,
  deleteAclsResponse,
  describeAclsRequest,
  describeAclsResponse,
  errorName,
  type Message,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(29));
node.start();
const client = node.client();

const filter = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
};
const rule = {
  resourceType: 2,
  resourceName: 't',
  resourcePatternType: 3,
  principal: 'User:x',
  host: '*',
  operation: 3,
  permissionType: 3,
};

test.each([1, 2, 3])('every rule is refused for want of an authoriser (v%i)', (version) => {
  const described = client.ask(describeAclsRequest, describeAclsResponse, version, filter);
  expect([errorName(described.errorCode), described.resources]).toEqual(['SECURITY_DISABLED', []]);
  expect(described.errorMessage).toContain('authorizer');
  const created = client.ask(createAclsRequest, createAclsResponse, version, { creations: [rule, rule] });
  const deleted = client.ask(deleteAclsRequest, deleteAclsResponse, version, { filters: [filter, filter] });
  const codes = [...created.results, ...deleted.filterResults].map(({ errorCode }) => errorName(errorCode));
  expect(codes).toEqual(['SECURITY_DISABLED', 'SECURITY_DISABLED', 'SECURITY_DISABLED', 'SECURITY_DISABLED']);
});

test('no rule is no answer', () => {
  expect(client.ask(createAclsRequest, createAclsResponse, 3, { creations: [] }).results).toEqual([]);
  expect(client.ask(deleteAclsRequest, deleteAclsResponse, 3, { filters: [] }).filterResults).toEqual([]);
});

test.each<[string, Message<unknown, never>, unknown]>([
  ['a filter to describe', describeAclsRequest, { ...filter, operation: 0 }],
  ['a rule to make', createAclsRequest, { creations: [rule, { ...rule, resourceType: 0 }] }],
  ['a filter to delete', deleteAclsRequest, { filters: [{ ...filter, patternTypeFilter: 0 }] }],
])('%s with a kind that its sender does not know ends that connection alone', (_what, message, value) => {
  const other = node.client();
  other.send(frameOf({ message: message as Message<unknown, unknown>, version: 3, value }));
  expect(other.next()).toBeUndefined();
  expect(other.isClosed).toBe(true);
  expect(client.isClosed).toBe(false);
});
