/** UpdateFeatures, UnregisterBroker, UnregisterController, AddRaftVoter and RemoveRaftVoter of the only node. */
import { zeroUuid } from '@skerry/base';
import { World } from '@skerry/testkit';
import {
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

test.each([0, 1, 2])('no feature has levels; without one nothing is wrong (UpdateFeatures v%i)', (version) => {
  const featureUpdates = [{ feature: 'metadata.version', maxVersionLevel: 25 }];
  const answer = client.ask(updateFeaturesRequest, updateFeaturesResponse, version, { featureUpdates });
  expect([errorName(answer.errorCode), answer.results]).toEqual(['INVALID_UPDATE_VERSION', []]);
  expect(answer.errorMessage).toContain('metadata.version');
  const none = client.ask(updateFeaturesRequest, updateFeaturesResponse, version, { featureUpdates: [] });
  expect(none).toMatchObject({ errorCode: 0, errorMessage: null });
});

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
  const voter = { clusterId: asked, voterId: 2, voterDirectoryId: zeroUuid };
  const codes = [
    client.ask(addRaftVoterRequest, addRaftVoterResponse, 0, { ...voter, timeoutMs: 1000 }),
    client.ask(addRaftVoterRequest, addRaftVoterResponse, 1, { ...voter, timeoutMs: 1000 }),
    client.ask(removeRaftVoterRequest, removeRaftVoterResponse, 0, voter),
  ].map(({ errorCode }) => errorName(errorCode));
  expect(codes).toEqual([expected, expected, expected]);
});
