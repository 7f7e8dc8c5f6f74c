/** The thin path, for a broker that has just learned to speak: what fails here explains most other failures. */
import { describe, expect, test } from 'vitest';
import {
  consumer,
  covers,
  eventually,
  kafka,
  numbered,
  producer,
  readAll,
  received,
  topicOf,
  unique,
  useBroker,
  values,
} from './support.ts';

const broker = useBroker();

describe('kafkajs basics', () => {
  test('a client connects and learns the broker and its controller', async () => {
    covers('Kafka.admin', 'Admin.connect', 'Admin.describeCluster', 'Admin.disconnect');
    const admin = kafka(broker()).admin();
    await admin.connect();
    const cluster = await admin.describeCluster();
    await admin.disconnect();
    expect(cluster.brokers).toEqual([{ nodeId: cluster.controller, host: '127.0.0.1', port: broker().port }]);
    expect(cluster.clusterId).toMatch(/^[\w-]{22}$/);
  });

  test('a topic is created, listed and described', async () => {
    covers('Admin.createTopics', 'Admin.listTopics', 'Admin.fetchTopicMetadata');
    const admin = kafka(broker()).admin();
    await admin.connect();
    const topic = unique('created');
    expect(await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })).toBe(true);
    expect(await admin.listTopics()).toContain(topic);
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions.map(({ partitionId }) => partitionId).sort()).toEqual([0, 1]);
    await admin.disconnect();
  });

  test('what is produced is consumed, in order, with offsets from 0', async () => {
    covers(
      'Kafka.producer',
      'Producer.connect',
      'Sender.send',
      'Producer.disconnect',
      'ProducerRecord.topic',
      'ProducerRecord.messages',
    );
    const client = kafka(broker());
    const topic = await topicOf(client);
    const producer = client.producer();
    await producer.connect();
    const [metadata] = await producer.send({ topic, messages: numbered(0, 10) });
    expect(metadata).toMatchObject({ topicName: topic, partition: 0, errorCode: 0, baseOffset: '0' });
    await producer.disconnect();
    const messages = await readAll(client, topic, 10);
    expect(values(messages)).toEqual(numbered(0, 10).map(({ value }) => value));
    expect(messages.map(({ offset }) => Number(offset))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('a topic nobody created appears when a producer writes to it', async () => {
    covers('ProducerConfig.allowAutoTopicCreation');
    const client = kafka(broker());
    const topic = unique('auto');
    const writer = await producer(client, { allowAutoTopicCreation: true });
    await writer.send({ topic, messages: [{ value: 'first' }] });
    expect(values(await readAll(client, topic, 1))).toEqual(['first']);
  });

  test('a group goes on where it committed', async () => {
    covers(
      'Kafka.consumer',
      'Consumer.connect',
      'Consumer.subscribe',
      'Consumer.run',
      'Consumer.disconnect',
      'ConsumerConfig.groupId',
    );
    const client = kafka(broker());
    const topic = await topicOf(client);
    const writer = await producer(client);
    await writer.send({ topic, messages: numbered(0, 5) });
    const groupId = unique('resume');
    const first: string[] = [];
    const one = client.consumer({ groupId, maxWaitTimeInMs: 100 });
    await one.connect();
    await one.subscribe({ topics: [topic], fromBeginning: true });
    await one.run({ eachMessage: async ({ message }) => void first.push(String(message.value)) });
    await eventually('five messages', () => first.length === 5);
    await one.disconnect();
    await writer.send({ topic, messages: numbered(5, 8) });
    const second: string[] = [];
    const two = await consumer(client, { groupId });
    await two.subscribe({ topics: [topic], fromBeginning: true });
    await two.run({ eachMessage: async (payload) => void second.push(received(payload).value ?? '') });
    await eventually('three messages', () => second.length === 3);
    expect([first, second]).toEqual([
      ['v0', 'v1', 'v2', 'v3', 'v4'],
      ['v5', 'v6', 'v7'],
    ]);
  });
});
