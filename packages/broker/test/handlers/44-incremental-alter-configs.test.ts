import { frameOf, type RawClient, World } from '@skerry/testkit';
import { deleteTopicsRequest, deleteTopicsResponse, incrementalAlterConfigsRequest } from '@skerry/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { alter, append, described, type Operation, type Resource, remove, set, subtract } from '../config-calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const topic = 2;
const broker = 4;
const logger = 8;
const metrics = 16;
const group = 32;

let world: World;
let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  world = new World(44);
  node = new SimulatedNode(world);
  node.start();
  client = node.client();
  createTopic(client, 't');
});

const value = (name: string, of = 't', type = topic): string | null | undefined =>
  described(client, type, of, name)?.value;

describe('a topic', () => {
  test('has its settings set, deleted, added to and taken from, each in effect with the answer', () => {
    expect(
      alter(client, [
        [
          topic,
          't',
          [
            ['retention.ms', set, ' 5000 '],
            ['preallocate', set, 'TRUE'],
          ],
        ],
      ]),
    ).toEqual(['NONE']);
    expect([value('retention.ms'), value('preallocate')]).toEqual(['5000', 'true']);
    expect(described(client, topic, 't', 'retention.ms')?.configSource).toBe(1);
    expect(
      alter(client, [
        [
          topic,
          't',
          [
            ['retention.ms', remove, null],
            ['cleanup.policy', append, 'compact'],
          ],
        ],
      ]),
    ).toEqual(['NONE']);
    expect([value('retention.ms'), value('cleanup.policy')]).toEqual(['604800000', 'delete,compact']);
    expect(alter(client, [[topic, 't', [['cleanup.policy', append, 'compact,delete']]]])).toEqual(['NONE']);
    expect(value('cleanup.policy')).toBe('delete,compact');
    expect(alter(client, [[topic, 't', [['cleanup.policy', subtract, 'delete,nothing']]]])).toEqual(['NONE']);
    expect(value('cleanup.policy')).toBe('compact');
    alter(client, [[topic, 't', [['cleanup.policy', append, ' delete, compact']]]]);
    alter(client, [[topic, 't', [['cleanup.policy', subtract, 'delete']]]]);
    expect(value('cleanup.policy')).toBe('compact,delete');
  });

  test('keeps them over a restart, and over the loss of the table that a restart reads', () => {
    alter(client, [
      [topic, 't', [['retention.ms', set, '5000']]],
      [broker, '', [['log.segment.bytes', set, '2000000']]],
    ]);
    node.kill();
    node.start();
    client = node.client();
    expect([value('retention.ms'), value('segment.bytes')]).toEqual(['5000', '2000000']);
    node.stop();
    node.start();
    client = node.client();
    expect([value('retention.ms'), value('segment.bytes')]).toEqual(['5000', '2000000']);
  });

  test('takes them along when it goes: a topic of its name has none of them', () => {
    alter(client, [[topic, 't', [['retention.ms', set, '5000']]]]);
    client.ask(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames: ['t'], timeoutMs: 1000 });
    createTopic(client, 't');
    expect(value('retention.ms')).toBe('604800000');
    node.kill();
    node.start();
    client = node.client();
    expect(value('retention.ms')).toBe('604800000');
  });

  test('leaves nothing behind when it goes while it is altered', () => {
    const configs = [{ name: 'retention.ms', configOperation: set, value: '5000' }];
    const resources = [{ resourceType: topic, resourceName: 't', configs }];
    const other = node.client();
    client.send(frameOf({ message: deleteTopicsRequest, version: 5, value: { topicNames: ['t'], timeoutMs: 1000 } }));
    other.send(frameOf({ message: incrementalAlterConfigsRequest, version: 1, value: { resources } }));
    expect([client.next(), other.next()].every((answer) => answer !== undefined)).toBe(true);
    node.stop();
    node.start();
    client = node.client();
    createTopic(client, 't');
    node.stop();
    node.start();
    client = node.client();
    expect(value('retention.ms')).toBe('604800000');
  });

  test.each<[string, Operation[], string]>([
    ['an unknown name', [['no.such', set, '1']], 'INVALID_CONFIG'],
    ['no name', [['', set, '1']], 'INVALID_CONFIG'],
    ['a word for a number', [['retention.ms', set, 'x']], 'INVALID_CONFIG'],
    ['nothing for a number', [['retention.ms', set, '']], 'INVALID_CONFIG'],
    ['less than there can be', [['retention.ms', set, '-2']], 'INVALID_CONFIG'],
    ['more than fits', [['max.message.bytes', set, '3000000000']], 'INVALID_CONFIG'],
    ['a word in other letters', [['compression.type', set, 'GZIP']], 'INVALID_CONFIG'],
    ['a yes for true', [['preallocate', set, 'yes']], 'INVALID_CONFIG'],
    ['gzip at level 0', [['compression.gzip.level', set, '0']], 'INVALID_CONFIG'],
    ['a list with a hole', [['cleanup.policy', set, 'compact,,delete']], 'INVALID_CONFIG'],
    ['a list with a stranger', [['cleanup.policy', append, 'keep']], 'INVALID_CONFIG'],
    ['replicas that are none', [['leader.replication.throttled.replicas', set, 'abc']], 'INVALID_CONFIG'],
    ['an addition to a number', [['retention.ms', append, '5']], 'INVALID_CONFIG'],
    ['a subtraction from an unknown name', [['no.such', subtract, '5']], 'INVALID_CONFIG'],
    [
      'bounds that cross',
      [
        ['min.compaction.lag.ms', set, '9'],
        ['max.compaction.lag.ms', set, '8'],
      ],
      'INVALID_CONFIG',
    ],
    ['tiered storage', [['remote.storage.enable', set, 'true']], 'INVALID_CONFIG'],
    ['no value', [['retention.ms', set, null]], 'INVALID_REQUEST'],
    [
      'a name twice',
      [
        ['retention.ms', set, '1'],
        ['retention.ms', remove, null],
      ],
      'INVALID_REQUEST',
    ],
    ['an operation that is none', [['retention.ms', 9, '1']], 'UNKNOWN_SERVER_ERROR'],
  ])('is not altered at all by a request with %s', (_what, operations, error) => {
    expect(alter(client, [[topic, 't', [['segment.ms', set, '77'], ...operations]]])).toEqual([error]);
    expect(value('segment.ms')).toBe('604800000');
  });

  test.each<[string, Resource[], string[]]>([
    ['nobody', [[topic, 'nobody', [['retention.ms', set, '1']]]], ['UNKNOWN_TOPIC_OR_PARTITION']],
    ['nobody, with a setting that is wrong', [[topic, 'nobody', [['retention.ms', set, 'x']]]], ['INVALID_CONFIG']],
    ['nobody, without a setting', [[topic, 'nobody', []]], ['UNKNOWN_TOPIC_OR_PARTITION']],
    ['no name', [[topic, '', []]], ['INVALID_REQUEST']],
    ['a name that none can have', [[topic, 'a b', []]], ['INVALID_TOPIC_EXCEPTION']],
    ['the metadata log', [[topic, '__cluster_metadata', []]], ['UNKNOWN_TOPIC_OR_PARTITION']],
    [
      'the same twice',
      [
        [topic, 't', []],
        [topic, 't', [['retention.ms', set, '1']]],
      ],
      ['INVALID_REQUEST', 'INVALID_REQUEST'],
    ],
    [
      'one that is right beside it',
      [
        [topic, 'x', []],
        [topic, 't', [['retention.ms', set, '1']]],
      ],
      ['UNKNOWN_TOPIC_OR_PARTITION', 'NONE'],
    ],
    ['an unknown type', [[99, 't', []]], ['INVALID_REQUEST']],
    ['no resource', [], []],
  ])('named as %s', (_what, resources, errors) => {
    expect(alter(client, resources)).toEqual(errors);
    expect(value('retention.ms')).toBe(errors.includes('NONE') ? '1' : '604800000');
  });

  test('deleting what is not there, or nobody knows, is no error', () => {
    expect(
      alter(
        client,
        [
          [
            topic,
            't',
            [
              ['segment.ms', remove, 'x'],
              ['no.such', remove, null],
            ],
          ],
        ],
        false,
        0,
      ),
    ).toEqual(['NONE']);
  });

  test('is only looked at where a request says so', () => {
    expect(
      alter(
        client,
        [
          [topic, 't', [['retention.ms', set, '1']]],
          [logger, '1', [['root', set, 'WARN']]],
        ],
        true,
      ),
    ).toEqual(['NONE', 'NONE']);
    expect(alter(client, [[topic, 't', [['retention.ms', set, 'x']]]], true)).toEqual(['INVALID_CONFIG']);
    expect([value('retention.ms'), value('root', '1', logger)]).toEqual(['604800000', 'INFO']);
  });
});

