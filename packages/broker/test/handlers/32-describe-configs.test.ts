import { type RawClient, World } from '@skerry/testkit';
import { describeConfigsRequest, describeConfigsResponse, errorName } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let client: RawClient;

beforeEach(() => {
  const node = new SimulatedNode(new World(41), {
    'log.retention.hours': 5,
    'message.max.bytes': 900_000,
    'ssl.keystore.password': 'hunter2',
  });
  node.start();
  client = node.client();
  createTopic(client, 't', 1, { 'segment.bytes': '2000000' });
});

const ask = (resourceType: number, resourceName: string, configurationKeys: string[] | null = null, version = 4) =>
  client.ask(describeConfigsRequest, describeConfigsResponse, version, {
    resources: [{ resourceType, resourceName, configurationKeys }],
    includeSynonyms: true,
    ...(version >= 3 ? { includeDocumentation: true } : {}),
  }).results[0];

test('a topic’s setting tells whose it is: its own, the file’s, or the default', () => {
  const configs = ask(2, 't')?.configs ?? [];
  const of = (name: string) => configs.find((config) => config.name === name);
  expect(of('segment.bytes')).toMatchObject({ value: '2000000', configSource: 1, readOnly: false, configType: 3 });
  expect(of('segment.bytes')?.synonyms.map(({ name, source }) => [name, source])).toEqual([
    ['segment.bytes', 1],
    ['log.segment.bytes', 5],
  ]);
  expect(of('max.message.bytes')).toMatchObject({ value: '900000', configSource: 4 });
  // A coarser name of the file's counts, and is not shown: Kafka does the same.
  expect(of('retention.ms')).toMatchObject({ value: '18000000', configSource: 5, synonyms: [] });
  expect(of('cleanup.policy')).toMatchObject({ value: 'delete', configSource: 5, configType: 7 });
  expect(of('retention.ms')?.documentation).toMatch(/\w+ \w+/);
});

test('the node’s settings tell what the file says, what can be altered, and no secret', () => {
  const configs = ask(4, '1')?.configs ?? [];
  const of = (name: string) => configs.find((config) => config.name === name);
  expect(of('log.retention.hours')).toMatchObject({ value: '5', readOnly: true, configSource: 4 });
  expect(of('log.retention.ms')).toMatchObject({ value: null, readOnly: false, configSource: 5, synonyms: [] });
  expect(of('node.id')).toMatchObject({ value: '1', readOnly: true });
  expect(of('ssl.keystore.password')).toMatchObject({ value: null, isSensitive: true });
  expect(JSON.stringify(configs, (_key, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
    'hunter2',
  );
});

test('only what is asked for is told, in every version; an unknown name is left out', () => {
  for (let version = 1; version <= 4; version++) {
    const found = ask(2, 't', ['segment.bytes', 'no.such.name'], version);
    expect(found?.configs.map(({ name }) => name)).toEqual(['segment.bytes']);
  }
});

test.each([
  [2, 'nobody', 'UNKNOWN_TOPIC_OR_PARTITION'],
  [2, '..', 'INVALID_TOPIC_EXCEPTION'],
  [4, '7', 'INVALID_REQUEST'],
  [4, '', 'NONE'],
  [99, 'x', 'INVALID_REQUEST'],
])('a resource of type %i named %j is answered %s', (type, name, error) => {
  expect(errorName(ask(type, name)?.errorCode ?? -1)).toBe(error);
});
