import { gzipSync } from 'node:zlib';
import { limits } from '@skerry/base';
import { frameOf, type RawClient, World } from '@skerry/testkit';
import {
  batchBaseOffset,
  batchCodec,
  batchLength,
  batchRecordCount,
  errorName,
  fetchRequest,
  fetchResponse,
  produceRequest,
} from '@skerry/wire';
import { legacyProduceRequest, legacyProduceResponse } from '@skerry/wire/legacy';
import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { batchOf, createTopic, fetchOf } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';
import { inOrder, oldProduce, oldProduceOf, oldRead } from './old-calls.ts';
import { oldMessage, oldSet, wrapper } from './old-messages.ts';

let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  node = new SimulatedNode(new World(6), { 'skerry.listeners.legacy': 'PLAINTEXT' });
  node.start();
  client = node.client();
  createTopic(client, 't');
});

const oldFrame = (records: Uint8Array, acks = -1): Uint8Array =>
  frameOf({ message: legacyProduceRequest, version: 2, value: oldProduceOf('t', records, { acks }) });

test('what is sent in one segment is appended in order, whatever each takes to convert', () => {
  const many = oldSet(...Array.from({ length: 10_000 }, (_, i) => ({ value: `a${i}` })));
  const newer = frameOf({
    message: produceRequest,
    version: 9,
    value: { acks: -1, topicData: [{ name: 't', partitionData: [{ index: 0, records: batchOf(['c']) }] }] },
  });
  client.send(Buffer.concat([oldFrame(wrapper('gzip', many)), oldFrame(oldSet({ value: 'b' })), newer]));
  for (let i = 0; i < 3; i++) expect(client.next()).toBeDefined();
  expect(oldRead(client, 't', 9_998)).toEqual(['a9998', 'a9999', 'b', 'c']);
});

test('a set becomes one batch, in the codec it came in', () => {
  const same = Array.from({ length: 500 }, () => ({ value: 'the same' }));
  const batches: [number, number, number][] = [];
  for (const set of [oldSet(...same), wrapper('gzip', oldSet(...same)), wrapper('xerial', oldSet(...same))]) {
    const { baseOffset } = oldProduce(client, 't', set);
    const { responses } = client.ask(fetchRequest, fetchResponse, 12, fetchOf('t', baseOffset));
    const batch = responses[0]?.partitions[0]?.records ?? new Uint8Array(0);
    expect(batchLength(batch, 0)).toBe(batch.length);
    batches.push([batchBaseOffset(batch, 0), batchRecordCount(batch, 0), batchCodec(batch, 0)]);
  }
  expect(batches).toEqual([
    [0, 500, 0],
    [500, 500, 1],
    [1000, 500, 2],
  ]);
});

test('acks=0 is answered with nothing, and a set that is refused then closes the connection', () => {
  client.send(oldFrame(oldSet({ value: 'x' }), 0));
  client.send(oldFrame(oldSet({ value: 'x', crc: 1 }), 0));
  expect(client.next()).toBeUndefined();
  expect(client.isClosed).toBe(true);
  client = node.client();
  expect(oldRead(client, 't', 0)).toEqual(['x']);
});

test('each partition has its own answer', () => {
  createTopic(client, 'many', 4);
  const sets = [oldSet({ value: 'x' }), oldSet({ value: 'x', crc: 1 }), new Uint8Array(0), oldSet({ value: 'y' })];
  const topicData = [
    { name: 'many', partitionData: sets.map((records, index) => ({ index, records })) },
    { name: 't', partitionData: [{ index: 0, records: oldSet({ value: 'x', crc: 1 }) }] },
  ];
  const { responses } = client.ask(legacyProduceRequest, legacyProduceResponse, 2, { acks: -1, topicData });
  const told = responses.map(({ name, partitionResponses }) => [
    name,
    inOrder(partitionResponses).map(({ index, errorCode, baseOffset }) => [index, errorName(errorCode), baseOffset]),
  ]);
  expect(told).toEqual([
    [
      'many',
      [
        [0, 'NONE', 0],
        [1, 'CORRUPT_MESSAGE', -1],
        [2, 'NONE', -1],
        [3, 'NONE', 0],
      ],
    ],
    ['t', [[0, 'CORRUPT_MESSAGE', -1]]],
  ]);
});

test('a set that unpacks to more than its bound is refused, and so is one that is too large as a batch', () => {
  const zeros = (length: number): Uint8Array =>
    oldMessage({ attributes: 1, value: gzipSync(oldMessage({ value: new Uint8Array(length) }), { level: 9 }) });
  const bomb = zeros(limits.convertedPlainBytesMax + 1);
  expect(bomb.length).toBeLessThan(limits.convertedPlainBytesMax / 500);
  expect(oldProduce(client, 't', bomb).error).toBe('CORRUPT_MESSAGE');
  expect(oldProduce(client, 't', oldSet({ value: 'x'.repeat(1_100_000) })).error).toBe('MESSAGE_TOO_LARGE');
  expect(oldProduce(client, 't', zeros(2_000_000)).error).toBe('NONE');
});

test('what a client may not write is not even looked at', () => {
  const authoriser = { allowed: (_who: string, _host: string, operation: string) => operation !== 'write' };
  const closed = new SimulatedNode(new World(7), { 'skerry.listeners.legacy': 'PLAINTEXT' }, { authoriser });
  closed.start();
  const peer = closed.client();
  createTopic(peer, 't');
  expect(oldProduce(peer, 't', oldSet({ value: 'x', crc: 1 })).error).toBe('TOPIC_AUTHORIZATION_FAILED');
});

test('no bytes get anything but an answer', () => {
  const nearly = fc.tuple(fc.boolean(), fc.nat(), fc.nat(255), fc.array(fc.string({ maxLength: 9 }), { maxLength: 4 }));
  const sets = nearly.map(([packed, at, byte, values]) => {
    const plain = oldSet(...values.map((value) => ({ value })));
    const set = packed ? wrapper('gzip', plain) : plain;
    if (set.length > 0) set[at % set.length] = byte;
    return set;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), sets), fc.nat(2), (set, version) => {
      expect(oldProduce(client, 't', set, version).error).toBeDefined();
      expect(client.isClosed).toBe(false);
    }),
    { numRuns: 1500 },
  );
  expect(node.events.filter(({ kind }) => kind === 'handlerFailed')).toEqual([]);
});
