import { World } from '@skerry/testkit';
import {
  type DescribeClusterRequestInput,
  describeClusterRequest,
  describeClusterResponse,
  errorName,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(60), { 'broker.rack': 'hall-3' });
const { clusterId } = node.start();
const client = node.client();
const describe = (asked: DescribeClusterRequestInput, version: number) =>
  client.ask(describeClusterRequest, describeClusterResponse, version, asked);

test.each([0, 1, 2])('the one node is told, by the address that reached it, and leads (v%i)', (version) => {
  expect(describe({}, version)).toMatchObject({
    errorCode: 0,
    clusterId,
    controllerId: 1,
    brokers: [{ brokerId: 1, host: 'node-1', port: 9092, rack: 'hall-3', isFenced: false }],
    clusterAuthorizedOperations: -(2 ** 31),
  });
});

test('what the client may do is told when asked', () => {
  expect(describe({ includeClusterAuthorizedOperations: true }, 2).clusterAuthorizedOperations).toBe(8096);
  const denied = new SimulatedNode(new World(60), {}, { authoriser: { allowed: () => false } });
  denied.start();
  const asked = { includeClusterAuthorizedOperations: true };
  const answer = denied.client().ask(describeClusterRequest, describeClusterResponse, 2, asked);
  expect(answer).toMatchObject({ errorCode: 0, clusterAuthorizedOperations: 0 });
});

test.each([
  [0, 'UNSUPPORTED_ENDPOINT_TYPE'],
  [2, 'MISMATCHED_ENDPOINT_TYPE'],
  [3, 'UNSUPPORTED_ENDPOINT_TYPE'],
  [-1, 'UNSUPPORTED_ENDPOINT_TYPE'],
])('an endpoint of type %i is refused: %s (KIP-919)', (endpointType, error) => {
  const answer = describe({ endpointType }, 1);
  expect([errorName(answer.errorCode), answer.clusterId, answer.brokers]).toEqual([error, '', []]);
  expect(answer.errorMessage).not.toBeNull();
});
