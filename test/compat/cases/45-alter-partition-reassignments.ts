import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { topics } from './support.ts';

const { AlterPartitionReassignments, ListPartitionReassignments } = apis;
const to = (name: string, partitionIndex: number, replicas: readonly number[] | null) => ({
  name,
  partitions: [{ partitionIndex, replicas }],
});
const move = (...moved: readonly ReturnType<typeof to>[]) =>
  ask(AlterPartitionReassignments, { topics: moved, timeoutMs: 15_000 });

export const reassignmentCases: readonly Case[] = [
  story(AlterPartitionReassignments, 'here, elsewhere, and called off', [
    topics(['a'], { partitions: 2 }),
    ...[[1], [2], [], [1, 1], [1, 2], [-1], null].map((replicas) => move(to('~a', 0, replicas))),
    move(to('~a', 2, [1]), to('~a', -1, null), to('~nobody', 0, [1]), to('', 0, null)),
    move(to('~a', 0, [1]), to('~a', 1, [1])),
    move(),
    ask(AlterPartitionReassignments, { topics: [{ name: '~a', partitions: [] }], timeoutMs: 15_000 }),
    ask(AlterPartitionReassignments, { topics: [to('~a', 0, [1])], timeoutMs: 0 }),
    ask(AlterPartitionReassignments, { topics: null as never, timeoutMs: 15_000 }),
  ]),
  story(
    AlterPartitionReassignments,
    'without another number of replicas',
    [
      topics(['a']),
      ...[[1], [1, 2]].map((replicas) =>
        ask(AlterPartitionReassignments, {
          topics: [to('~a', 0, replicas)],
          allowReplicationFactorChange: false,
          timeoutMs: 15_000,
        }),
      ),
    ],
    { from: 1 },
  ),
  story(ListPartitionReassignments, 'none is under way', [
    topics(['a']),
    ask(ListPartitionReassignments, { topics: null }),
    ask(ListPartitionReassignments, { topics: [] }),
    ask(ListPartitionReassignments, { topics: [{ name: '~a', partitionIndexes: [0, 7] }] }),
    ask(ListPartitionReassignments, { topics: [{ name: '~nobody', partitionIndexes: [] }], timeoutMs: 0 }),
  ]),
];
