import { readdirSync, readFileSync } from 'node:fs';
import { OperatingError } from '@skerry/base';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  kafkaBrokerConfigs,
  kafkaTopicConfigs,
  kafkaTopicSynonyms,
} from '../../src/settings/kafka-configs.generated.ts';
import { parseSettings } from '../../src/settings/parse-settings.ts';
import { plannedSettings } from '../../src/settings/planned.ts';
import { parseProperties } from '../../src/settings/properties.ts';
import { formatValue, type KafkaConfig, type Row, type ValueRule } from '../../src/settings/row.ts';
import { brokerRows, type SettingName } from '../../src/settings/settings.ts';
import { topicRows, topicSettingProblem, topicSettings } from '../../src/settings/topic-settings.ts';

const parse = (text: string) => parseSettings(parseProperties(text, 'server.properties'));
const rows = Object.entries<Row<unknown>>(brokerRows);

/** What is wrong with a file, a line each. */
function problems(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof OperatingError) || error.code !== 'SKR_CONFIG_INVALID') throw error;
    return error.message.split('\n');
  }
}

describe('the table', () => {
  test("each setting has Kafka's type, range and default, or says why not", () => {
    const ours = rows.filter(([name]) => !name.startsWith('skerry.'));
    for (const [name, row] of ours) {
      const kafka: KafkaConfig = kafkaBrokerConfigs[name] ?? { type: 'class', default: null };
      const told = (rule: ValueRule) => ({ name, min: rule.min, max: rule.max, values: rule.values });
      // Kafka has no range for some; and what it writes as a string, we may read as a list.
      expect({ ...told(row), type: row.type }).toEqual({
        ...told({ ...row, ...kafka }),
        type: row.type === 'list' ? 'list' : kafka.type,
      });
      const same = kafka.default === null || formatValue(row.default) === kafka.default;
      expect({ name, explained: same || row.differs !== undefined }).toEqual({ name, explained: true });
    }
  });

  test("topics' names and their synonyms are Kafka's", () => {
    for (const [topicName, { name, row }] of topicRows) {
      if (topicName.startsWith('skerry.')) continue;
      expect(kafkaTopicSynonyms[topicName]).toEqual([name, ...row.from.map(([other]) => other)]);
    }
  });

  test('a setting is listed as planned exactly as long as no code reads it', () => {
    const folder = new URL('../../../', import.meta.url);
    const source = ['broker', 'skerry', 'log', 'io']
      .flatMap((name) => {
        const src = new URL(`${name}/src/`, folder);
        const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
        return files
          .filter((file) => !/settings[/\\](rows-|kafka-configs|planned)/.test(file))
          .map((file) => new URL(file, src));
      })
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const fields: Record<string, RegExp> = {
      listeners: /\.endpoints\b/,
      'advertised.listeners': /\.advertised\b/,
      'compression.type': /\.compression\b/,
      'message.max.bytes': /\.maxMessageBytes\b/,
      'min.insync.replicas': /\.minInsyncReplicas\b/,
      'max.decompressed.message.bytes': /\.maxDecompressedBytes\b/,
      'log.message.timestamp.type': /\.timestampType\b/,
      'log.message.timestamp.before.max.ms': /\.timestampBeforeMaxMs\b/,
      'log.message.timestamp.after.max.ms': /\.timestampAfterMaxMs\b/,
      'log.cleanup.policy': /\.compacted\b/,
    };
    const targets = new Map(rows.flatMap(([name, row]) => row.from.map(([other]) => [other, name] as const)));
    const isRead = (name: string): boolean => {
      const { topic } = brokerRows[name as SettingName] as Row<unknown>;
      const target = targets.get(name);
      return (
        fields[name]?.test(source) ??
        (source.includes(`['${name}']`) ||
          (topic !== undefined && source.includes(`['${topic}']`)) ||
          (target !== undefined && isRead(target)))
      );
    };
    const unread = rows.map(([name]) => name).filter((name) => !isRead(name));
    expect(unread).toEqual(rows.map(([name]) => name).filter((name) => plannedSettings.has(name as SettingName)));
  });
});

