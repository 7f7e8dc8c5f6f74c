import { Offset } from '@skerry/base';
import { decodeAnswer, frameOf, type RawClient, World } from '@skerry/testkit';
import {
  type DeleteRecordsRequestInput,
  deleteRecordsRequest,
  deleteRecordsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  errorName,
  fetchRequest,
  fetchResponse,
  listOffsetsRequest,
  listOffsetsResponse,
} from '@skerry/wire';
import { beforeEach, describe, expect, test } from 'vitest';
import { batchOf, createTopic, fetch, fetchOf, produce } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  node = new SimulatedNode(new World(21), { 'log.retention.check.interval.ms': 100_000_000 });
  node.start();
  client = node.client();
  createTopic(client, 't', 2);
  for (let i = 0; i < 3; i++) produce(client, 't', batchOf([`${i}a`, `${i}b`, `${i}c`]));
});

type Topics = NonNullable<DeleteRecordsRequestInput['topics']>;
const frame = (topics: Topics, timeoutMs = 1000) =>
  frameOf({ message: deleteRecordsRequest, version: 2, value: { topics, timeoutMs } });

/** Partition, low watermark and error of each answer. */
function remove(topics: Topics, timeoutMs = 1000): [string, number, number, string][] {
  const answer = client.ask(deleteRecordsRequest, deleteRecordsResponse, 2, { topics, timeoutMs });
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, lowWatermark, errorCode }): [string, number, number, string] => [
      name,
      partitionIndex,
      lowWatermark,
      errorName(errorCode),
    ]),
  );
}

const one = (offset: number, partitionIndex = 0, name = 't'): Topics => [
  { name, partitions: [{ partitionIndex, offset: Offset(offset) }] },
];

function startOf(name: string): number | undefined {
  const topics = [{ name, partitions: [{ partitionIndex: 0, timestamp: -2n }] }];
  return client.ask(listOffsetsRequest, listOffsetsResponse, 7, { topics }).topics[0]?.partitions[0]?.offset;
}

