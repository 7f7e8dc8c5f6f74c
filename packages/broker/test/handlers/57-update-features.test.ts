import { type RawClient, World } from '@skerry/testkit';
import {
  apiVersionsRequest,
  apiVersionsResponse,
  errorName,
  updateFeaturesRequest,
  updateFeaturesResponse,
} from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { SimulatedNode } from '../simulated-node.ts';

const feature = 'transaction.version';
let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  node = new SimulatedNode(new World(57));
  node.start();
  client = node.client();
});

const update = (maxVersionLevel: number, upgradeType: number, validateOnly = false): string => {
  const featureUpdates = [{ feature, maxVersionLevel, upgradeType }];
  return errorName(
    client.ask(updateFeaturesRequest, updateFeaturesResponse, 2, { featureUpdates, validateOnly }).errorCode,
  );
};

function told(version = 4) {
  const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
  const answer = client.ask(apiVersionsRequest, apiVersionsResponse, version, software);
  const level = answer.finalizedFeatures.find(({ name }) => name === feature)?.maxVersionLevel;
  return { level, epoch: answer.finalizedFeaturesEpoch, supported: answer.supportedFeatures };
}

test('the newest level is in use from the start', () => {
  expect(told().level).toBe(2);
  expect(told().supported).toContainEqual({ name: feature, minVersion: 0, maxVersion: 2 });
  expect(told().epoch).toBeGreaterThan(0n);
});

test('clients that fail on a lowest level of 0 are not told of it (v3)', () => {
  expect(told(3)).toMatchObject({ level: 2, supported: [] });
});

test('a level that was set is in use, as of a later epoch, after a power cut too', () => {
  const { epoch } = told();
  expect(update(1, 2)).toBe('NONE');
  expect(told().level).toBe(1);
  expect(told().epoch).toBeGreaterThan(epoch);
  node.cutPower();
  node.start();
  client = node.client();
  expect(told().level).toBe(1);
  expect(update(0, 3)).toBe('NONE');
  expect(told().level).toBe(undefined);
  expect(update(2, 1)).toBe('NONE');
  expect(told().level).toBe(2);
});

test.each([
  ['beyond the newest', 3, 1],
  ['below 0', -1, 2],
  ['down, asked as an upgrade', 1, 1],
  ['of no upgrade type', 1, 4],
])('a level %s is refused, and nothing changes', (_what, level, type) => {
  expect(update(level, type)).toBe('INVALID_UPDATE_VERSION');
  expect(told().level).toBe(2);
});

test('an upgrade that is called a downgrade is refused', () => {
  update(0, 2);
  expect(update(1, 2)).toBe('INVALID_UPDATE_VERSION');
});

test('what is only validated does not change', () => {
  expect(update(1, 2, true)).toBe('NONE');
  expect(told().level).toBe(2);
});
