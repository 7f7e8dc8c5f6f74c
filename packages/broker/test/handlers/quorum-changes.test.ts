/** UpdateFeatures, UnregisterBroker, UnregisterController, AddRaftVoter and RemoveRaftVoter of the only node. */
import { uuidFrom, zeroUuid } from '@skerry/base';
import { World } from '@skerry/testkit';
import {
  type AddRaftVoterRequestInput,
  addRaftVoterRequest,
  addRaftVoterResponse,
  errorName,
  removeRaftVoterRequest,
  removeRaftVoterResponse,
  unregisterBrokerRequest,
  unregisterBrokerResponse,
  unregisterControllerRequest,
  unregisterControllerResponse,
  updateFeaturesRequest,
  updateFeaturesResponse,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(64));
const { clusterId } = node.start();
const client = node.client();

const listener = { name: 'CONTROLLER', host: 'h', port: 1 };
const voter = {
  clusterId: null,
  voterId: 2,
  voterDirectoryId: uuidFrom(new Uint8Array(16).fill(7)),
  listeners: [listener],
  timeoutMs: 1,
};
const add = (value: AddRaftVoterRequestInput, version: number) =>
  errorName(client.ask(addRaftVoterRequest, addRaftVoterResponse, version, value).errorCode);
const take = ({ clusterId = null, voterId = 0, voterDirectoryId = zeroUuid }: AddRaftVoterRequestInput) => {
  const value = { clusterId, voterId, voterDirectoryId };
  return errorName(client.ask(removeRaftVoterRequest, removeRaftVoterResponse, 0, value).errorCode);
};

test.each([0, 1, 2])(
  'a feature that is not here has no levels; without one nothing is wrong (UpdateFeatures v%i)',
  (version) => {
    const featureUpdates = [{ feature: 'metadata.version', maxVersionLevel: 25 }];
    const answer = client.ask(updateFeaturesRequest, updateFeaturesResponse, version, { featureUpdates });
    expect([errorName(answer.errorCode), answer.results]).toEqual(['INVALID_UPDATE_VERSION', []]);
    expect(answer.errorMessage).toContain('metadata.version');
    const none = client.ask(updateFeaturesRequest, updateFeaturesResponse, version, { featureUpdates: [] });
    expect(none).toMatchObject({ errorCode: 0, errorMessage: null });
  },
);

test.each([
  [5, 'BROKER_ID_NOT_REGISTERED', 'CONTROLLER_ID_NOT_REGISTERED'],
  [-1, 'BROKER_ID_NOT_REGISTERED', 'CONTROLLER_ID_NOT_REGISTERED'],
  [1, 'POLICY_VIOLATION', 'POLICY_VIOLATION'],
])('node %i cannot be forgotten: %s', (id, asBroker, asController) => {
  const broker = client.ask(unregisterBrokerRequest, unregisterBrokerResponse, 0, { brokerId: id });
  const asked = { controllerId: id };
  const controller = client.ask(unregisterControllerRequest, unregisterControllerResponse, 0, asked);
  expect([errorName(broker.errorCode), errorName(controller.errorCode)]).toEqual([asBroker, asController]);
  expect(createTopic(client, `after${id}`)).toBe('NONE');
});

test.each([
  [null, 'UNSUPPORTED_VERSION'],
  [clusterId, 'UNSUPPORTED_VERSION'],
  ['another', 'INCONSISTENT_CLUSTER_ID'],
])('voters do not come and go (cluster %s)', (asked, expected) => {
  const named = { ...voter, clusterId: asked };
  expect([add(named, 0), add(named, 1), take(named)]).toEqual([expected, expected, expected]);
});

test.each([
  ['no number', { voterId: -1 }, 'INVALID_REQUEST'],
  ['no folder', { voterDirectoryId: zeroUuid }, 'INVALID_REQUEST'],
  ['no number, in another cluster', { voterId: -1, clusterId: 'another' }, 'INCONSISTENT_CLUSTER_ID'],
])('a voter with %s is none', (_what, part, expected) => {
  expect([add({ ...voter, ...part }, 1), take({ ...voter, ...part })]).toEqual([expected, expected]);
});

test.each([[[]], [[{ ...listener, name: 'OTHER' }]]])('a voter that no controller can reach is none', (listeners) => {
  expect(add({ ...voter, listeners }, 1)).toBe('INVALID_REQUEST');
});
