import {
  errorName,
  findCoordinatorRequest,
  findCoordinatorResponse,
  metadataRequest,
  metadataResponse,
} from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { type Site, site } from '../group-calls.ts';

let at: Site;
beforeEach(() => {
  at = site();
});

const here = { host: 'node-1', port: 9092 };

test.each([0, 1, 2, 3])('this node keeps the group, at the address by which it was reached (v%i)', (version) => {
  const answer = at.client.ask(findCoordinatorRequest, findCoordinatorResponse, version, { key: 'g' });
  expect(answer).toMatchObject({ errorCode: 0, nodeId: 1, ...here });
});

test.each([4, 5, 6])('several keys at once, each with its answer (v%i)', (version) => {
  at.denied.add('describe group secret');
  const ask = { coordinatorKeys: ['g', 'secret'], keyType: 0 };
  const { coordinators } = at.client.ask(findCoordinatorRequest, findCoordinatorResponse, version, ask);
  expect(coordinators.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE', 'GROUP_AUTHORIZATION_FAILED']);
  expect(coordinators).toMatchObject([
    { key: 'g', nodeId: 1, ...here },
    { key: 'secret', nodeId: -1, host: '', port: -1 },
  ]);
});

test('a transaction has a coordinator too; its name is a resource of its own', () => {
  at.denied.add('describe transactionalId secret');
  const ask = { coordinatorKeys: ['x', 'secret'], keyType: 1 };
  const { coordinators } = at.client.ask(findCoordinatorRequest, findCoordinatorResponse, 4, ask);
  expect(coordinators.map(({ errorCode }) => errorName(errorCode))).toEqual([
    'NONE',
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  ]);
});

test.each([2, 9])('there is no coordinator of type %i', (keyType) => {
  const { errorCode } = at.client.ask(findCoordinatorRequest, findCoordinatorResponse, 3, { key: 'g', keyType });
  expect(errorName(errorCode)).toBe('INVALID_REQUEST');
});

test('who may not ask makes no topic; the first who may makes __consumer_offsets', () => {
  const internal = (): string[] =>
    at.client.ask(metadataRequest, metadataResponse, 12, { topics: null }).topics.map(({ name }) => name ?? '');
  at.denied.add('describe group secret');
  at.client.ask(findCoordinatorRequest, findCoordinatorResponse, 3, { key: 'secret' });
  expect(internal().sort()).toEqual(['t', 'u']);
  at.client.ask(findCoordinatorRequest, findCoordinatorResponse, 3, { key: 'g' });
  expect(internal().sort()).toEqual(['__consumer_offsets', 't', 'u']);
});
