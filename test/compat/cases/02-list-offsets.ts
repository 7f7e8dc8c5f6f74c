import { apis } from '../apis.ts';
import { ask, type Case, type Step, story } from '../steps.ts';
import { batch, bytes, produce, someTime, topics } from './support.ts';

const { ListOffsets } = apis;

const at = (timestamp: bigint | number, more: object = {}): Step =>
  ask(ListOffsets, {
    replicaId: -1,
    topics: [{ name: '~a', partitions: [{ partitionIndex: 0, timestamp: BigInt(timestamp), ...more }] }],
  });

/** Records a second apart, then one that is older than those before it. */
const filled: readonly Step[] = [
  topics(['a']),
  produce('a', batch(['a', 'b', 'c'])),
  produce(
    'a',
    batch([
      { value: bytes('d'), timestamp: someTime + 9000 },
      { value: bytes('e'), timestamp: someTime + 500 },
    ]),
  ),
];

export const listOffsetsCases: readonly Case[] = [
  story(
    ListOffsets,
    'earliest, latest, the newest record, local and tiered',
    [...filled, at(-2), at(-1), at(-3), at(-4), at(-5), at(-6), at(-7), at(-100)],
    { quick: true },
  ),
  story(ListOffsets, 'the same of an empty partition', [
    topics(['a']),
    at(-2),
    at(-1),
    at(-3),
    at(-4),
    at(-5),
    at(0),
    at(1),
  ]),
  story(ListOffsets, 'by time', [
    ...filled,
    ...[0, 1, someTime, someTime + 1, someTime + 1000, someTime + 2000, someTime + 2001, someTime + 9000].map((time) =>
      at(time),
    ),
    at(someTime + 9001),
    at(2n ** 63n - 1n),
    at(-(2n ** 63n)),
  ]),
  story(ListOffsets, 'leader epochs', [
    ...filled,
    ...[-2, -1, 0, 1, 2 ** 31 - 1].map((currentLeaderEpoch) => at(-1, { currentLeaderEpoch })),
  ]),
  story(ListOffsets, 'read committed', [
    ...filled,
    ...[0, 1, 2, -1].map((isolationLevel) =>
      ask(ListOffsets, {
        replicaId: -1,
        isolationLevel,
        topics: [{ name: '~a', partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
      }),
    ),
  ]),
  story(
    ListOffsets,
    'topics and partitions that are not there',
    [
      topics(['a']),
      ...[1, -1, 2 ** 31 - 1].map((partitionIndex) =>
        ask(ListOffsets, { replicaId: -1, topics: [{ name: '~a', partitions: [{ partitionIndex, timestamp: -1n }] }] }),
      ),
      ...['~nobody', '', '..', 'not a name'].map((name) =>
        ask(ListOffsets, { replicaId: -1, topics: [{ name, partitions: [{ partitionIndex: 0, timestamp: -1n }] }] }),
      ),
    ],
    { quick: true },
  ),
  story(ListOffsets, 'empty and null lists', [
    topics(['a']),
    ask(ListOffsets, { replicaId: -1, topics: [] }),
    ask(ListOffsets, { replicaId: -1, topics: [{ name: '~a', partitions: [] }] }),
    ask(ListOffsets, { replicaId: -1, topics: null as never }),
    ask(ListOffsets, { replicaId: -1, topics: [{ name: '~a', partitions: null as never }] }),
    ask(ListOffsets, { replicaId: -1, topics: [{ name: null as never, partitions: [] }] }),
  ]),
  story(ListOffsets, 'a partition and a topic twice', [
    ...filled,
    ask(ListOffsets, {
      replicaId: -1,
      topics: [{ name: '~a', partitions: [-1n, -2n].map((timestamp) => ({ partitionIndex: 0, timestamp })) }],
    }),
    ask(ListOffsets, {
      replicaId: -1,
      topics: [-1n, -2n].map((timestamp) => ({ name: '~a', partitions: [{ partitionIndex: 0, timestamp }] })),
    }),
  ]),
  story(ListOffsets, 'asked by a replica', [
    ...filled,
    ...[-2, 0, 1, 5].map((replicaId) =>
      ask(ListOffsets, { replicaId, topics: [{ name: '~a', partitions: [{ partitionIndex: 0, timestamp: -1n }] }] }),
    ),
  ]),
];
