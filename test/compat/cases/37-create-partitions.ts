import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { produce, topics } from './support.ts';

const { CreatePartitions } = apis;
interface Grown {
  readonly name: string;
  readonly count: number;
  readonly assignments: readonly { readonly brokerIds: readonly number[] }[] | null;
}
const to = (name: string, count: number, assignments?: readonly (readonly number[])[]): Grown => ({
  name,
  count,
  assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
});
const grow = (grown: readonly Grown[], { timeoutMs = 15_000, validateOnly = false } = {}) =>
  ask(CreatePartitions, { topics: grown, timeoutMs, validateOnly });

export const createPartitionsCases: readonly Case[] = [
  story(
    CreatePartitions,
    'more partitions, plain and assigned',
    [
      topics(['a', 'b']),
      grow([to('~a', 3), to('~b', 2, [[1]])]),
      produce('a', undefined, 2),
      grow([to('~a', 4)], { validateOnly: true }),
      grow([to('~a', 4, [[1]])], { validateOnly: true }),
      grow([to('~b', 3)], { timeoutMs: 0 }),
      grow([to('~b', 3)], { timeoutMs: -1 }),
    ],
    { quick: true },
  ),
  story(CreatePartitions, 'more than are made at once', [
    topics(['a']),
    grow([to('~a', 10_002)], { validateOnly: true }),
    grow([to('~a', 10_001)], { validateOnly: true }),
  ]),
  story(CreatePartitions, 'counts that do not grow', [
    topics(['a'], { partitions: 2 }),
    ...[2, 1, 0, -1, -(2 ** 31)].map((count) => grow([to('~a', count)])),
  ]),
  story(CreatePartitions, 'assignments that do not fit', [
    topics(['a']),
    ...[[], [[2]], [[]], [[1, 1]], [[1, 2]], [[-1]], [[1], [1]]].map((given) => grow([to('~a', 2, given)])),
    grow([to('~a', 3, [[1]])]),
    grow([to('~a', 3, [[1], [2]])]),
  ]),
  story(CreatePartitions, 'names twice, none, and those of nobody', [
    topics(['a', 'b']),
    grow([to('~a', 2), to('~a', 3), to('~b', 2)]),
    grow([to('~nobody', 2), to('', 2), to('not a name', 2), to('~@250:x', 2), to('__cluster_metadata', 2)]),
    grow([]),
    ask(CreatePartitions, { topics: null as never, timeoutMs: 1000 }),
    ask(CreatePartitions, { topics: [{ name: null as never, count: 2, assignments: null }], timeoutMs: 1000 }),
  ]),
];
