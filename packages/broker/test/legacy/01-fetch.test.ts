import { limits } from '@skerry/base';
import { nodeCompute } from '@skerry/io';
import { frameOf, type RawClient, World } from '@skerry/testkit';
import { BatchBuilder, batchCrcStart, type CodecName, setBatchCrc } from '@skerry/wire';
import { legacyFetchRequest } from '@skerry/wire/legacy';
import { beforeEach, expect, test } from 'vitest';
import { batchOf, createTopic, produce } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';
import { inOrder, type OldFetch, oldFetch, oldFetchOf, oldRead } from './old-calls.ts';

const compute = nodeCompute({ inline: true });
const versions = [0, 1, 2, 3];
let node: SimulatedNode;
let client: RawClient;

beforeEach(() => {
  node = new SimulatedNode(new World(8), { 'skerry.listeners.legacy': 'PLAINTEXT' });
  node.start();
  client = node.client();
  createTopic(client, 't');
});

function packed(codec: CodecName, values: readonly string[]): Uint8Array {
  const builder = new BatchBuilder();
  for (const value of values) builder.append({ timestamp: 1000, value: Buffer.from(value) });
  let batch = new Uint8Array(0);
  builder.compress(codec, compute, (_error, made) => {
    batch = Uint8Array.from(made ?? []);
  });
  return batch;
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `v${i}`);

test.each(versions)('every codec, also one that came later, is read uncompressed: v%i', (version) => {
  const codecs: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
  for (const codec of codecs) produce(client, 't', packed(codec, [`${codec} 1`, `${codec} 2`]));
  expect(oldRead(client, 't', 0, { version })).toEqual(codecs.flatMap((codec) => [`${codec} 1`, `${codec} 2`]));
  expect(oldRead(client, 't', 3, { version })).toEqual(oldRead(client, 't', 0, { version }).slice(3));
});

test.each(versions)('a batch larger than what is fetched at once is read a part at a time: v%i', (version) => {
  produce(client, 't', packed('gzip', numbered(5000)));
  const asked: OldFetch = { version, partitionMaxBytes: 4096 };
  const [first] = oldFetch(client, 't', 0, asked);
  expect(first?.bytes).toBeLessThanOrEqual(4096);
  expect(first?.bytes).toBeGreaterThan(4000);
  expect(oldRead(client, 't', 0, asked)).toEqual(numbered(5000));
});

test('a message larger than what is fetched at once is cut below v3, and whole from there on', () => {
  produce(client, 't', batchOf(['x'.repeat(5000)]));
  for (const version of [0, 1, 2]) {
    const [cut] = oldFetch(client, 't', 0, { version, partitionMaxBytes: 100 });
    expect(cut).toMatchObject({ error: 'NONE', bytes: 100, messages: [] });
  }
  const [whole] = oldFetch(client, 't', 0, { version: 3, partitionMaxBytes: 100 });
  expect(whole?.messages.map(({ value }) => value?.length)).toEqual([5000]);
});

test('a client that takes no bytes is given none, and no message is passed over', () => {
  for (let i = 0; i < 100; i++) produce(client, 't', batchOf(['x']));
  for (const version of [0, 1, 2]) {
    const [none] = oldFetch(client, 't', 0, { version, partitionMaxBytes: 0 });
    expect(none).toMatchObject({ error: 'NONE', bytes: 0 });
  }
  expect(oldFetch(client, 't', 0, { partitionMaxBytes: 0 })[0]?.messages.map(({ offset }) => offset)).toEqual([0]);
  expect(node.events.filter(({ kind }) => kind === 'handlerFailed')).toEqual([]);
});

test('a partition that is refused does not keep another from its first message', () => {
  produce(client, 't', batchOf(['x'.repeat(5000)]));
  for (let i = 0; i < 4; i++) {
    const fetched = oldFetch(client, 't', 0, { partitionMaxBytes: 100, partitions: [7, 0] });
    expect(inOrder(fetched).map(({ error, messages }) => [error, messages.length])).toEqual([
      ['NONE', 1],
      ['UNKNOWN_TOPIC_OR_PARTITION', 0],
    ]);
  }
});

