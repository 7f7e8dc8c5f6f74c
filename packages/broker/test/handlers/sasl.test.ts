/** SaslHandshake and SaslAuthenticate on a listener that asks nobody who he is. */
import { World } from '@skerry/testkit';
import {
  errorName,
  saslAuthenticateRequest,
  saslAuthenticateResponse,
  saslHandshakeRequest,
  saslHandshakeResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

test('who would authenticate is told that nobody need, and the connection goes on', () => {
  const node = new SimulatedNode(new World(17));
  node.start();
  const client = node.client();
  const shaken = client.ask(saslHandshakeRequest, saslHandshakeResponse, 1, { mechanism: 'PLAIN' });
  expect([errorName(shaken.errorCode), shaken.mechanisms]).toEqual(['ILLEGAL_SASL_STATE', []]);
  for (const version of [0, 1, 2]) {
    const asked = { authBytes: new Uint8Array([1]) };
    const answer = client.ask(saslAuthenticateRequest, saslAuthenticateResponse, version, asked);
    expect(errorName(answer.errorCode)).toBe('ILLEGAL_SASL_STATE');
    expect(answer.errorMessage).toContain('PLAINTEXT');
  }
  expect(createTopic(client, 't')).toBe('NONE');
});
