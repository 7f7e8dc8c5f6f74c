import { apis } from '../apis.ts';
import { ask, type Case, type Step, story } from '../steps.ts';
import { topics } from './support.ts';

const { IncrementalAlterConfigs, DescribeConfigs } = apis;
type Operation = readonly [name: string, operation: number, value: string | null];
type Resource = readonly [type: number, name: string, operations: readonly Operation[]];

const resource = ([resourceType, resourceName, operations]: Resource) => ({
  resourceType,
  resourceName,
  configs: operations.map(([name, configOperation, value]) => ({ name, configOperation, value })),
});
const alter = (resources: readonly Resource[], validateOnly = false, options: object = {}): Step =>
  ask(IncrementalAlterConfigs, { resources: resources.map(resource), validateOnly }, options);
const topic = (...operations: Operation[]): Step => alter([[2, '~a', operations]]);
/** What is told of settings, in the newest version. Kafka takes them in a moment after it has answered. */
const told = (resourceType: number, resourceName: string, configurationKeys: readonly string[] | null = null): Step =>
  ask(
    DescribeConfigs,
    { resources: [{ resourceType, resourceName, configurationKeys }], includeSynonyms: true },
    { version: 'newest', settles: true },
  );

const [set, remove, append, subtract] = [0, 1, 2, 3];