test('v3 keeps to the bytes of the whole answer, but for its first message (KIP-74)', () => {
  createTopic(client, 'pair', 2);
  for (const index of [0, 1]) produce(client, 'pair', batchOf(['x'.repeat(3000)]), { index });
  const fetched = oldFetch(client, 'pair', 0, { maxBytes: 1000, partitions: [0, 1] });
  const [first = -1, second = -1] = fetched.map(({ messages }) => messages.length);
  expect([first + second, first * second]).toEqual([1, 0]);
});

test('partitions take turns at being first: none is starved by one that fills the answer', () => {
  createTopic(client, 'pair', 2);
  const full = 'x'.repeat(900_000);
  for (const index of [0, 1]) for (let i = 0; i < 3; i++) produce(client, 'pair', batchOf([full]), { index });
  const firsts = Array.from({ length: 4 }, () => {
    const fetched = oldFetch(client, 'pair', 0, { version: 1, partitions: [0, 1], partitionMaxBytes: 2_000_000 });
    return fetched.filter(({ messages }) => messages.length > 0).map(({ index }) => index);
  });
  expect(firsts).toEqual([[0], [1], [0], [1]]);
});

test('an answer is bounded, however well its batch was compressed', () => {
  produce(
    client,
    't',
    packed(
      'gzip',
      Array.from({ length: 4000 }, () => 'y'.repeat(5000)),
    ),
  );
  const [fetched] = oldFetch(client, 't', 0, { partitionMaxBytes: 2 ** 31 - 1 });
  expect(fetched?.bytes).toBeLessThanOrEqual(limits.convertedAnswerBytes);
  expect(oldRead(client, 't', 0, { partitionMaxBytes: 2 ** 31 - 1 })).toHaveLength(4000);
});

test('clients that do not take their answers make those of others small, and give the room back when they go', () => {
  produce(
    client,
    't',
    packed(
      'gzip',
      Array.from({ length: 4000 }, () => 'y'.repeat(5000)),
    ),
  );
  const asked = { partitionMaxBytes: 2 ** 31 - 1 };
  const stalled = Array.from({ length: 20 }, () => node.client('stalled'));
  for (const peer of stalled) {
    peer.stall();
    for (let i = 0; i < 3; i++) {
      peer.send(frameOf({ message: legacyFetchRequest, version: 3, value: oldFetchOf('t', 0, asked) }));
    }
  }
  node.machineTime(1000);
  expect(oldFetch(client, 't', 0, asked)[0]?.bytes).toBeLessThanOrEqual(limits.smallConvertedAnswerBytes);
  for (const peer of stalled) peer.close();
  node.machineTime(1000);
  expect(oldFetch(client, 't', 0, asked)[0]?.bytes).toBeGreaterThan(limits.smallConvertedAnswerBytes);
});

test('a batch that cannot be unpacked is CORRUPT_MESSAGE there, and nothing elsewhere', () => {
  createTopic(client, 'pair', 2);
  const bad = packed('gzip', ['x']);
  bad.fill(0x5a, batchCrcStart + 40);
  setBatchCrc(bad, 0, compute);
  expect(produce(client, 'pair', bad).error).toBe('NONE');
  produce(client, 'pair', batchOf(['good']), { index: 1 });
  const fetched = oldFetch(client, 'pair', 0, { partitions: [0, 1] });
  expect(inOrder(fetched).map(({ index, error, messages }) => [index, error, messages.length])).toEqual([
    [0, 'CORRUPT_MESSAGE', 0],
    [1, 'NONE', 1],
  ]);
});

test('who waits for more gets it when it comes, or nothing when time is up', () => {
  const other = node.client('other');
  other.send(frameOf({ message: legacyFetchRequest, version: 2, value: oldFetchOf('t', 0) }));
  produce(client, 't', batchOf(['late']));
  expect(other.next()).toBeDefined();
  expect(oldFetch(client, 't', 1)).toMatchObject([{ error: 'NONE', bytes: 0 }]);
});

test('a client that goes while it waits leaves nothing behind', () => {
  const other = node.client('other');
  other.send(frameOf({ message: legacyFetchRequest, version: 2, value: oldFetchOf('t', 0) }));
  node.machineTime(10);
  other.close();
  produce(client, 't', batchOf(['x']));
  node.machineTime(60_000);
  expect(node.slabBytesTaken).toBe(0);
  expect(oldRead(client, 't', 0)).toEqual(['x']);
});