describe('a broker', () => {
  test('is altered for all, and over that for one; topics without their own follow at once', () => {
    expect(alter(client, [[broker, '', [['log.retention.ms', set, '2000']]]])).toEqual(['NONE']);
    expect(value('retention.ms')).toBe('2000');
    expect(alter(client, [[broker, '1', [['log.retention.ms', set, '3000']]]])).toEqual(['NONE']);
    expect(described(client, topic, 't', 'retention.ms')).toMatchObject({
      value: '3000',
      configSource: 2,
      synonyms: [
        { name: 'log.retention.ms', value: '3000', source: 2 },
        { name: 'log.retention.ms', value: '2000', source: 3 },
        { name: 'log.retention.hours', value: '168', source: 5 },
      ],
    });
    expect(described(client, broker, '', 'log.retention.ms')).toMatchObject({ value: '2000', configSource: 3 });
    alter(client, [[broker, '1', [['log.retention.ms', remove, null]]]]);
    expect(value('retention.ms')).toBe('2000');
  });

  test.each<[string, string, Operation[], string]>([
    ['what only a restart changes', '1', [['num.partitions', set, '2']], 'INVALID_REQUEST'],
    ['that of all brokers', '', [['num.partitions', set, '2']], 'INVALID_REQUEST'],
    ['a coarser unit than the dynamic one', '', [['log.retention.hours', set, '2']], 'INVALID_REQUEST'],
    ['a value that is none', '1', [['message.max.bytes', set, 'x']], 'INVALID_REQUEST'],
    ['a value out of range', '', [['log.segment.bytes', set, '10']], 'INVALID_REQUEST'],
    ['a batch larger than a request', '', [['message.max.bytes', set, '200000000']], 'INVALID_REQUEST'],
    ['retention of 0', '', [['log.retention.ms', set, '0']], 'INVALID_REQUEST'],
    ['what each broker has of its own', '', [['cordoned.log.dirs', set, '/x']], 'INVALID_REQUEST'],
    ['a listener’s key without the listener', '1', [['ssl.keystore.type', set, 'JKS']], 'INVALID_REQUEST'],
    ['far more threads', '', [['num.io.threads', set, '100']], 'INVALID_REQUEST'],
    ['no value', '1', [['log.cleaner.threads', set, null]], 'INVALID_REQUEST'],
    ['overrides that are none', '', [['max.connections.per.ip.overrides', set, 'bad']], 'INVALID_REQUEST'],
    ['an operation that is none', '1', [['log.cleaner.threads', 9, '1']], 'INVALID_REQUEST'],
    ['an addition to a number', '1', [['log.cleaner.threads', append, '1']], 'INVALID_CONFIG'],
    ['an addition to nobody knows what', '1', [['no.such', append, '1']], 'INVALID_CONFIG'],
    ['another broker', '7', [['log.cleaner.threads', set, '1']], 'INVALID_REQUEST'],
    ['a broker without a number', 'one', [['log.cleaner.threads', set, '1']], 'INVALID_REQUEST'],
  ])('is not altered at all by %s', (_what, name, operations, error) => {
    expect(alter(client, [[broker, name, [['log.roll.ms', set, '77'], ...operations]]])).toEqual([error]);
    expect(value('segment.ms')).toBe('604800000');
  });

  test('keeps what nobody knows, and shows nothing of it: it may be a secret', () => {
    expect(alter(client, [[broker, '1', [['some.plugin.key', set, 'hunter2']]]])).toEqual(['NONE']);
    const shown = { value: null, isSensitive: true, readOnly: true, configSource: 2, configType: 0 };
    expect(described(client, broker, '1', 'some.plugin.key')).toMatchObject(shown);
  });

  test('has a listener’s own setting described by the rule of the setting it is for', () => {
    const name = 'listener.name.plaintext.max.connections';
    expect(alter(client, [[broker, '1', [[name, set, 'x']]]])).toEqual(['INVALID_REQUEST']);
    expect(alter(client, [[broker, '1', [[name, set, '50']]]])).toEqual(['NONE']);
    expect(described(client, broker, '1', name)).toMatchObject({
      value: '50',
      configType: 3,
      synonyms: [
        { name, value: '50', source: 2 },
        { name: 'max.connections', value: '2147483647', source: 5 },
      ],
    });
  });
});

