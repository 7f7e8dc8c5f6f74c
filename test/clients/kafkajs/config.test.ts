import { connect } from 'node:net';
import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { admin, consumer, covers, kafka, producer, topicOf, unique, useBroker } from './support.ts';

const broker = useBroker();
const nobody = '127.0.0.1:1';

describe('kafkajs client configuration', () => {
  test('any of the brokers named will do', async () => {
    covers('KafkaConfig.brokers');
    const client = kafka(broker(), { brokers: [nobody, nobody, broker().bootstrap] });
    expect((await (await admin(client)).describeCluster()).brokers).toHaveLength(1);
  });

  test('brokers can come from a function', async () => {
    covers('KafkaConfig.brokers');
    const client = kafka(broker(), { brokers: async () => [broker().bootstrap] });
    expect((await (await admin(client)).describeCluster()).brokers).toHaveLength(1);
  });

  test('clientId is what the broker knows a member by', async () => {
    covers('KafkaConfig.clientId');
    const client = kafka(broker(), { clientId: 'a client of ours' });
    const topic = await topicOf(client);
    const groupId = unique('named');
    const reader = await consumer(client, { groupId });
    await reader.subscribe({ topics: [topic] });
    const joined = new Promise((done) => reader.on(reader.events.GROUP_JOIN, done));
    await reader.run({ eachMessage: async () => {} });
    await joined;
    const { members } = await reader.describeGroup();
    expect(members.map(({ clientId }) => clientId)).toEqual(['a client of ours']);
    expect(members[0]?.memberId).toMatch(/^a client of ours-[0-9a-f-]{36}$/);
  });

  test('connectionTimeout ends a connection attempt that nobody answers', async () => {
    covers('KafkaConfig.connectionTimeout', 'KafkaJSConnectionError.broker', 'KafkaConfig.retry');
    const client = new Kafka({
      // A documentation address (RFC 5737): routed nowhere.
      brokers: ['192.0.2.1:9092'],
      connectionTimeout: 50,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
      // Never connects, whatever the network does with such addresses.
      socketFactory: () => connect({ host: '127.0.0.1', port: 1, signal: AbortSignal.abort() }).on('error', () => {}),
    });
    const cause = { name: 'KafkaJSConnectionError', broker: '192.0.2.1:9092' };
    await expect(client.admin().connect()).rejects.toMatchObject({ cause });
  });

  test('a socketFactory of our own makes the connections', async () => {
    covers(
      'KafkaConfig.socketFactory',
      'ISocketFactoryArgs.host',
      'ISocketFactoryArgs.port',
      'ISocketFactoryArgs.onConnect',
    );
    const made: object[] = [];
    const client = kafka(broker(), {
      socketFactory: ({ host, port, onConnect }) => {
        made.push({ host, port });
        return connect({ host, port }, onConnect);
      },
    });
    await (await admin(client)).listTopics();
    expect(made).toContainEqual({ host: '127.0.0.1', port: broker().port });
  });

  test('retry options say how often, and how long in between', async () => {
    covers('RetryOptions.retries', 'RetryOptions.initialRetryTime', 'RetryOptions.factor', 'RetryOptions.multiplier');
    covers('RetryOptions.maxRetryTime', 'AdminConfig.retry', 'ProducerConfig.retry', 'KafkaConfig.retry');
    const retry = { retries: 3, initialRetryTime: 20, factor: 0, multiplier: 2, maxRetryTime: 30 };
    // Factor 0 takes chance out: 20, then 30 (40 is over the maximum), then 30.
    const client = kafka(broker(), { brokers: [nobody], retry });
    const before = performance.now();
    const cause = { name: 'KafkaJSConnectionError' };
    const failing = client.admin({ retry }).connect();
    await expect(failing).rejects.toMatchObject({ name: 'KafkaJSNumberOfRetriesExceeded', retryCount: 3, cause });
    expect(performance.now() - before).toBeGreaterThan(75);
  });

  test('logCreator and logLevel decide what is told, and to whom', async () => {
    covers('KafkaConfig.logCreator', 'KafkaConfig.logLevel', 'LogEntry.namespace', 'LogEntry.level', 'LogEntry.label');
    covers('LogEntry.log', 'LoggerEntryContent.timestamp', 'LoggerEntryContent.message', 'logLevel.NOTHING');
    covers('logLevel.ERROR', 'logLevel.WARN', 'logLevel.INFO', 'logLevel.DEBUG');
    const { NOTHING, ERROR, WARN, INFO, DEBUG } = logLevel;
    expect([NOTHING, ERROR, WARN, INFO, DEBUG]).toEqual([0, 1, 2, 4, 5]);
    const told: LogEntry[] = [];
    const client = kafka(broker(), { logLevel: DEBUG, logCreator: () => (entry) => void told.push(entry) });
    await (await admin(client)).listTopics();
    const { namespace, level, label, log } = told.find((entry) => entry.namespace === 'Connection') ?? {};
    expect({ namespace, level, label }).toEqual({ namespace: 'Connection', level: DEBUG, label: 'DEBUG' });
    expect(log?.message).toEqual(expect.any(String));
    expect(Date.parse(log?.timestamp ?? '')).toBeGreaterThan(0);
  });

  test('loggers are reachable and can be made quieter', async () => {
    covers('Kafka.logger', 'Producer.logger', 'Consumer.logger', 'Admin.logger', 'Logger.info', 'Logger.error');
    covers('Logger.warn', 'Logger.debug', 'Logger.namespace', 'Logger.setLogLevel');
    const told: string[] = [];
    const client = kafka(broker(), {
      logLevel: logLevel.INFO,
      logCreator: () => (entry) => void told.push(`${entry.namespace}:${entry.label}:${entry.log.message}`),
    });
    client.logger().info('one');
    client.logger().debug('not told');
    client.logger().namespace('Ours').warn('two');
    (await producer(client)).logger().error('three');
    (await consumer(client)).logger().info('four');
    (await admin(client)).logger().info('five');
    client.logger().setLogLevel(logLevel.NOTHING);
    client.logger().error('not told');
    const ours = told.filter((line) => /one|two|three|four|five|not told/.test(line));
    expect(ours).toEqual([
      'undefined:INFO:one',
      'Ours:WARN:two',
      'Producer:ERROR:three',
      'Consumer:INFO:four',
      'Admin:INFO:five',
    ]);
  });

  test('many clients at once are served', async () => {
    covers('Kafka.producer', 'Kafka.consumer', 'Kafka.admin');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const sent = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const writer = client.producer();
        await writer.connect();
        const [answer] = await writer.send({ topic, messages: [{ value: 'v' }] });
        await writer.disconnect();
        return Number(answer?.baseOffset);
      }),
    );
    expect(sent.sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect(client.consumer({ groupId: 'unused' })).toBeDefined();
    expect(await (await admin(client)).fetchTopicOffsets(topic)).toMatchObject([{ high: '20' }]);
    expect(client.admin()).toBeDefined();
  });
});
