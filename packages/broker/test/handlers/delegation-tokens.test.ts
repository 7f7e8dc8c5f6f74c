/** CreateDelegationToken, RenewDelegationToken, ExpireDelegationToken, DescribeDelegationToken on a plain listener. */
import { World } from '@skerry/testkit';
import {
  createDelegationTokenRequest,
  createDelegationTokenResponse,
  describeDelegationTokenRequest,
  describeDelegationTokenResponse,
  errorName,
  expireDelegationTokenRequest,
  expireDelegationTokenResponse,
  renewDelegationTokenRequest,
  renewDelegationTokenResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(38));
node.start();
const client = node.client();
const notAllowed = 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED';

test.each([1, 2, 3])('who has not authenticated gets no token, and is told who he is (v%i)', (version) => {
  const asked = { renewers: [], maxLifetimeMs: -1n };
  const answer = client.ask(createDelegationTokenRequest, createDelegationTokenResponse, version, asked);
  expect(errorName(answer.errorCode)).toBe(notAllowed);
  const requester = version >= 3 ? ['User', 'ANONYMOUS'] : ['', ''];
  expect(answer).toMatchObject({
    principalType: 'User',
    principalName: 'ANONYMOUS',
    tokenRequesterPrincipalType: requester[0],
    tokenRequesterPrincipalName: requester[1],
    expiryTimestampMs: -1n,
    tokenId: '',
  });
});

test('a token for somebody else names him', () => {
  const asked = { ownerPrincipalType: 'User', ownerPrincipalName: 'x', renewers: [], maxLifetimeMs: -1n };
  const answer = client.ask(createDelegationTokenRequest, createDelegationTokenResponse, 3, asked);
  expect([answer.principalName, answer.tokenRequesterPrincipalName]).toEqual(['x', 'ANONYMOUS']);
});

test('nor may he renew, end or see one', () => {
  const hmac = new Uint8Array([1, 2]);
  const renewed = client.ask(renewDelegationTokenRequest, renewDelegationTokenResponse, 2, { hmac, renewPeriodMs: 1n });
  const ended = { hmac, expiryTimePeriodMs: 1n };
  const expired = client.ask(expireDelegationTokenRequest, expireDelegationTokenResponse, 2, ended);
  const seen = client.ask(describeDelegationTokenRequest, describeDelegationTokenResponse, 3, { owners: null });
  expect([renewed, expired, seen].map(({ errorCode }) => errorName(errorCode))).toEqual([
    notAllowed,
    notAllowed,
    notAllowed,
  ]);
  expect([renewed.expiryTimestampMs, expired.expiryTimestampMs, seen.tokens]).toEqual([-1n, -1n, []]);
});
