/** The client, from the cache folder that SKERRY_CLIENT names, and how the cases use it. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually, unique } from '../harness.mjs';

const entry = join(process.env.SKERRY_CLIENT ?? '', 'node_modules', '@platformatic', 'kafka', 'dist', 'index.js');
export const client = await import(pathToFileURL(entry).href);
const { Admin, Consumer, Producer, stringDeserializers, stringSerializers } = client;

const base = ({ bootstrap }) => ({
  clientId: 'platformatic',
  bootstrapBrokers: [bootstrap],
  retries: 100,
  retryDelay: 50,
});

export function admin(t, options = {}) {
  const one = new Admin({ ...base(t), ...options });
  t.close(() => one.close());
  return one;
}

export function producer(t, options = {}) {
  const one = new Producer({ ...base(t), serializers: stringSerializers, ...options });
  t.close(() => one.close(true));
  return one;
}

export function consumer(t, options = {}) {
  const quick = { heartbeatInterval: 100, sessionTimeout: 10_000, rebalanceTimeout: 10_000, maxWaitTime: 200 };
  const groupId = options.groupId ?? unique('group');
  const one = new Consumer({ ...base(t), deserializers: stringDeserializers, ...quick, ...options, groupId });
  one.on('error', () => {}); // It tells of each lost connection; without a listener it would end the process.
  t.close(() => one.close(true));
  return one;
}

export async function topic(t, partitions = 1, settings = {}) {
  const name = unique('topic');
  const one = admin(t);
  const configs = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  await one.createTopics({ topics: [name], partitions, replicas: 1, configs });
  const all = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n }));
  await eventually('the topic is led', () => one.listOffsets({ topics: [{ name, partitions: all }] }));
  return name;
}

export const messagesOf = (topic, values, partition = 0) => values.map((value) => ({ topic, partition, value }));

/** Writes values to partition 0. */
export const send = async (t, name, values, options = {}) =>
  await producer(t).send({ messages: messagesOf(name, values), acks: -1, ...options });

/** Gathers so many messages from a stream. */
export async function take(stream, wanted) {
  const messages = [];
  if (wanted === 0) return messages;
  for await (const message of stream) {
    messages.push(message);
    if (messages.length === wanted) break;
  }
  return messages;
}

/** Reads so many messages of a topic from its start, or with the options given. */
export async function read(t, name, wanted, { consume = {}, ...options } = {}) {
  const one = consumer(t, options);
  const stream = await one.consume({ topics: [name], mode: 'earliest', autocommit: false, ...consume });
  const messages = await take(stream, wanted);
  await one.close(true);
  return messages;
}

export const valuesOf = (messages) => messages.map(({ value }) => value);

/** The codes of Kafka that an error carries, wherever in it. */
export function codes(error) {
  if (error === null || typeof error !== 'object') return [];
  const inner = [error.cause, ...(error.errors ?? [])].flatMap(codes);
  return error.apiId === undefined ? inner : [error.apiId, ...inner];
}

export async function refused(promise) {
  const outcome = await promise.then(
    () => undefined,
    (error) => error,
  );
  if (outcome === undefined) throw new Error('it was not refused');
  const found = codes(outcome);
  if (found.length === 0) throw outcome;
  return found;
}
