import { type RawClient, World } from '@skerry/testkit';
import { type DescribeLogDirsRequestInput, describeLogDirsRequest, describeLogDirsResponse } from '@skerry/wire';
import { beforeEach, expect, test } from 'vitest';
import { batchOf, createTopic, produce } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const capacityBytes = 1_000_000;
let client: RawClient;

beforeEach(() => {
  const world = new World(35);
  const machine = world.machine('node-1', { capacityBytes });
  const node = new SimulatedNode(world, { 'log.dirs': '/srv/skerry' }, { machine });
  node.start();
  client = node.client();
  createTopic(client, 'a', 2);
  createTopic(client, 'b');
});

const describe = (topics: DescribeLogDirsRequestInput['topics'], version = 5) =>
  client.ask(describeLogDirsRequest, describeLogDirsResponse, version, { topics });

/** Partitions and their sizes, as `topic-index size`. */
function sizes(topics: DescribeLogDirsRequestInput['topics']): string[] {
  return describe(topics).results.flatMap(({ topics: found }) =>
    found.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, partitionSize }) => `${name}-${partitionIndex} ${partitionSize}`),
    ),
  );
}

test('every partition has the size of its batches', () => {
  const batch = batchOf(['x', 'y']);
  produce(client, 'a', batch, { index: 1 });
  produce(client, 'a', batchOf(['x', 'y']), { index: 1 });
  expect(sizes(null)).toEqual(['a-0 0', `a-1 ${2 * batch.length}`, 'b-0 0']);
});

test.each([
  ['one', [{ topic: 'a', partitions: [1] }], ['a-1 0']],
  [
    'one named twice',
    [
      { topic: 'a', partitions: [0, 0] },
      { topic: 'a', partitions: [0] },
    ],
    ['a-0 0'],
  ],
  ['none', [], []],
  ['none of a topic', [{ topic: 'a', partitions: [] }], []],
  [
    'what is not there',
    [
      { topic: 'a', partitions: [2, -1] },
      { topic: 'nope', partitions: [0] },
    ],
    [],
  ],
])('%s: only what is asked for and there', (_what, topics, expected) => {
  expect(sizes(topics)).toEqual(expected);
});

test('the folder is named, and its file system measured from v4 on', () => {
  const [folder] = describe(null).results;
  expect(folder).toMatchObject({ logDir: '/srv/skerry', errorCode: 0, isCordoned: false });
  expect(folder?.totalBytes).toBe(BigInt(capacityBytes));
  expect(Number(folder?.usableBytes)).toBeLessThan(capacityBytes);
  expect(describe(null, 1).results[0]).toMatchObject({ logDir: '/srv/skerry', totalBytes: -1n, usableBytes: -1n });
});