describe('a file', () => {
  test('with nothing in it makes the defaults', () => {
    const settings = parse('');
    expect(Object.fromEntries(rows.map(([name]) => [name, settings[name as SettingName]]))).toEqual(
      Object.fromEntries(rows.map(([name, row]) => [name, row.default])),
    );
    expect(settings.endpoints).toEqual([
      { name: 'PLAINTEXT', host: '127.0.0.1', port: 9092, securityProtocol: 'PLAINTEXT', legacy: false },
    ]);
    expectTypeOf(settings['log.segment.bytes']).toEqualTypeOf<number>();
    expectTypeOf(settings['broker.rack']).toEqualTypeOf<string | undefined>();
    expectTypeOf(settings['skerry.durability']).toEqualTypeOf<'power-loss' | 'process-crash'>();
  });

  test('marks the listeners for old clients, and no other', () => {
    const listeners = 'listeners=PLAINTEXT://:9092,OLD://:9093\nlistener.security.protocol.map=OLD:PLAINTEXT\n';
    const marked = (given: string) => parse(listeners + given).endpoints.map(({ name, legacy }) => [name, legacy]);
    expect(marked('skerry.listeners.legacy=old')).toEqual([
      ['PLAINTEXT', false],
      ['OLD', true],
    ]);
    expect(marked('skerry.listeners.legacy=')).toEqual([
      ['PLAINTEXT', false],
      ['OLD', false],
    ]);
    expect(() => marked('skerry.listeners.legacy=ODD')).toThrow('ODD is not in listeners, which has PLAINTEXT, OLD');
  });

  test('that Kafka ships for KRaft starts the broker, and what has no effect is named', () => {
    const settings = parse(`
      process.roles=broker,controller
      node.id=7
      controller.quorum.bootstrap.servers=localhost:9093
      listeners=PLAINTEXT://:9092,CONTROLLER://:9093
      inter.broker.listener.name=PLAINTEXT
      advertised.listeners=PLAINTEXT://broker.example:9092,CONTROLLER://broker.example:9093
      controller.listener.names=CONTROLLER
      listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
      num.network.threads=3
      max.connections=50
      log.dirs=/var/lib/kafka
      log.retention.hours=48
      zookeeper.connect=old:2181
    `);
    expect(settings.endpoints).toMatchObject([{ name: 'PLAINTEXT', host: '', port: 9092 }]);
    expect([...settings.advertised]).toEqual([['PLAINTEXT', { host: 'broker.example', port: 9092 }]]);
    expect(settings).toMatchObject({
      'node.id': 7,
      'log.dirs': ['/var/lib/kafka'],
      'log.retention.ms': 48 * 3600 * 1000,
    });
    expect(settings.withoutEffect).toEqual([
      'process.roles',
      'controller.quorum.bootstrap.servers',
      'inter.broker.listener.name',
      'num.network.threads',
      'zookeeper.connect',
    ]);
  });

  test.each([
    ['the finest unit', 'log.retention.hours=1\nlog.retention.minutes=2', { 'log.retention.ms': 120_000 }],
    ['milliseconds over all', 'log.retention.ms=3\nlog.retention.minutes=2', { 'log.retention.ms': 3 }],
    ['-1 in any unit as for ever', 'log.retention.hours=-1', { 'log.retention.ms': -1 }],
    ['the older name of the node', 'broker.id=4', { 'node.id': 4 }],
    ['the last of equal keys', 'num.partitions=1\nnum.partitions=5', { 'num.partitions': 5 }],
    ['2^63-1 as no bound', 'log.flush.interval.ms=9223372036854775807', { 'log.flush.interval.ms': Infinity }],
    [
      'a word in other letters',
      'log.message.timestamp.type=logappendtime',
      { 'log.message.timestamp.type': 'LogAppendTime' },
    ],
  ])('takes %s', (_what, text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  test.each([
    ['num.partitons=3', 'server.properties:1: num.partitons is not a setting. Did you mean num.partitions?'],
    [
      '\n\nLOG_RETENTION_MS=3',
      'server.properties:3: LOG_RETENTION_MS is not a setting. Did you mean log.retention.ms?',
    ],
    ['colour=red', 'server.properties:1: colour is not a setting; docs/configuration.md lists them'],
    ['num.partitions=many', 'server.properties:1: num.partitions=many must be a whole number (int)'],
    ['num.partitions=2.5', 'server.properties:1: num.partitions=2.5 must be a whole number (int)'],
    ['num.partitions=0', 'server.properties:1: num.partitions=0 must be at least 1'],
    [
      'num.partitions=3000000000',
      'server.properties:1: num.partitions=3000000000 must fit 32 bits: at most 2147483647',
    ],
    ['num.io.threads=x', 'server.properties:1: num.io.threads=x must be a whole number (int)'],
    ['log.cleaner.min.cleanable.ratio=2', 'server.properties:1: log.cleaner.min.cleanable.ratio=2 must be from 0 to 1'],
    ['delete.topic.enable=yes', 'server.properties:1: delete.topic.enable=yes must be true or false'],
    [
      'log.cleanup.policy=delete,shrink',
      'server.properties:1: log.cleanup.policy=delete,shrink must be one of compact, delete',
    ],
    ['skerry.durability=none', 'server.properties:1: skerry.durability=none must be one of power-loss, process-crash'],
    [
      'log.dirs=/a,/b',
      'server.properties:1: log.dirs=/a,/b must be one folder: this broker keeps all its data together',
    ],
    ['broker.id=1\nnode.id=2', 'server.properties:1: broker.id=1 must equal node.id, which is 2: take one of them out'],
    ['message.max.bytes=104857600', /message\.max\.bytes=104857600 must be less than socket\.request\.max\.bytes/],
    ['listeners=localhost:9092', /listeners: localhost:9092: must be NAME:\/\/HOST:PORT/],
    ['listeners=SSL://:9092', /listeners: SSL: SSL is not served by this version, only PLAINTEXT is/],
    [
      'listeners=LAN://:9092',
      /listeners: LAN is no security protocol: .*listener\.security\.protocol\.map, as LAN:PLAINTEXT/,
    ],
    ['listeners=PLAINTEXT://:9092,PLAINTEXT://:9093', /listeners: PLAINTEXT is given twice/],
    ['advertised.listeners=LAN://a:1', /advertised\.listeners: LAN is not in listeners, which has PLAINTEXT/],
    ['advertised.listeners=PLAINTEXT://0.0.0.0:9092', /clients cannot connect to "0\.0\.0\.0"/],
  ])('%j is refused with where, what and what would be right', (text, message) => {
    const [problem, ...others] = problems(text);
    expect(problem).toMatch(message);
    expect(others).toEqual([]);
  });

  test('is refused with all that is wrong at once', () => {
    expect(problems('num.partitions=x\nnode.id=-3\nfoo.bar=1')).toHaveLength(3);
  });

  test('with a bad secret is refused without showing it', () => {
    expect(problems('ssl.keystore.pasword=hunter2').join()).not.toContain('hunter2');
    expect(problems('listener.name.x.y.sasl.jaas.config=hunter2').join()).not.toContain('hunter2');
  });

  test('may hold any name of Kafka 4.4 at its default, or another value of its type', () => {
    const text = Object.entries(kafkaBrokerConfigs)
      .filter(([name, { default: value }]) => value !== null && !Object.hasOwn(brokerRows, name))
      .map(([name, { default: value }]) => `${name}=${value}`);
    expect(text.length).toBeGreaterThan(200);
    expect(problems(text.join('\n'))).toEqual([]);
  });
});

describe("a topic's settings", () => {
  test("are its own, then the broker's under its name for them", () => {
    const settings = parse(
      'log.segment.bytes=2000000\nlog.retention.hours=1\nmessage.max.bytes=500\ncompression.type=uncompressed',
    );
    const { values, log, maxMessageBytes, compression } = topicSettings(
      settings,
      new Map([['segment.bytes', '1048576']]),
    );
    expect(values).toMatchObject({ 'segment.bytes': 1048576, 'retention.ms': 3_600_000 });
    expect(log).toMatchObject({ segmentBytes: 1048576, retentionMs: 3_600_000, durability: 'power-loss' });
    expect({ maxMessageBytes, compression }).toEqual({ maxMessageBytes: 500, compression: 'none' });
  });

  test('flush.messages=1 asks for a sync before each answer', () => {
    const settings = parse('skerry.durability=process-crash');
    expect(topicSettings(settings, new Map()).log.durability).toBe('process-crash');
    expect(topicSettings(settings, new Map([['flush.messages', '1']])).log.durability).toBe('power-loss');
  });

  test('that a later version wrote are as if not set', () => {
    expect(topicSettings(parse(''), new Map([['segment.bytes', 'huge']])).values['segment.bytes']).toBe(1073741824);
  });

  test.each([
    ['retension.ms', '1', 'Unknown topic config name: retension.ms. Did you mean retention.ms?'],
    ['retention.ms', '-2', 'Invalid value -2 for configuration retention.ms: must be at least -1'],
    ['retention.ms', null, 'Null value not supported for topic configs: retention.ms'],
    [
      'cleanup.policy',
      'shrink',
      'Invalid value shrink for configuration cleanup.policy: must be one of compact, delete',
    ],
    [
      'remote.storage.enable',
      'maybe',
      'Invalid value maybe for configuration remote.storage.enable: must be true or false',
    ],
    ['cleanup.policy', 'compact,delete', undefined],
    ['remote.storage.enable', 'false', undefined],
  ])('%s=%s: %s', (name, value, problem) => {
    expect(topicSettingProblem(name, value)).toBe(problem);
  });

  test("have every name of Kafka 4.4's", () => {
    for (const [name, { default: value }] of Object.entries(kafkaTopicConfigs))
      expect(topicSettingProblem(name, value ?? '')).toBe(undefined);
  });
});
