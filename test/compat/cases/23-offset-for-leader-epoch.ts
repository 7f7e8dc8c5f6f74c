import { apis } from '../apis.ts';
import { ask, type Case, offset, story } from '../steps.ts';
import { produce, topics } from './support.ts';

const { OffsetForLeaderEpoch, DeleteRecords } = apis;
type Partitions = readonly (readonly [partition: number, currentLeaderEpoch: number, leaderEpoch: number])[];
const of = (topic: string, partitions: Partitions, replicaId = -1) =>
  ask(OffsetForLeaderEpoch, {
    replicaId,
    topics: [
      {
        topic,
        partitions: partitions.map(([partition, currentLeaderEpoch, leaderEpoch]) => ({
          partition,
          currentLeaderEpoch,
          leaderEpoch,
        })),
      },
    ],
  });

export const offsetForLeaderEpochCases: readonly Case[] = [
  story(
    OffsetForLeaderEpoch,
    'epochs known and not, believed and not',
    [
      topics(['a'], { partitions: 2 }),
      produce('a'),
      of('~a', [
        [0, -1, 0],
        [1, -1, 0],
        [0, 0, 0],
        [0, -1, 1],
        [0, -1, -1],
        [0, -1, -5],
        [0, 1, 0],
        [0, -5, 0],
      ]),
      of('~a', [[0, -1, 0]], 1),
      of('~a', [[0, -1, 0]], 7),
    ],
    { quick: true },
  ),
  story(OffsetForLeaderEpoch, 'after records were deleted', [
    topics(['a']),
    produce('a'),
    ask(DeleteRecords, {
      topics: [{ name: '~a', partitions: [{ partitionIndex: 0, offset: offset(2) }] }],
      timeoutMs: 15_000,
    }),
    of('~a', [
      [0, -1, 0],
      [0, -1, -5],
    ]),
  ]),
  story(OffsetForLeaderEpoch, 'names twice, none, and those of nobody', [
    topics(['a']),
    of('~nobody', [[0, -1, 0]]),
    of('', [[0, -1, 0]]),
    of('~a', [
      [1, -1, 0],
      [-1, -1, 0],
      [0, -1, 0],
      [0, -1, 0],
    ]),
    of('~a', []),
    ask(OffsetForLeaderEpoch, { topics: [] }),
  ]),
];
