import type { Uuid } from '@skerry/base';
import { type RawClient, World } from '@skerry/testkit';
import { errorName, metadataRequest, metadataResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let client: RawClient;

beforeEach(() => {
  const node = new SimulatedNode(new World(43));
  node.start();
  client = node.client();
  createTopic(client, 't');
});

const ask = (version: number, topic: { name: string | null; topicId?: Uuid }) =>
  client.ask(metadataRequest, metadataResponse, version, { topics: [topic], allowAutoTopicCreation: false });

const idOf = (name: string): Uuid => ask(12, { name }).topics[0]?.topicId ?? ('' as Uuid);

test.each([10, 11])('v%i has room for ids, but a topic is not named by one', (version) => {
  for (const name of [null, '', 't']) {
    const { topics, brokers } = ask(version, { name, topicId: idOf('t') });
    expect(topics.map((topic) => [topic.name, errorName(topic.errorCode)])).toEqual([[name ?? '', 'INVALID_REQUEST']]);
    expect(brokers).toEqual([]);
  }
});

test.each([12, 13])('v%i names a topic by its id', (version) => {
  expect(ask(version, { name: null, topicId: idOf('t') }).topics[0]).toMatchObject({ name: 't', errorCode: 0 });
  for (const name of ['', 'nobody', 't']) {
    expect(ask(version, { name, topicId: idOf('t') }).topics, `beside the name ${name}`).toMatchObject([
      { name: 't', errorCode: 0 },
    ]);
  }
  const strange = ask(version, { name: null, topicId: 'k5x2Vq0bR1uYwZ3sT7nM4w' as Uuid }).topics[0];
  expect([strange?.name, errorName(strange?.errorCode ?? 0)]).toEqual([null, 'UNKNOWN_TOPIC_ID']);
});
