import { type RawClient, World } from '@skerry/testkit';
import { beforeEach, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { described, replace } from '../config-calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const topic = 2;
const broker = 4;

let client: RawClient;

beforeEach(() => {
  const node = new SimulatedNode(new World(33));
  node.start();
  client = node.client();
  createTopic(client, 't', 1, { 'retention.ms': '5000', 'segment.ms': '6000' });
});

const value = (name: string): string | null | undefined => described(client, topic, 't', name)?.value;

test('what is not named is gone, in every version', () => {
  for (let version = 0; version <= 2; version++) {
    expect(replace(client, [[topic, 't', { 'retention.ms': String(version + 1) }]], false, version)).toEqual(['NONE']);
    expect([value('retention.ms'), value('segment.ms')]).toEqual([String(version + 1), '604800000']);
  }
  expect(replace(client, [[topic, 't', {}]])).toEqual(['NONE']);
  expect(value('retention.ms')).toBe('604800000');
});

test('a request that only asks changes nothing', () => {
  expect(replace(client, [[topic, 't', { 'retention.ms': '1' }]], true)).toEqual(['NONE']);
  expect([value('retention.ms'), value('segment.ms')]).toEqual(['5000', '6000']);
});

test.each<[string, Parameters<typeof replace>[1], string[]]>([
  ['an unknown name', [[topic, 't', { 'no.such': '1' }]], ['INVALID_CONFIG']],
  ['a bad value beside a good one', [[topic, 't', { 'segment.ms': '9', 'retention.ms': 'x' }]], ['INVALID_CONFIG']],
  ['no value', [[topic, 't', { 'retention.ms': null }]], ['INVALID_REQUEST']],
  [
    'a topic twice',
    [
      [topic, 't', {}],
      [topic, 't', {}],
    ],
    ['INVALID_REQUEST', 'INVALID_REQUEST'],
  ],
  ['nobody', [[topic, 'nobody', {}]], ['UNKNOWN_TOPIC_OR_PARTITION']],
  ['no topic', [[topic, '', {}]], ['INVALID_REQUEST']],
  ['what only a restart changes', [[broker, '1', { 'num.partitions': '2' }]], ['INVALID_REQUEST']],
  ['another broker', [[broker, '7', {}]], ['INVALID_REQUEST']],
  ['a logger', [[8, '1', { root: 'INFO' }]], ['INVALID_REQUEST']],
  ['an unknown type', [[99, 'x', {}]], ['INVALID_REQUEST']],
])('%s is refused, and the topic has what it had', (_what, resources, errors) => {
  expect(replace(client, resources)).toEqual(errors);
  expect([value('retention.ms'), value('segment.ms')]).toEqual(['5000', '6000']);
});
