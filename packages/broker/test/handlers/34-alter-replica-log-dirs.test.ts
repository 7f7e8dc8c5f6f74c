import { World } from '@skerry/testkit';
import {
  type AlterReplicaLogDirsRequestInput,
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  errorName,
} from '@skerry/wire';
import { expect, test } from 'vitest';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

const node = new SimulatedNode(new World(34), { 'log.dirs': '/srv/skerry' });
node.start();
const client = node.client();
createTopic(client, 't', 2);

type Dirs = NonNullable<AlterReplicaLogDirsRequestInput['dirs']>;
const move = (dirs: Dirs) =>
  client
    .ask(alterReplicaLogDirsRequest, alterReplicaLogDirsResponse, 2, { dirs })
    .results.flatMap((result) =>
      result.partitions.map(({ partitionIndex, errorCode }) => [
        result.topicName,
        partitionIndex,
        errorName(errorCode),
      ]),
    );
const to = (path: string, name: string, ...partitions: number[]): Dirs => [{ path, topics: [{ name, partitions }] }];

test('a partition that is to be where it is stays', () => {
  expect(move(to('/srv/skerry', 't', 0, 2))).toEqual([
    ['t', 0, 'NONE'],
    ['t', 2, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ]);
});

test.each(['/elsewhere', 'relative', ''])('there is no other folder: "%s"', (path) => {
  expect(move(to(path, 't', 0))).toEqual([['t', 0, 'LOG_DIR_NOT_FOUND']]);
});

test('of a partition named twice the folder named last counts', () => {
  expect(move([...to('/srv/skerry', 't', 0), ...to('/elsewhere', 't', 0)])).toEqual([['t', 0, 'LOG_DIR_NOT_FOUND']]);
});

test('nothing named is no answer', () => {
  expect(move([])).toEqual([]);
  expect(move([{ path: '/srv/skerry', topics: [{ name: 't', partitions: [] }] }])).toEqual([]);
});

test('a name that has no room for what a folder on its way is called is refused, wherever it is to go', () => {
  const [longest, longer] = ['n'.repeat(213), 'n'.repeat(214)];
  expect(move(to('/elsewhere', longest, 9, 10))).toEqual([
    [longest, 9, 'LOG_DIR_NOT_FOUND'],
    [longest, 10, 'INVALID_TOPIC_EXCEPTION'],
  ]);
  expect(move(to('/srv/skerry', longer, 0))).toEqual([[longer, 0, 'INVALID_TOPIC_EXCEPTION']]);
});
