import { type RawClient, World } from '@skerry/testkit';
import { errorName, listConfigResourcesRequest, listConfigResourcesResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { alter, remove, set } from '../config-calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let client: RawClient;

beforeEach(() => {
  const node = new SimulatedNode(new World(74));
  node.start();
  client = node.client();
  createTopic(client, 't');
  alter(client, [
    [16, 's', [['interval.ms', set, '5000']]],
    [32, 'g', [['consumer.session.timeout.ms', set, '50000']]],
    [32, 'bare', []],
  ]);
});

function list(resourceTypes: number[], version = 1): unknown {
  const value = version === 0 ? {} : { resourceTypes };
  const answer = client.ask(listConfigResourcesRequest, listConfigResourcesResponse, version, value);
  if (answer.errorCode !== 0) return errorName(answer.errorCode);
  return answer.configResources.map(({ resourceName, resourceType }) => `${resourceType} ${resourceName}`).sort();
}

test.each<[number[], unknown]>([
  [[], ['16 s', '2 t', '32 g', '4 1', '8 1']],
  [[2], ['2 t']],
  [
    [4, 8],
    ['4 1', '8 1'],
  ],
  [[16, 16], ['16 s']],
  [[32], ['32 g']],
  [[0], 'UNSUPPORTED_VERSION'],
  [[16, 99], 'UNSUPPORTED_VERSION'],
])('of types %j there are %j', (types, found) => {
  expect(list(types)).toEqual(found);
});

test('version 0 knows subscriptions alone', () => {
  expect(list([], 0)).toEqual(['16 s']);
});

test('a group without a setting left is no longer there', () => {
  alter(client, [[32, 'g', [['consumer.session.timeout.ms', remove, null]]]]);
  expect(list([32])).toEqual([]);
});
