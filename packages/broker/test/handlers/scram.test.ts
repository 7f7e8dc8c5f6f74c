/** DescribeUserScramCredentials and AlterUserScramCredentials of a broker without SASL. */
import { World } from '@skerry/testkit';
import {
  type AlterUserScramCredentialsRequestInput,
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
  errorName,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(50));
node.start();
const client = node.client();

function describe(users: readonly string[] | null) {
  const asked = { users: users === null ? null : users.map((name) => ({ name })) };
  const answer = client.ask(describeUserScramCredentialsRequest, describeUserScramCredentialsResponse, 0, asked);
  return answer.results.map(({ user, errorCode }) => [user, errorName(errorCode)]);
}

function alter(asked: AlterUserScramCredentialsRequestInput) {
  const answer = client.ask(alterUserScramCredentialsRequest, alterUserScramCredentialsResponse, 0, asked);
  return answer.results.map(({ user, errorCode }) => [user, errorName(errorCode)]);
}

const password = { mechanism: 1, iterations: 4096, salt: new Uint8Array(8), saltedPassword: new Uint8Array(32) };

test('no user has a password', () => {
  expect(describe(null)).toEqual([]);
  expect(describe([])).toEqual([]);
  expect(describe(['a', 'b', 'a', ''])).toEqual([
    ['a', 'DUPLICATE_RESOURCE'],
    ['b', 'RESOURCE_NOT_FOUND'],
    ['', 'RESOURCE_NOT_FOUND'],
  ]);
});

test('none is taken while nothing would ask for it', () => {
  expect(alter({ upsertions: [{ name: 'u', ...password }] })).toEqual([['u', 'UNSUPPORTED_SASL_MECHANISM']]);
  expect(describe(null)).toEqual([]);
});

test('what is wrong with one is said first, then that he is named twice', () => {
  const upsertions = [
    { name: 'few', ...password, iterations: 4095 },
    { name: 'many', ...password, iterations: 16_385 },
    { name: 'odd', ...password, mechanism: 0 },
    { name: '', ...password },
    { name: 'twice', ...password },
    { name: 'twice', ...password, iterations: 1 },
    { name: 'gone', ...password },
  ];
  const deletions = [
    { name: 'gone', mechanism: 2 },
    { name: 'strange', mechanism: 9 },
  ];
  expect(alter({ upsertions, deletions })).toEqual([
    ['gone', 'RESOURCE_NOT_FOUND'],
    ['strange', 'UNSUPPORTED_SASL_MECHANISM'],
    ['few', 'UNACCEPTABLE_CREDENTIAL'],
    ['many', 'UNACCEPTABLE_CREDENTIAL'],
    ['odd', 'UNSUPPORTED_SASL_MECHANISM'],
    ['', 'UNACCEPTABLE_CREDENTIAL'],
    ['twice', 'DUPLICATE_RESOURCE'],
  ]);
  expect(alter({})).toEqual([]);
});