export const incrementalAlterConfigsCases: readonly Case[] = [
  story(
    IncrementalAlterConfigs,
    'of a topic: set, delete, append, subtract',
    [
      topics(['a']),
      topic(['retention.ms', set, '5000'], ['preallocate', set, 'TRUE'], ['min.cleanable.dirty.ratio', set, '0.25']),
      topic(['retention.ms', set, ' 7000 ']),
      topic(['retention.ms', remove, 'whatever'], ['cleanup.policy', append, 'compact']),
      topic(['cleanup.policy', append, 'compact, delete']),
      topic(['cleanup.policy', subtract, 'delete,nothing']),
      topic(['cleanup.policy', subtract, 'compact']),
      topic(['cleanup.policy', set, ' compact , delete ']),
      topic(['cleanup.policy', set, 'compact,compact']),
      topic(['leader.replication.throttled.replicas', append, '0:1,1:1']),
      topic(['leader.replication.throttled.replicas', set, '*']),
      topic(['segment.ms', remove, null], ['no.such', remove, null]),
      alter([[2, '~a', []]]),
    ],
    { quick: true },
  ),
  story(IncrementalAlterConfigs, 'of a topic: what is wrong', [
    topics(['a']),
    topic(['no.such', set, '1']),
    topic(['', set, '1']),
    topic(['retention.ms', set, 'x']),
    topic(['retention.ms', set, '']),
    topic(['retention.ms', set, '-2']),
    topic(['retention.ms', set, null]),
    topic(['cleanup.policy', append, null]),
    topic(['segment.ms', set, '9'], ['retention.ms', set, 'x']),
    topic(['max.message.bytes', set, '3000000000']),
    topic(['max.message.bytes', set, '-1']),
    topic(['segment.bytes', set, '1048575']),
    topic(['min.insync.replicas', set, '0']),
    topic(['min.cleanable.dirty.ratio', set, '2']),
    topic(['compression.type', set, 'GZIP']),
    topic(['compression.gzip.level', set, '0']),
    topic(['compression.gzip.level', set, '10']),
    topic(['compression.zstd.level', set, '23']),
    topic(['message.timestamp.type', set, 'logappendtime']),
    topic(['preallocate', set, 'yes']),
    topic(['cleanup.policy', set, 'compact,,delete']),
    topic(['cleanup.policy', append, 'keep']),
    topic(['retention.ms', append, '5']),
    topic(['retention.ms', subtract, '5']),
    topic(['no.such', append, '5']),
    topic(['leader.replication.throttled.replicas', set, 'abc']),
    topic(['min.compaction.lag.ms', set, '10'], ['max.compaction.lag.ms', set, '5']),
    topic(['remote.storage.enable', set, 'true']),
    topic(['retention.ms', set, '1'], ['retention.ms', set, '2']),
    topic(['retention.ms', 9, '1']),
    topic(['retention.ms', -1, '1']),
    topic(['retention.ms', 9, null]),
  ]),
  story(IncrementalAlterConfigs, 'of resources that are not there, or twice', [
    topics(['a']),
    alter([[2, '~nobody', [['retention.ms', set, '1']]]]),
    alter([[2, '~nobody', [['retention.ms', set, 'x']]]]),
    alter([[2, 'a b', [['retention.ms', set, 'x']]]]),
    alter([[2, '~nobody', []]]),
    alter([[2, '~nobody', [['retention.ms', append, '1']]]]),
    alter([[2, '~nobody', [['retention.ms', set, null]]]]),
    alter([[2, '', [['retention.ms', set, '1']]]]),
    alter([[2, 'a b', [['retention.ms', set, '1']]]]),
    alter([[2, '..', []]]),
    alter([[2, '__cluster_metadata', []]]),
    alter([
      [2, '~a', [['retention.ms', set, '1']]],
      [2, '~a', [['retention.ms', set, '2']]],
      [2, '~nobody', []],
    ]),
    alter([
      [2, '~nobody', []],
      [2, '~a', [['retention.ms', set, '3']]],
    ]),
    alter([
      [2, '~a', [['retention.ms', 9, '3']]],
      [2, '~nobody', []],
    ]),
    alter([]),
    ...[0, 1, 3, 5, 7, 99, -1].map((type) => alter([[type, 'x', [['a', set, 'b']]]])),
    alter([[99, 'x', [['a', set, null]]]]),
    ask(IncrementalAlterConfigs, { resources: null as never }),
    alter([[2, null as never, []]]),
    ask(IncrementalAlterConfigs, { resources: [{ resourceType: 2, resourceName: '~a', configs: null as never }] }),
    alter([[2, '~a', [[null as never, set, '1']]]]),
  ]),
  story(IncrementalAlterConfigs, 'only looked at', [
    topics(['a']),
    alter([[2, '~a', [['retention.ms', set, '1']]]], true),
    alter([[2, '~a', [['retention.ms', set, 'x']]]], true),
    alter([[4, '1', [['log.cleaner.threads', set, '2']]]], true),
    told(4, '1', ['log.cleaner.threads']),
  ]),
  story(
    IncrementalAlterConfigs,
    'of brokers',
    [
      topics(['a']),
      alter([[4, '', [['log.retention.ms', set, '123456789']]]]),
      told(2, '~a', ['retention.ms']),
      alter([[4, '1', [['log.retention.ms', set, '223456789']]]]),
      told(2, '~a', ['retention.ms']),
      told(4, '1', ['log.retention.ms', 'log.retention.hours']),
      told(4, '', ['log.retention.ms']),
      alter([[4, '1', [['log.retention.ms', remove, null]]]]),
      alter([[4, '', [['log.cleanup.policy', append, 'compact']]]]),
      told(2, '~a', ['cleanup.policy']),
      alter([[4, '1', [['listener.name.plaintext.max.connections', set, '500']]]]),
      told(4, '1', ['listener.name.plaintext.max.connections', 'max.connections']),
      alter([[4, '1', [['no.such', set, 'x']]]]),
      told(4, '1', ['no.such']),
      alter([[4, '1', [['leader.replication.throttled.rate', set, '1000']]]]),
      told(4, '1', ['leader.replication.throttled.rate']),
      alter([
        [
          4,
          '1',
          [
            ['listener.name.plaintext.max.connections', remove, null],
            ['no.such', remove, null],
            ['leader.replication.throttled.rate', remove, null],
            ['log.retention.ms', remove, null],
          ],
        ],
        [
          4,
          '',
          [
            ['log.retention.ms', remove, null],
            ['log.cleanup.policy', remove, null],
          ],
        ],
      ]),
      told(2, '~a', ['cleanup.policy', 'retention.ms']),
    ],
    { alone: true },
  ),
  story(
    IncrementalAlterConfigs,
    'of brokers: what is wrong',
    [
      ...(
        [
          ['1', ['num.partitions', set, '2']],
          ['', ['num.partitions', set, '2']],
          ['', ['log.retention.hours', set, '2']],
          ['1', ['log.cleaner.threads', set, 'x']],
          ['', ['log.cleaner.threads', set, '-1']],
          ['', ['log.segment.bytes', set, '10']],
          ['', ['log.retention.ms', set, '0']],
          ['', ['num.io.threads', set, '100']],
          ['', ['num.io.threads', set, '1']],
          ['1', ['background.threads', set, '0']],
          ['', ['cordoned.log.dirs', set, '/x']],
          ['', ['sasl.jaas.config', set, 'x']],
          ['1', ['ssl.keystore.password', set, 'x']],
          ['', ['ssl.keystore.location', set, 'x']],
          ['1', ['log.cleaner.threads', set, null]],
          ['1', ['log.cleaner.threads', append, '1']],
          ['1', ['no.such', append, '1']],
          ['1', ['num.partitions', append, '1']],
          ['1', ['log.cleaner.threads', 9, '1']],
          ['', ['max.connections.per.ip.overrides', set, 'bad']],
          ['7', ['log.cleaner.threads', set, '1']],
          ['one', ['log.cleaner.threads', set, '1']],
          [' 1', ['log.cleaner.threads', set, '1']],
          ['1', ['num.partitions', remove, null]],
          ['1', ['advertised.listeners', set, 'PLAINTEXT://127.0.0.1:1']],
        ] as const
      ).map(([name, operation]) => alter([[4, name, [operation]]])),
      told(4, ''),
    ],
    { alone: true },
  ),
  story(IncrementalAlterConfigs, 'of loggers', [
    alter([[8, '1', [['root', set, 'INFO']]]]),
    alter([[8, '1', [['root', set, 'LOUD']]]]),
    alter([[8, '1', [['root', set, 'info']]]]),
    alter([[8, '1', [['root', set, null]]]]),
    alter([[8, '1', [['root', append, 'INFO']]]]),
    alter([[8, '1', [['root', subtract, 'INFO']]]]),
    alter([[8, '1', [['root', remove, null]]]]),
    alter([[8, '1', [['root', 9, 'INFO']]]]),
    alter([[8, '1', [['no.such', set, 'INFO']]]]),
    alter([[8, '1', [['no.such', remove, null]]]]),
    ...['7', '', 'one'].map((name) => alter([[8, name, [['root', set, 'INFO']]]])),
  ]),
  story(IncrementalAlterConfigs, 'of client metrics', [
    alter([
      [
        16,
        '~s',
        [
          ['interval.ms', set, '5000'],
          ['metrics', set, 'a,b'],
          ['match', set, 'client_id=a.*'],
        ],
      ],
    ]),
    told(16, '~s'),
    ...(
      [
        ['interval.ms', set, '99'],
        ['interval.ms', set, '3600001'],
        ['interval.ms', set, 'x'],
        ['interval.ms', remove, null],
        ['metrics', append, 'c'],
        ['metrics', set, '*'],
        ['match', set, 'colour=red'],
        ['match', set, 'client_id=['],
        ['match', set, 'client_id'],
        ['match', set, ''],
        ['no.such', set, '1'],
      ] as const
    ).map((operation) => alter([[16, '~s', [operation]]])),
    alter([[16, '', [['interval.ms', set, '5000']]]]),
    alter([[16, '~bare', []]]),
    told(16, '~s'),
  ]),
  story(IncrementalAlterConfigs, 'more changes than are made at once', [
    ...[10_000, 10_001].map((count) =>
      alter(
        Array.from({ length: count }, (_, i) => [32, `~g${i}`, [['consumer.session.timeout.ms', set, '50000']]]),
        true,
      ),
    ),
    alter([[32, '~g', Array.from({ length: 10_001 }, (_, i) => [`no.such.${i}`, set, '1'] as const)]], true),
    alter([[32, '~g', Array.from({ length: 10_001 }, (_, i) => [`no.such.${i}`, remove, null] as const)]], true),
  ]),
  story(IncrementalAlterConfigs, 'of groups', [
    alter([
      [
        32,
        '~g',
        [
          ['consumer.session.timeout.ms', set, '46000'],
          ['share.isolation.level', set, 'read_committed'],
        ],
      ],
    ]),
    told(32, '~g', ['consumer.session.timeout.ms', 'share.isolation.level', 'consumer.heartbeat.interval.ms']),
    ...(
      [
        ['consumer.session.timeout.ms', set, '5'],
        ['consumer.session.timeout.ms', set, 'x'],
        ['consumer.session.timeout.ms', set, null],
        ['consumer.heartbeat.interval.ms', set, '50001'],
        ['share.isolation.level', set, 'none'],
        ['share.auto.offset.reset', set, 'by_duration:P'],
        ['share.auto.offset.reset', set, 'by_duration:PT1H'],
        ['share.auto.offset.reset', set, 'latest'],
        ['no.such', set, '1'],
        ['consumer.session.timeout.ms', append, '5'],
        ['consumer.session.timeout.ms', remove, null],
      ] as const
    ).map((operation) => alter([[32, '~g', [operation]]])),
    alter([[32, '', [['consumer.session.timeout.ms', set, '46000']]]]),
    told(32, '~g', ['consumer.session.timeout.ms', 'share.isolation.level', 'share.auto.offset.reset']),
  ]),
];