describe('records are deleted', () => {
  test('below the offset, in the midst of a batch', () => {
    expect(remove(one(4))).toEqual([['t', 0, 4, 'NONE']]);
    expect(startOf('t')).toBe(4);
    expect(fetch(client, 't', 3).error).toBe('OFFSET_OUT_OF_RANGE');
    // The batch comes whole; the client skips what it did not ask for.
    expect(fetch(client, 't', 4).values).toEqual(['1a', '1b', '1c', '2a', '2b', '2c']);
  });

  test('up to the high watermark with −1, and the next record goes on from there', () => {
    expect(remove(one(-1))).toEqual([['t', 0, 9, 'NONE']]);
    expect(fetch(client, 't', 9, { maxWaitMs: 0 })).toMatchObject({ error: 'NONE', values: [], highWatermark: 9 });
    expect(produce(client, 't', batchOf(['next']))).toMatchObject({ error: 'NONE', baseOffset: 9 });
  });

  test('once: an offset that was passed changes nothing', () => {
    remove(one(5));
    expect(remove(one(2))).toEqual([['t', 0, 5, 'NONE']]);
    expect(remove(one(0))).toEqual([['t', 0, 5, 'NONE']]);
  });

  test('whatever time is given', () => {
    expect(remove(one(1), 0)).toEqual([['t', 0, 1, 'NONE']]);
    expect(remove(one(2), -1)).toEqual([['t', 0, 2, 'NONE']]);
  });

  test('of a partition named twice up to the offset named last', () => {
    const twice = [3, 4].map((offset) => ({ partitionIndex: 0, offset: Offset(offset) }));
    expect(remove([{ name: 't', partitions: twice }])).toEqual([['t', 0, 4, 'NONE']]);
    expect(remove([...one(6), ...one(5), ...one(0, 1)])).toEqual([
      ['t', 0, 5, 'NONE'],
      ['t', 1, 0, 'NONE'],
    ]);
  });

  test('for good: a power cut after the answer brings none back', () => {
    remove(one(7));
    node.cutPower();
    node.start();
    client = node.client();
    expect(startOf('t')).toBe(7);
    expect(produce(client, 't', batchOf(['next'])).baseOffset).toBe(9);
  });

  test('with their segments, and what their producer sent is still known', () => {
    createTopic(client, 'rolled', 1, { 'segment.bytes': '1048576' });
    const big = 'x'.repeat(400_000);
    for (let sequence = 0; sequence < 8; sequence++) {
      const batch = batchOf([big], { producerId: 5, producerEpoch: 0, baseSequence: sequence });
      expect(produce(client, 'rolled', batch).error).toBe('NONE');
    }
    remove(one(-1, 0, 'rolled'));
    expect(node.events.filter(({ kind }) => kind === 'segmentRemoved')).toHaveLength(3);
    node.cutPower();
    node.start();
    client = node.client();
    const again = batchOf([big], { producerId: 5, producerEpoch: 0, baseSequence: 7 });
    expect(produce(client, 'rolled', again)).toMatchObject({ error: 'NONE', baseOffset: 7 });
    const gap = batchOf([big], { producerId: 5, producerEpoch: 0, baseSequence: 9 });
    expect(produce(client, 'rolled', gap).error).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  test('from under a fetch that waits there, which is told at once', () => {
    const reader = node.client();
    const asked = fetchOf('t', 2, { maxWaitMs: 400, minBytes: 100_000 });
    reader.send(frameOf({ message: fetchRequest, version: 12, value: asked }));
    node.machineTime(10);
    remove(one(9));
    const answer = reader.next(100);
    const { responses } = decodeAnswer(fetchResponse, 12, answer ?? new Uint8Array(0));
    expect(errorName(responses[0]?.partitions[0]?.errorCode ?? 0)).toBe('OFFSET_OUT_OF_RANGE');
  });
});

describe('records are kept', () => {
  test.each<[string, Topics, string]>([
    ['beyond the high watermark', one(10), 'OFFSET_OUT_OF_RANGE'],
    ['at −2', one(-2), 'OFFSET_OUT_OF_RANGE'],
    ['of a topic that does not exist', one(1, 0, 'nope'), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['of a topic that could not exist', one(1, 0, 'a/b'), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['of a partition that does not exist', one(1, 2), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['of partition −1', one(1, -1), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['of the metadata log', one(1, 0, '__cluster_metadata'), 'UNKNOWN_TOPIC_OR_PARTITION'],
  ])('%s', (_what, topics, error) => {
    const { name, partitions = [] } = topics[0] ?? {};
    expect(remove(topics)).toEqual([[name, partitions[0]?.partitionIndex, -1, error]]);
    expect(startOf('t')).toBe(0);
  });

  test.each([
    ['compact', 'POLICY_VIOLATION'],
    ['compact,delete', 'NONE'],
  ])('of a topic with cleanup.policy=%s: %s', (policy, error) => {
    createTopic(client, 'c', 1, { 'cleanup.policy': policy });
    expect(remove(one(0, 0, 'c'))[0]?.[3]).toBe(error);
  });

  test('of the group offsets', () => {
    createTopic(client, '__consumer_offsets', 1);
    expect(remove(one(0, 0, '__consumer_offsets'))[0]?.[3]).toBe('INVALID_TOPIC_EXCEPTION');
  });

  test('where nothing is asked for', () => {
    expect(remove([])).toEqual([]);
    expect(remove([{ name: 't', partitions: [] }])).toEqual([]);
  });
});

test('a topic that is deleted meanwhile still gets the client its answer', () => {
  const other = node.client();
  client.send(frame(one(9)));
  other.ask(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames: ['t'], timeoutMs: 1000 });
  expect(client.next()).toBeDefined();
});