test.each<[string, Operation[], string, string]>([
  ['a level', [['root', set, 'DEBUG']], 'NONE', 'DEBUG'],
  ['no level', [['root', set, 'LOUD']], 'INVALID_CONFIG', 'INFO'],
  ['a level in small letters', [['root', set, 'debug']], 'INVALID_CONFIG', 'INFO'],
  ['a logger that is not there', [['kafka.server.KafkaApis', set, 'DEBUG']], 'INVALID_CONFIG', 'INFO'],
  ['nothing in its place', [['root', remove, null]], 'INVALID_REQUEST', 'INFO'],
  ['an addition', [['root', append, 'DEBUG']], 'INVALID_REQUEST', 'INFO'],
  ['no value', [['root', set, null]], 'INVALID_REQUEST', 'INFO'],
  ['an operation that is none', [['root', 9, 'DEBUG']], 'UNKNOWN_SERVER_ERROR', 'INFO'],
])('the log’s level, given %s', (_what, operations, error, level) => {
  expect(alter(client, [[logger, '1', operations]])).toEqual([error]);
  expect(value('root', '1', logger)).toBe(level);
});

test.each<[string, Resource, string]>([
  [
    'a subscription',
    [
      metrics,
      's',
      [
        ['interval.ms', set, '5000'],
        ['match', set, 'client_id=a.*'],
      ],
    ],
    'NONE',
  ],
  ['a subscription too often', [metrics, 's', [['interval.ms', set, '99']]], 'INVALID_REQUEST'],
  ['a subscription, no number', [metrics, 's', [['interval.ms', set, 'x']]], 'INVALID_CONFIG'],
  ['a subscription, unknown name', [metrics, 's', [['nope', set, 'x']]], 'INVALID_REQUEST'],
  ['a subscription, no pattern', [metrics, 's', [['match', set, 'client_id=[']]], 'INVALID_CONFIG'],
  ['a subscription, no property', [metrics, 's', [['match', set, 'colour=red']]], 'INVALID_CONFIG'],
  ['a subscription without a name', [metrics, '', [['interval.ms', set, '5000']]], 'INVALID_REQUEST'],
  ['a group', [group, 'g', [['consumer.session.timeout.ms', set, '50000']]], 'NONE'],
  ['a group, too short', [group, 'g', [['consumer.session.timeout.ms', set, '5']]], 'INVALID_CONFIG'],
  ['a group, too long', [group, 'g', [['consumer.heartbeat.interval.ms', set, '50001']]], 'INVALID_CONFIG'],
  ['a group, unknown name', [group, 'g', [['nope', set, '5']]], 'INVALID_CONFIG'],
  ['a group, no word of those', [group, 'g', [['share.isolation.level', set, 'none']]], 'INVALID_CONFIG'],
  ['a group, no period', [group, 'g', [['share.auto.offset.reset', set, 'by_duration:P']]], 'INVALID_CONFIG'],
  ['a group, a period', [group, 'g', [['share.auto.offset.reset', set, 'by_duration:PT1H']]], 'NONE'],
  ['a group without a name', [group, '', [['consumer.session.timeout.ms', set, '50000']]], 'INVALID_REQUEST'],
])('%s is answered as Kafka does', (_what, resource, error) => {
  expect(alter(client, [resource])).toEqual([error]);
  const [type, name, [first]] = resource;
  const own = type === metrics ? 7 : 8;
  const source = described(client, type, name === '' ? 'other' : name, first?.[0] ?? '')?.configSource;
  expect(source === own).toBe(error === 'NONE');
});

