import { Offset, utf8Encode } from '@skerry/base';
import { frameOf, RawClient, World } from '@skerry/testkit';
import { apiVersionsRequest, apiVersionsResponse, errorCode, metadataRequest, metadataResponse } from '@skerry/wire';
import {
  legacyDescribeConfigsRequest,
  legacyDescribeConfigsResponse,
  legacyListOffsetsRequest,
  legacyListOffsetsResponse,
  legacyOffsetCommitRequest,
  legacyOffsetCommitResponse,
  legacyOffsetFetchRequest,
  legacyOffsetFetchResponse,
  legacyProduceRequest,
} from '@skerry/wire/legacy';
import { beforeEach, expect, test } from 'vitest';
import { oldRoutes } from '../../src/legacy/routes.ts';
import { servedApis } from '../../src/routes.ts';
import { batchOf, createTopic, fetch, produce } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';
import { oldFetch, oldProduce, oldProduceOf } from './old-calls.ts';
import { oldSet } from './old-messages.ts';

const oldPort = 9093;
let world: World;
let node: SimulatedNode;
let client: RawClient;
let old: RawClient;

beforeEach(() => {
  world = new World(5);
  node = new SimulatedNode(world, {
    listeners: `PLAINTEXT://node-1:9092,OLD://node-1:${oldPort}`,
    'listener.security.protocol.map': 'OLD:PLAINTEXT',
    'skerry.listeners.legacy': 'OLD',
  });
  node.start();
  client = node.client();
  old = new RawClient(world.clock, world.network.host('client'), { host: 'node-1', port: oldPort });
  createTopic(client, 't');
});

/** The versions that ApiVersions names, by API. */
function versionsOf(asking: RawClient): Map<number, string> {
  const { apiKeys } = asking.ask(apiVersionsRequest, apiVersionsResponse, 0, {});
  return new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, `${minVersion}-${maxVersion}`]));
}

test('such a listener names old versions, and no other does', () => {
  const ordinary = new Map(
    (servedApis().apiKeys ?? []).map(({ apiKey = -1, minVersion, maxVersion }) => [
      apiKey,
      `${minVersion}-${maxVersion}`,
    ]),
  );
  expect(versionsOf(client)).toEqual(ordinary);
  const served = versionsOf(old);
  expect([...served.keys()]).toEqual([...ordinary.keys()]);
  for (const { apiKey } of oldRoutes()) ordinary.set(apiKey, `0-${ordinary.get(apiKey)?.split('-')[1]}`);
  expect(served).toEqual(ordinary);
  // As those of Kafka 3.9, but for what brokers ask of brokers, and for share groups, which had a trial version then.
  const beginsLater = [...served].filter(([, range]) => !range.startsWith('0-')).map(([apiKey]) => apiKey);
  expect(beginsLater).toEqual([27, 76, 77, 78, 79]);
  expect(served.get(0)).toBe('0-13');
  expect(served.get(1)).toBe('0-18');
});

test('elsewhere an old version closes the connection, and the log says what would serve it', () => {
  client.send(frameOf({ message: legacyProduceRequest, version: 2, value: oldProduceOf('t', oldSet({ value: 'x' })) }));
  expect(client.next()).toBeUndefined();
  expect(node.events).toContainEqual(
    expect.objectContaining({ kind: 'connectionRefused', reason: expect.stringContaining('skerry.listeners.legacy') }),
  );
});

test('old and new clients read what the other has written', () => {
  expect(oldProduce(old, 't', oldSet({ key: 'k', value: 'from old' }))).toEqual({ error: 'NONE', baseOffset: 0 });
  expect(produce(client, 't', batchOf(['from new'])).baseOffset).toBe(1);
  expect(fetch(client, 't', 0).values).toEqual(['from old', 'from new']);
  for (const version of [0, 1, 2, 3]) {
    const [fetched] = oldFetch(old, 't', 0, { version });
    expect(fetched?.messages.map(({ offset, value }) => [offset, value])).toEqual([
      [0, 'from old'],
      [1, 'from new'],
    ]);
  }
});

test('new versions are served there as everywhere', () => {
  expect(produce(old, 't', batchOf(['x'])).error).toBe('NONE');
  expect(fetch(old, 't', 0).values).toEqual(['x']);
});

