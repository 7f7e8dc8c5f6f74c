/** Settings of a topic's log that are altered while it runs: in effect without a restart. */
import { frameOf, type RawClient, World } from '@skerry/testkit';
import { incrementalAlterConfigsRequest } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { batchOf, createTopic, fetch, produce } from './calls.ts';
import { alter, append, described, type Operation, remove, set } from './config-calls.ts';
import { SimulatedNode } from './simulated-node.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

let world: World;
let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  world = new World(17);
  // Days pass between two requests of one client.
  node = new SimulatedNode(world, { 'connections.max.idle.ms': -1 });
  node.start();
  client = node.client();
  createTopic(client, 't');
});

const topic = (...operations: Operation[]): void => expect(alter(client, [[2, 't', operations]])).toEqual(['NONE']);

const left = (): string => {
  const { error, values } = fetch(node.client(), 't', 0, { maxWaitMs: 0 });
  return error === 'NONE' ? values.map((value) => value.slice(0, 3)).join() : error;
};

/** Segments of the topic on the disk. */
const segments = (): number => {
  const { disk } = node.machine;
  const folder = disk.list('topics').find((name) => name.startsWith('t-0'));
  return disk.list(`topics/${folder}`).filter((name) => name.endsWith('.log')).length;
};

test.each<[string, () => void]>([
  ['the topic’s', () => topic(['retention.ms', set, String(minute)])],
  [
    'all brokers’',
    () => expect(alter(client, [[4, '', [['log.retention.ms', set, String(minute)]]]])).toEqual(['NONE']),
  ],
  [
    'this broker’s',
    () => expect(alter(client, [[4, '1', [['log.retention.ms', set, String(minute)]]]])).toEqual(['NONE']),
  ],
])('%s retention.ms, shortened, expires what is older at the next look', (_whose, shorten) => {
  produce(client, 't', batchOf(['old']));
  node.machineTime(30 * minute);
  expect(left()).toBe('old');
  shorten();
  node.machineTime(10 * minute);
  expect(left()).toBe('OFFSET_OUT_OF_RANGE');
});

test('retention.ms and cleanup.policy, lengthened in time, keep what there is', () => {
  produce(client, 't', batchOf(['old']));
  topic(['retention.ms', set, '-1']);
  node.machineTime(9 * day);
  expect(left()).toBe('old');
  topic(['retention.ms', remove, null], ['cleanup.policy', set, 'compact']);
  node.machineTime(day);
  expect(left()).toBe('old');
  topic(['cleanup.policy', set, 'compact,delete']);
  node.machineTime(10 * minute);
  expect(left()).toBe('OFFSET_OUT_OF_RANGE');
});

test('segment.bytes and retention.bytes, lowered, close segments sooner and take them away', () => {
  const large = (name: string): void => {
    expect(produce(client, 't', batchOf([name + 'x'.repeat(900_000)])).error).toBe('NONE');
  };
  large('one');
  large('two');
  expect(segments()).toBe(1);
  topic(['segment.bytes', set, '1048576']);
  large('tri');
  large('qua');
  expect(segments()).toBe(3);
  topic(['retention.bytes', set, '1000000']);
  node.machineTime(10 * minute);
  expect(fetch(client, 't', 0, { maxWaitMs: 0 }).error).toBe('OFFSET_OUT_OF_RANGE');
  expect(fetch(client, 't', 3, { maxWaitMs: 0 }).values.map((value) => value.slice(0, 3))).toEqual(['qua']);
});

test('segment.ms, lowered, begins a segment with the next append', () => {
  produce(client, 't', batchOf(['one']));
  node.machineTime(10 * minute);
  topic(['segment.ms', set, String(minute)]);
  produce(client, 't', batchOf(['two']));
  expect(segments()).toBe(2);
});

test('flush.messages=1 makes each answer wait for the disk, where the node would not', () => {
  const fast = new SimulatedNode(world, { 'skerry.durability': 'process-crash' }, { machine: world.machine('fast') });
  fast.start();
  client = fast.client();
  createTopic(client, 't');
  produce(client, 't', batchOf(['zero']));
  const took = (): number => {
    const before = fast.machine.clock.monotonicMs();
    expect(produce(client, 't', batchOf(['one'])).error).toBe('NONE');
    return fast.machine.clock.monotonicMs() - before;
  };
  const without = took();
  topic(['flush.messages', set, '1']);
  expect(took()).toBeGreaterThan(without);
});

test('a topic that nobody has written to yet takes what is altered before its first record', () => {
  topic(['max.message.bytes', set, '20']);
  expect(produce(client, 't', batchOf(['one'])).error).toBe('MESSAGE_TOO_LARGE');
  alter(client, [[4, '', [['message.max.bytes', set, '30']]]]);
  createTopic(client, 'later');
  expect(produce(client, 'later', batchOf(['one'])).error).toBe('MESSAGE_TOO_LARGE');
  alter(client, [[4, '', [['message.max.bytes', remove, null]]]]);
  expect(produce(client, 'later', batchOf(['one'])).error).toBe('NONE');
});

test('alterations at once are each made of what those before have left', () => {
  const clients = Array.from({ length: 5 }, () => node.client());
  clients.forEach((one, i) => {
    const configs = [{ name: 'leader.replication.throttled.replicas', configOperation: append, value: `${i}:1` }];
    const value = { resources: [{ resourceType: 2, resourceName: 't', configs }], validateOnly: false };
    one.send(frameOf({ message: incrementalAlterConfigsRequest, version: 1, value }));
  });
  for (const one of clients) one.next();
  const { value } = described(client, 2, 't', 'leader.replication.throttled.replicas') ?? {};
  expect(value?.split(',').sort()).toEqual(['0:1', '1:1', '2:1', '3:1', '4:1']);
});
