import { apis } from '../apis.ts';
import { ask, type Case, type Step, story } from '../steps.ts';
import { configs, topics } from './support.ts';

const { CreateTopics, Metadata } = apis;
const base = { numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
const create = (topic: object, more: object = {}): Step =>
  ask(CreateTopics, { topics: [{ name: '~a', ...base, ...topic }], timeoutMs: 15_000, ...more });

const assigned = (...list: readonly (readonly [number, readonly number[]])[]) => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: list.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
});

/** Settings that take, and that do not. */
const settings: Readonly<Record<string, readonly (string | null)[]>> = {
  'retention.ms': ['1000', '-1', '-2', '1.5', 'x', '', ' 5 ', null, '9223372036854775808'],
  'cleanup.policy': ['compact', 'compact,delete', 'delete,compact', '', 'nonsense', 'Compact', 'compact,compact'],
  'compression.type': ['zstd', 'producer', 'ZSTD', 'none', 'uncompressed'],
  'segment.bytes': ['1048576', '1048575', '14', '13', '0', '-1', '2147483648'],
  'max.message.bytes': ['0', '-1', '2147483647'],
  'min.insync.replicas': ['1', '2', '0', '-1'],
  'min.cleanable.dirty.ratio': ['0', '1', '1.1', '-0.1', 'x', '5e-1'],
  'message.timestamp.type': ['LogAppendTime', 'logappendtime', 'x'],
  'message.timestamp.before.max.ms': ['0', '-1', '9223372036854775807'],
  preallocate: ['true', 'TRUE', 'yes', '0'],
  'flush.messages': ['0', '1'],
  'unclean.leader.election.enable': ['true'],
  'leader.replication.throttled.replicas': ['*', '0:1', '0:1,1:1', 'none', 'x'],
  'remote.storage.enable': ['true', 'false'],
  'local.retention.ms': ['-2', '-1', '0', '5'],
  'no.such.setting': ['1'],
  '': ['1'],
};

export const createTopicsCases: readonly Case[] = [
  story(
    CreateTopics,
    'one, several, again',
    [
      create({}),
      create({}),
      ask(CreateTopics, { topics: ['b', 'c'].map((short) => ({ ...base, name: `~${short}`, numPartitions: 3 })) }),
      ask(CreateTopics, { topics: ['c', 'd'].map((short) => ({ ...base, name: `~${short}` })) }),
    ],
    { quick: true },
  ),
  story(CreateTopics, 'partitions and replicas', [
    ...[0, -1, -2, 2 ** 31 - 1].map((numPartitions) => create({ name: '~a', numPartitions }, { validateOnly: true })),
    ...[0, -1, -2, 2, 3, 32_767].map((replicationFactor) => create({ replicationFactor }, { validateOnly: true })),
    create({ numPartitions: -1, replicationFactor: -1 }),
    create({ name: '~b', numPartitions: 10_001 }),
    create({ name: '~c', numPartitions: 0, replicationFactor: 0 }),
  ]),
  story(
    CreateTopics,
    'names',
    [
      ...[
        '',
        '.',
        '..',
        '...',
        'a b',
        'ü',
        'a/b',
        '~@249:n',
        '~@250:n',
        '__cluster_metadata',
        '__consumer_offsets',
      ].map((name) => create({ name }, { validateOnly: true })),
      create({ name: null }),
      create({ name: '~a.b' }),
      create({ name: '~a_b' }),
      create({ name: '~a.b' }),
    ],
    { quick: true },
  ),
  story(CreateTopics, 'assignments', [
    create(assigned([0, [1]])),
    create({ name: '~b', ...assigned([0, [1]], [1, [1]]) }),
    create({ name: '~c', ...assigned([1, [1]], [0, [1]]) }),
    create({ name: '~d', ...assigned([0, [1]]), numPartitions: 1 }),
    create({ name: '~d', ...assigned([0, [1]]), replicationFactor: 1 }),
    create({ name: '~d', ...assigned([1, [1]]) }),
    create({ name: '~d', ...assigned([0, [1]], [0, [1]]) }),
    create({ name: '~d', ...assigned([0, [2]]) }),
    create({ name: '~d', ...assigned([0, [1, 1]]) }),
    create({ name: '~d', ...assigned([0, [1, 2]]) }),
    create({ name: '~d', ...assigned([0, []]) }),
    create({ name: '~d', ...assigned([-1, [1]]) }),
    create({ name: '~d', ...assigned([0, [-1]]) }),
  ]),
  story(CreateTopics, 'validate only', [
    create({}, { validateOnly: true }),
    create({}),
    create({}, { validateOnly: true }),
    ask(Metadata, { topics: [{ name: '~b' }], allowAutoTopicCreation: false }),
    create({ name: '~b', configs: configs({ 'retention.ms': '5' }) }, { validateOnly: true }),
  ]),
  story(CreateTopics, 'lists that are odd', [
    ask(CreateTopics, { topics: [] }),
    ask(CreateTopics, { topics: null as never }),
    ask(CreateTopics, { topics: ['a', 'a', 'b'].map((short) => ({ ...base, name: `~${short}` })) }),
    create({ name: '~c', assignments: null }),
    create({ name: '~c', configs: null }),
    create({ name: '~c', configs: [{ name: null, value: '1' }] }),
    create({ name: '~c', configs: ['1', '2'].map((value) => ({ name: 'retention.ms', value })) }),
  ]),
  story(
    CreateTopics,
    'time-outs',
    [0, -1].map((timeoutMs, i) => create({ name: `~a${i}` }, { timeoutMs })),
  ),
  ...Object.entries(settings).map(([name, values]) =>
    story(CreateTopics, `with ${name === '' ? 'a setting without a name' : name}`, [
      topics(['other']),
      ...values.map((value, i) => create({ name: `~a${i}`, configs: [{ name, value }] })),
    ]),
  ),
];
