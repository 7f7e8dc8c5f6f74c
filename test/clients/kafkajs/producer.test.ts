import kafkajs, { CompressionTypes, type PartitionerArgs, Partitioners } from 'kafkajs';
import { beforeAll, describe, expect, test } from 'vitest';
import { lz4, snappy, zstd } from './codecs.ts';
import {
  covers,
  eventually,
  kafka,
  numbered,
  producer,
  readAll,
  soon,
  topicOf,
  unique,
  useBroker,
  values,
} from './support.ts';

const broker = useBroker();

beforeAll(() => {
  const { CompressionCodecs } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = () => snappy;
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4;
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstd;
});

const lastPartition = () => (args: PartitionerArgs) => args.partitionMetadata.length - 1;

describe('kafkajs producer', () => {
  test.each([
    ['all', -1],
    ['the leader', 1],
  ])('acks of %s are answered with where the messages lie', async (_who, acks) => {
    covers('ProducerRecord.acks', 'RecordMetadata.topicName', 'RecordMetadata.partition', 'RecordMetadata.errorCode');
    covers('RecordMetadata.baseOffset', 'RecordMetadata.logAppendTime', 'RecordMetadata.logStartOffset');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = await producer(client);
    await writer.send({ topic, acks, messages: numbered(0, 3) });
    const answer = await writer.send({ topic, acks, messages: numbered(3, 5) });
    const lies = { topicName: topic, partition: 0, errorCode: 0, baseOffset: '3' };
    expect(answer).toEqual([{ ...lies, logAppendTime: '-1', logStartOffset: '0' }]);
  });

  test('acks=0 is answered by nobody, and written all the same', async () => {
    covers('ProducerRecord.acks');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = await producer(client);
    expect(await writer.send({ topic, acks: 0, messages: numbered(0, 3) })).toEqual([]);
    expect(await writer.send({ topic, acks: 0, messages: numbered(3, 4) })).toEqual([]);
    expect(values(await readAll(client, topic, 4))).toEqual(['v0', 'v1', 'v2', 'v3']);
  });

  test.each([
    ['None', CompressionTypes.None],
    ['GZIP', CompressionTypes.GZIP],
    ['Snappy', CompressionTypes.Snappy],
    ['LZ4', CompressionTypes.LZ4],
    ['ZSTD', CompressionTypes.ZSTD],
  ])('%s batches come back whole', async (_name, compression) => {
    covers('ProducerRecord.compression');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const messages = Array.from({ length: 200 }, (_, at) => ({ key: `k${at}`, value: `${'abc'.repeat(300)}${at}` }));
    await (await producer(client)).send({ topic, compression, messages });
    expect(values(await readAll(client, topic, 200))).toEqual(messages.map(({ value }) => value));
  });

  test('each codec has a number and, but for none, an implementation', () => {
    covers('CompressionTypes.None', 'CompressionTypes.GZIP', 'CompressionTypes.Snappy', 'CompressionTypes.LZ4');
    covers('CompressionTypes.ZSTD', 'CompressionCodecs.GZIP', 'CompressionCodecs.Snappy', 'CompressionCodecs.LZ4');
    covers('CompressionCodecs.ZSTD');
    const { None, GZIP, Snappy, LZ4, ZSTD } = CompressionTypes;
    expect([None, GZIP, Snappy, LZ4, ZSTD]).toEqual([0, 1, 2, 3, 4]);
    const { CompressionCodecs } = kafkajs;
    for (const type of [GZIP, Snappy, LZ4, ZSTD] as const) expect(CompressionCodecs[type]()).toHaveProperty('compress');
  });

  test('a message keeps key, value, headers and timestamp', async () => {
    covers('Message.key', 'Message.value', 'Message.headers', 'Message.timestamp', 'Message.partition');
    covers('RecordBatchEntry.key', 'RecordBatchEntry.value', 'RecordBatchEntry.timestamp', 'RecordBatchEntry.headers');
    covers('RecordBatchEntry.offset');
    const client = kafka(broker());
    const topic = await topicOf(client, 2);
    const headers = { plain: 'text', bytes: Buffer.from([0, 255]), many: ['a', 'b'], empty: '' };
    const message = { key: 'ключ', value: '値', headers, timestamp: '1600000000123', partition: 1 };
    await (await producer(client)).send({ topic, messages: [message] });
    const [got] = await readAll(client, topic, 1);
    const { key, value, timestamp, partition } = message;
    expect(got).toMatchObject({ key, value, timestamp, partition, offset: '0' });
    expect(got?.headers).toEqual({
      plain: Buffer.from('text'),
      bytes: Buffer.from([0, 255]),
      many: [Buffer.from('a'), Buffer.from('b')],
      empty: Buffer.alloc(0),
    });
  });

  test('null keys and values stay null; empty ones stay empty', async () => {
    covers('Message.key', 'Message.value');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const messages = [
      { key: null, value: 'v' },
      { key: 'k', value: null },
      { key: '', value: '' },
    ];
    await (await producer(client)).send({ topic, messages });
    expect((await readAll(client, topic, 3)).map(({ key, value }) => ({ key, value }))).toEqual(messages);
  });

  test('a message without a timestamp gets the time it was sent', async () => {
    const client = kafka(broker());
    const topic = await topicOf(client);
    const before = Date.now();
    await (await producer(client)).send({ topic, messages: [{ value: 'now' }] });
    const [got] = await readAll(client, topic, 1);
    expect(Number(got?.timestamp)).toBeGreaterThanOrEqual(before);
    expect(Number(got?.timestamp)).toBeLessThanOrEqual(Date.now());
  });

  test('sendBatch writes to several topics in one request', async () => {
    covers('Sender.sendBatch', 'ProducerBatch.acks', 'ProducerBatch.timeout', 'ProducerBatch.compression');
    covers('ProducerBatch.topicMessages', 'TopicMessages.topic', 'TopicMessages.messages');
    const client = kafka(broker());
    const [one, two] = [await topicOf(client), await topicOf(client, 2)];
    const writer = await producer(client);
    const topicMessages = [
      { topic: one, messages: numbered(0, 2) },
      { topic: two, messages: numbered(2, 6).map((message, at) => ({ ...message, partition: at % 2 })) },
    ];
    const requests: string[] = [];
    writer.on(writer.events.REQUEST, ({ payload }) => requests.push(payload.apiName));
    const answer = await writer.sendBatch({
      acks: -1,
      timeout: 5000,
      compression: CompressionTypes.GZIP,
      topicMessages,
    });
    const where = answer.map(({ topicName, partition, baseOffset }) => `${topicName} ${partition} ${baseOffset}`);
    expect(where.sort()).toEqual([`${one} 0 0`, `${two} 0 0`, `${two} 1 0`].sort());
    expect(requests.filter((name) => name === 'Produce')).toHaveLength(1);
    expect(new Set(values(await readAll(client, two, 4)))).toEqual(new Set(['v2', 'v3', 'v4', 'v5']));
  });

  test('a produce timeout that is never reached changes nothing', async () => {
    covers('ProducerRecord.timeout');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const [answer] = await (await producer(client)).send({ topic, timeout: 1, acks: -1, messages: numbered(0, 1) });
    expect(answer).toMatchObject({ errorCode: 0, baseOffset: '0' });
  });

  test('an idempotent producer writes in order and once', async () => {
    covers('ProducerConfig.idempotent', 'Producer.isIdempotent');
    const client = kafka(broker());
    const topic = await topicOf(client, 2);
    const writer = await producer(client, { idempotent: true });
    expect(writer.isIdempotent()).toBe(true);
    expect((await producer(client)).isIdempotent()).toBe(false);
    for (let at = 0; at < 20; at += 2) {
      await writer.send({
        topic,
        messages: numbered(at, at + 2).map((message) => ({ ...message, partition: at % 4 ? 1 : 0 })),
      });
    }
    const got = await readAll(client, topic, 20);
    expect(new Set(values(got)).size).toBe(20);
    expect(got.filter(({ partition }) => partition === 0).map(({ offset }) => Number(offset))).toEqual([
      ...Array(10).keys(),
    ]);
  });

  test('many idempotent sends at once arrive once each (one in flight)', async () => {
    covers('ProducerConfig.maxInFlightRequests', 'ProducerConfig.idempotent');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = await producer(client, { idempotent: true, maxInFlightRequests: 1 });
    await Promise.all(Array.from({ length: 20 }, (_, at) => writer.send({ topic, messages: numbered(at, at + 1) })));
    const got = values(await readAll(client, topic, 20));
    expect(got).toHaveLength(20);
    expect(new Set(got)).toEqual(new Set(numbered(0, 20).map(({ value }) => value)));
  });

  test('several requests in flight on one connection are all answered', async () => {
    covers('ProducerConfig.maxInFlightRequests');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = await producer(client, { maxInFlightRequests: 5 });
    const sending = Array.from({ length: 30 }, (_, at) => writer.send({ topic, messages: numbered(at, at + 1) }));
    const offsets = (await Promise.all(sending)).map(([answer]) => Number(answer?.baseOffset));
    expect(offsets.sort((a, b) => a - b)).toEqual([...Array(30).keys()]);
  });

  test('the default partitioner hashes as Java does', async () => {
    covers(
      'ProducerConfig.createPartitioner',
      'Partitioners.DefaultPartitioner',
      'Partitioners.JavaCompatiblePartitioner',
    );
    const client = kafka(broker());
    const topic = await topicOf(client, 10);
    for (const createPartitioner of [Partitioners.DefaultPartitioner, Partitioners.JavaCompatiblePartitioner]) {
      const writer = await producer(client, { createPartitioner });
      // murmur2 of these keys modulo 10, as DefaultPartitioner of the Java client places them.
      const placed = await Promise.all(
        ['a', 'pump-7', 'skerry'].map(
          async (key) => (await writer.send({ topic, messages: [{ key, value: 'v' }] }))[0]?.partition,
        ),
      );
      expect(placed).toEqual([4, 2, 2]);
    }
  });

  test('the legacy partitioner and one of our own place messages their way', async () => {
    covers('Partitioners.LegacyPartitioner', 'PartitionerArgs.topic', 'PartitionerArgs.message');
    covers('PartitionerArgs.partitionMetadata');
    const client = kafka(broker());
    const topic = await topicOf(client, 3);
    const seen: PartitionerArgs[] = [];
    const last = () => (args: PartitionerArgs) => {
      seen.push(args);
      return args.partitionMetadata.length - 1;
    };
    const legacy = await producer(client, { createPartitioner: Partitioners.LegacyPartitioner });
    const [placed] = await legacy.send({ topic, messages: [{ key: 'a', value: 'v' }] });
    expect([0, 1, 2]).toContain(placed?.partition);
    const ours = await producer(client, { createPartitioner: last });
    const message = { key: 'k', value: 'v' };
    expect((await ours.send({ topic, messages: [message] }))[0]?.partition).toBe(2);
    expect(seen[0]).toMatchObject({ topic, message });
    expect(seen[0]?.partitionMetadata.map(({ partitionId }) => partitionId).sort()).toEqual([0, 1, 2]);
  });

  test('a message over the limit is refused, and the next one is not', async () => {
    covers('KafkaJSProtocolError.type', 'KafkaJSProtocolError.code', 'KafkaJSError.retriable', 'KafkaJSError.name');
    covers('KafkaJSError.message');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = await producer(client, { retry: { retries: 0 } });
    const refused = writer.send({ topic, messages: [{ value: Buffer.alloc(1_100_000) }] });
    await expect(refused).rejects.toMatchObject({
      name: 'KafkaJSProtocolError',
      type: 'MESSAGE_TOO_LARGE',
      code: 10,
      retriable: false,
      message: expect.stringContaining('larger than the max message size'),
    });
    const [answer] = await writer.send({ topic, messages: [{ value: Buffer.alloc(1_000_000) }] });
    expect(answer?.baseOffset).toBe('0');
  });

  test('without automatic creation an unknown topic is an error, and stays unknown', async () => {
    covers('ProducerConfig.allowAutoTopicCreation', 'ProducerConfig.retry');
    const client = kafka(broker());
    const topic = unique('unknown');
    const retry = { retries: 1, initialRetryTime: 10 };
    const writer = await producer(client, { allowAutoTopicCreation: false, retry });
    await expect(writer.send({ topic, messages: [{ value: 'v' }] })).rejects.toMatchObject({
      cause: { type: 'UNKNOWN_TOPIC_OR_PARTITION' },
    });
    const admin = client.admin();
    await admin.connect();
    expect(await admin.listTopics()).not.toContain(topic);
    await admin.disconnect();
  });

  test('metadataMaxAge makes a producer see a topic that was made again with more partitions', async () => {
    covers('ProducerConfig.metadataMaxAge');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = await producer(client, { metadataMaxAge: 50, createPartitioner: lastPartition, retry: soon });
    await writer.send({ topic, messages: [{ value: 'before' }] });
    const admin = client.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await eventually('the name to be free', () =>
      admin.createTopics({ topics: [{ topic, numPartitions: 3 }] }).catch(() => false),
    );
    await admin.disconnect();
    const third = await eventually('a message on the third partition', async () => {
      const answer = await writer.send({ topic, messages: [{ value: 'after' }] }).catch(() => []);
      return answer.find(({ partition }) => partition === 2);
    });
    expect(third.errorCode).toBe(0);
  });

  test('a producer that was disconnected refuses, and connects again', async () => {
    covers('Producer.connect', 'Producer.disconnect');
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = client.producer();
    await writer.connect();
    await writer.disconnect();
    await expect(writer.send({ topic, messages: [{ value: 'v' }] })).rejects.toThrow(/disconnected/);
    await writer.connect();
    expect((await writer.send({ topic, messages: [{ value: 'v' }] }))[0]?.baseOffset).toBe('0');
    await writer.disconnect();
  });

  test('a batch of several thousand messages arrives whole and in order', async () => {
    const client = kafka(broker());
    const topic = await topicOf(client);
    await (await producer(client)).send({ topic, messages: numbered(0, 5000) });
    expect(values(await readAll(client, topic, 5000))).toEqual(numbered(0, 5000).map(({ value }) => value));
  });
});