test('it tells clients its own address', () => {
  const { brokers } = old.ask(metadataRequest, metadataResponse, 0, { topics: [] });
  expect(brokers).toMatchObject([{ host: 'node-1', port: oldPort }]);
});

test('offsets that were kept in ZooKeeper once are kept with the others (v0)', () => {
  const partitions = [{ partitionIndex: 0, committedOffset: Offset(7), committedMetadata: 'noted' }];
  const committed = old.ask(legacyOffsetCommitRequest, legacyOffsetCommitResponse, 0, {
    groupId: 'g',
    topics: [{ name: 't', partitions }],
  });
  expect(committed.topics[0]?.partitions).toMatchObject([{ errorCode: 0 }]);
  const told = (groupId: string) =>
    old.ask(legacyOffsetFetchRequest, legacyOffsetFetchResponse, 0, {
      groupId,
      topics: [{ name: 't', partitionIndexes: [0] }],
    }).topics[0]?.partitions;
  expect(told('g')).toMatchObject([{ committedOffset: 7, metadata: 'noted', errorCode: 0 }]);
  // That is how brokers of that age said that they know of none.
  expect(told('other')).toMatchObject([{ committedOffset: -1, errorCode: 3 }]);
});

test('old versions ask for the same rights as new ones', () => {
  const denied = new Set<string>();
  const authoriser = { allowed: (_who: string, _host: string, operation: string) => !denied.has(operation) };
  const guarded = new SimulatedNode(new World(9), { 'skerry.listeners.legacy': 'PLAINTEXT' }, { authoriser });
  guarded.start();
  const peer = guarded.client();
  createTopic(peer, 't');
  oldProduce(peer, 't', oldSet({ value: 'x' }));
  const offsets = () =>
    peer.ask(legacyListOffsetsRequest, legacyListOffsetsResponse, 0, {
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1n, maxNumOffsets: 1 }] }],
    }).topics[0]?.partitions[0];
  expect(offsets()).toMatchObject({ errorCode: 0, oldStyleOffsets: [1n] });
  denied.add('describe').add('read').add('write');
  const error = 'TOPIC_AUTHORIZATION_FAILED';
  expect(offsets()).toMatchObject({ errorCode: errorCode(error), oldStyleOffsets: [] });
  expect(oldFetch(peer, 't', 0, { version: 1 })).toMatchObject([{ error, bytes: 0 }]);
  expect(oldProduce(peer, 't', oldSet({ value: 'x' }))).toMatchObject({ error });
});

test('DescribeConfigs v0 says of a value that it is the default', () => {
  createTopic(client, 'u', 1, { 'retention.ms': '1000' });
  const { results } = old.ask(legacyDescribeConfigsRequest, legacyDescribeConfigsResponse, 0, {
    resources: [{ resourceType: 2, resourceName: 'u', configurationKeys: ['retention.ms', 'segment.ms'] }],
  });
  expect(results[0]?.configs.map(({ name, isDefault }) => [name, isDefault])).toEqual([
    ['retention.ms', false],
    ['segment.ms', true],
  ]);
});

test('frames of old versions at random close one connection at most (1,000 of them)', () => {
  const { random } = new World(23);
  const keys = oldRoutes();
  for (let i = 0; i < 1000; i++) {
    const peer = new RawClient(world.clock, world.network.host('peer'), { host: 'node-1', port: oldPort });
    const one = keys[random.below(keys.length)];
    const version = random.below((one?.versions[1] ?? 0) + 1);
    const body = [0, one?.apiKey ?? 0, 0, version, ...random.bytes(random.below(60))];
    peer.send(Uint8Array.from([0, 0, 0, body.length, ...body]));
    node.machineTime(50);
    peer.close();
  }
  expect(node.events.filter(({ kind }) => kind === 'handlerFailed')).toEqual([]);
  const other = new RawClient(world.clock, world.network.host('other'), { host: 'node-1', port: oldPort });
  expect(oldProduce(other, 't', oldSet({ value: 'still here' })).error).toBe('NONE');
  node.machineTime(60_000);
  expect(node.slabBytesTaken).toBe(0);
});

test('what is null is no set: the ordinary refusal', () => {
  expect(oldProduce(old, 't', null).error).toBe('INVALID_RECORD');
  expect(oldProduce(old, 'not-there', utf8Encode('x')).error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
});
