/** What clients of a partition see of which a part is damaged on the disk, and what those of others do. */
import { utf8Decode } from '@skerry/base';
import { decodeAnswer, frameOf, World } from '@skerry/testkit';
import {
  errorName,
  fetchRequest,
  listOffsetsRequest,
  listOffsetsResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
} from '@skerry/wire';
import { describe, expect, test } from 'vitest';
import { batchOf, createTopic, fetch, fetchOf, produce } from './calls.ts';
import { commit, simpleCommit } from './group-calls.ts';
import { SimulatedNode } from './simulated-node.ts';

/** A node that was stopped and started again, with topics bad and good; a bit of bad's second batch is flipped. */
function damaged(how: 'while it runs' | 'while it is stopped' = 'while it runs'): SimulatedNode {
  const node = new SimulatedNode(new World(3));
  node.start();
  for (const topic of ['bad', 'good']) {
    createTopic(node.client(), topic);
    for (let i = 0; i < 5; i++) produce(node.client(), topic, batchOf([`a${i}`]));
  }
  node.stop();
  node.kill();
  const name = node.machine.disk.list('topics').find((folder) => folder.startsWith('bad-0'));
  const file = `topics/${name}/00000000000000000000.log`;
  if (how === 'while it is stopped') {
    const log = node.machine.disk.open(file, { create: false });
    log.truncate(80 as never);
    log.close();
  }
  node.start();
  if (how === 'while it runs') node.machine.disk.flipBit(file, 70 + 65, 2);
  return node;
}

const offline = (node: SimulatedNode): unknown[] => node.events.filter(({ kind }) => kind === 'partitionOffline');

function latest(node: SimulatedNode, topic: string): string {
  const partitions = [{ partitionIndex: 0, timestamp: -1n }];
  const asked = { replicaId: -1, topics: [{ name: topic, partitions }] };
  const { topics } = node.client().ask(listOffsetsRequest, listOffsetsResponse, 5, asked);
  return errorName(topics[0]?.partitions[0]?.errorCode ?? -1);
}

test('the fetch that meets damage gets no answer, and from then on only that partition is offline', () => {
  const node = damaged();
  expect(latest(node, 'bad')).toBe('NONE');
  expect(() => fetch(node.client(), 'bad', 0)).toThrow('the broker closed the connection');
  expect(offline(node)).toMatchObject([
    { topic: 'bad', partition: 0, offset: 1, position: expect.any(Number), file: expect.stringContaining('bad-0') },
  ]);
  expect(fetch(node.client(), 'bad', 0).error).toBe('KAFKA_STORAGE_ERROR');
  expect(produce(node.client(), 'bad', batchOf(['b'])).error).toBe('KAFKA_STORAGE_ERROR');
  expect(latest(node, 'bad')).toBe('KAFKA_STORAGE_ERROR');
  expect(fetch(node.client(), 'good', 0).values).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
  expect(produce(node.client(), 'good', batchOf(['b'])).error).toBe('NONE');
  expect(offline(node)).toHaveLength(1);
  node.stop();
});

test('who waits for more of the partition is told at once', () => {
  const node = damaged();
  const waiting = node.client();
  waiting.send(frameOf({ message: fetchRequest, version: 12, value: fetchOf('bad', 5, { maxWaitMs: 5000 }) }));
  node.machineTime(10);
  expect(() => fetch(node.client(), 'bad', 0)).toThrow('the broker closed the connection');
  node.machineTime(10);
  expect(waiting.pending).toBe(1);
});

test('a batch taken before the damage was met is answered once it is safe, as ever', () => {
  const node = damaged();
  const [producer, consumer] = [node.client(), node.client()];
  const topicData = [{ name: 'bad', partitionData: [{ index: 0, records: batchOf(['late']) }] }];
  const value = { acks: -1, timeoutMs: 1000, topicData };
  const syncs = node.machine.disk.counts.sync;
  producer.send(frameOf({ message: produceRequest, version: 9, value }));
  consumer.send(frameOf({ message: fetchRequest, version: 12, value: fetchOf('bad', 0) }));
  expect(consumer.next()).toBeUndefined();
  expect(offline(node)).toHaveLength(1);
  expect(producer.pending).toBe(0);
  expect(node.machine.disk.counts.sync).toBe(syncs + 1);
  const answer = decodeAnswer(produceResponse, 9, producer.next() ?? new Uint8Array(0));
  expect(answer.responses[0]?.partitionResponses[0]).toMatchObject({ errorCode: 0, baseOffset: 5 });
});