test('one strange operation spoils all that a controller would see, and the log’s level is set', () => {
  const errors = alter(client, [
    [topic, 't', [['retention.ms', set, '1']]],
    [group, 'g', [['consumer.session.timeout.ms', 9, '1']]],
    [logger, '1', [['root', set, 'WARN']]],
  ]);
  expect(errors).toEqual(['UNKNOWN_SERVER_ERROR', 'UNKNOWN_SERVER_ERROR', 'NONE']);
  expect([value('retention.ms'), value('root', '1', logger)]).toEqual(['604800000', 'WARN']);
});

test('more than ten thousand changes at once are none', () => {
  const many = (count: number): Resource[] =>
    Array.from({ length: count }, (_, i) => [group, `g${i}`, [['consumer.session.timeout.ms', set, '50000']]]);
  const others: Resource[] = [
    [topic, 'nobody', [['retention.ms', set, '1']]],
    [broker, '7', []],
    [logger, '1', [['root', set, 'WARN']]],
  ];
  const errors = alter(client, [...many(10_001), ...others]);
  expect(new Set(errors.slice(0, 10_002))).toEqual(new Set(['POLICY_VIOLATION']));
  expect(errors.slice(10_002)).toEqual(['INVALID_REQUEST', 'NONE']);
  expect(value('consumer.session.timeout.ms', 'g0', group)).toBe('45000');
  expect(alter(client, [...many(10_000), ...others]).slice(9999, 10_001)).toEqual([
    'NONE',
    'UNKNOWN_TOPIC_OR_PARTITION',
  ]);
  expect(value('consumer.session.timeout.ms', 'g9999', group)).toBe('50000');
});
