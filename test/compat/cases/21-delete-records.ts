import { apis } from '../apis.ts';
import { ask, type Case, offset, story } from '../steps.ts';
import { produce, topics } from './support.ts';

const { DeleteRecords } = apis;
type Partitions = readonly (readonly [partition: number, offset: number])[];
const below = (name: string, partitions: Partitions, timeoutMs = 15_000) =>
  ask(DeleteRecords, {
    topics: [{ name, partitions: partitions.map(([partitionIndex, at]) => ({ partitionIndex, offset: offset(at) })) }],
    timeoutMs,
  });

export const deleteRecordsCases: readonly Case[] = [
  story(
    DeleteRecords,
    'below an offset, below an earlier one, and all',
    [
      topics(['a'], { partitions: 2 }),
      produce('a'),
      produce('a'),
      below('~a', [[0, 4]]),
      below('~a', [[0, 2]]),
      below('~a', [
        [0, -1],
        [1, -1],
      ]),
      produce('a'),
      below('~a', [[0, 0]], 0),
      below('~a', [[0, 7]], -1),
    ],
    { quick: true },
  ),
  story(DeleteRecords, 'offsets that are not there', [
    topics(['a']),
    produce('a'),
    below('~a', [[0, 4]]),
    below('~a', [[0, -2]]),
    below('~a', [[0, 2 ** 40]]),
    below('~a', [[0, 3]]),
  ]),
  story(DeleteRecords, 'names twice, none, and those of nobody', [
    topics(['a'], { partitions: 2 }),
    produce('a'),
    below('~a', [
      [0, 2],
      [0, 1],
      [1, 0],
      [1, 0],
    ]),
    below('~a', []),
    below('~a', [
      [2, 0],
      [-1, 0],
    ]),
    below('~nobody', [[0, 0]]),
    below('', [[0, 0]]),
    below('not a name', [[0, 0]]),
    below('__cluster_metadata', [[0, 0]]),
    below('__consumer_offsets', [[0, 0]]),
    ask(DeleteRecords, { topics: [], timeoutMs: 1000 }),
    ask(DeleteRecords, { topics: null as never, timeoutMs: 1000 }),
    ask(DeleteRecords, { topics: [{ name: '~a', partitions: null as never }], timeoutMs: 1000 }),
    ask(DeleteRecords, { topics: [{ name: null as never, partitions: [] }], timeoutMs: 1000 }),
  ]),
  story(DeleteRecords, 'of topics that are compacted', [
    topics(['a'], { settings: { 'cleanup.policy': 'compact' } }),
    topics(['b'], { settings: { 'cleanup.policy': 'compact,delete' } }),
    below('~a', [[0, 0]]),
    below('~b', [[0, 0]]),
  ]),
];