describe('a partition whose log does not open', () => {
  test('is refused, and the others are served', () => {
    const node = damaged('while it is stopped');
    expect(offline(node)).toMatchObject([{ topic: 'bad', partition: 0, file: expect.stringContaining('bad-0') }]);
    expect(fetch(node.client(), 'bad', 0).error).toBe('KAFKA_STORAGE_ERROR');
    expect(produce(node.client(), 'bad', batchOf(['b'])).error).toBe('KAFKA_STORAGE_ERROR');
    expect(latest(node, 'bad')).toBe('KAFKA_STORAGE_ERROR');
    expect(fetch(node.client(), 'good', 0).values).toHaveLength(5);
    node.stop();
  });

  test.each([
    [4, -1, []],
    [5, -1, [1]],
    [12, -1, [1]],
  ])('is listed without a leader, as Kafka does (Metadata v%i)', (version, leaderId, offlineReplicas) => {
    const node = damaged('while it is stopped');
    const asked = { topics: [{ name: 'bad' }, { name: 'good' }], allowAutoTopicCreation: false };
    const { topics } = node.client().ask(metadataRequest, metadataResponse, version, asked);
    expect(topics.map(({ name, errorCode }) => [name, errorName(errorCode)])).toEqual([
      ['bad', 'NONE'],
      ['good', 'NONE'],
    ]);
    expect(topics[0]?.partitions).toMatchObject([
      { errorCode: 5, partitionIndex: 0, leaderId, replicaNodes: [1], isrNodes: [1], offlineReplicas },
    ]);
    expect(topics[1]?.partitions).toMatchObject([{ errorCode: 0, leaderId: 1, offlineReplicas: [] }]);
  });
});

/** Flips a bit of the batch in the middle of a log that was closed in good order. */
function flipInside(node: SimulatedNode, topic: string): string {
  const { disk } = node.machine;
  for (const folder of disk.list('topics').filter((name) => name.startsWith(topic))) {
    const file = `topics/${folder}/00000000000000000000.log`;
    if (!disk.exists(file)) continue;
    disk.flipBit(file, 80, 1);
    return file;
  }
  throw new Error(`${topic} has no log`);
}

/** A node with a topic and a committed offset, stopped, whose store is lost: its logs will be read. */
function stopped(): SimulatedNode {
  const node = new SimulatedNode(new World(3), { 'offsets.topic.num.partitions': 1 });
  node.start();
  createTopic(node.client(), 't');
  produce(node.client(), 't', batchOf(['a']));
  for (const offset of [1, 2, 3]) commit(node.client(), 9, simpleCommit(offset));
  node.machineTime(10_000);
  node.stop();
  node.kill();
  return node;
}

/** Takes from the store what it has of a state log's table: the log is replayed. */
function loseTable(node: SimulatedNode, prefix: string): void {
  const { store } = node.machine;
  const keys = [...store.entries(Uint8Array.of(0), Uint8Array.of(255))].map(([key]) => key);
  const gone = keys.filter((key) => utf8Decode(key).startsWith(prefix));
  store.commit(
    gone.map((key) => ({ key, value: undefined })),
    () => {},
  );
  node.machineTime(100);
}

function startError(node: SimulatedNode): unknown {
  try {
    return node.start();
  } catch (error) {
    return error;
  }
}

describe('a state log that is damaged', () => {
  test('costs the groups of that partition, not the node (__consumer_offsets)', () => {
    const node = stopped();
    loseTable(node, 'groups ');
    const file = flipInside(node, '__consumer_offsets');
    node.start();
    expect(offline(node)).toMatchObject([{ topic: '__consumer_offsets', partition: 0, file }]);
    expect(commit(node.client(), 9, simpleCommit(4))).toEqual(['t-0 COORDINATOR_NOT_AVAILABLE']);
    expect(fetch(node.client(), 't', 0).values).toEqual(['a']);
    expect(produce(node.client(), 't', batchOf(['b'])).error).toBe('NONE');
    node.stop();
  });

  test('keeps the node from starting, which says where it is (__cluster_metadata)', () => {
    const node = stopped();
    loseTable(node, 'metadata ');
    const file = flipInside(node, '__cluster_metadata');
    const told = startError(node);
    expect(told).toMatchObject({ code: 'SKR_DATA_CORRUPT', message: expect.stringContaining(file) });
    expect(told).toMatchObject({ message: expect.stringContaining('skerry log verify') });
  });

  test('whose file the disk refuses to open or read is a failure of the disk (__cluster_metadata)', () => {
    for (const on of ['open', 'read'] as const) {
      const node = stopped();
      loseTable(node, 'metadata ');
      node.machine.disk.faults.inject({ on, code: 'EIO', path: '__cluster_metadata' });
      expect(startError(node)).toMatchObject({
        code: 'SKR_DISK_FAILED',
        message: expect.stringContaining('__cluster_metadata'),
      });
    }
  });
});
