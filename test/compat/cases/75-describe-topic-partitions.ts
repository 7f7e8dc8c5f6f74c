import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { topics } from './support.ts';

const { DescribeTopicPartitions } = apis;
const page = (names: readonly string[], responsePartitionLimit: number, cursor?: readonly [string, number]) =>
  ask(DescribeTopicPartitions, {
    topics: names.map((name) => ({ name })),
    responsePartitionLimit,
    cursor: cursor === undefined ? null : { topicName: cursor[0], partitionIndex: cursor[1] },
  });

export const describeTopicPartitionsCases: readonly Case[] = [
  story(
    DescribeTopicPartitions,
    'pages of every size',
    [
      topics(['a'], { partitions: 3 }),
      topics(['b']),
      ...[100, 4, 3, 2, 1, 0, -1, 2 ** 31 - 1].map((limit) => page(['~b', '~a'], limit)),
      page(['~a', '~b', '~a'], 100),
    ],
    { quick: true },
  ),
  story(DescribeTopicPartitions, 'from a cursor', [
    topics(['a'], { partitions: 3 }),
    topics(['b']),
    ...[0, 1, 3, 9, -1].map((partition) => page(['~a', '~b'], 2, ['~a', partition])),
    page(['~a', '~b'], 2, ['~b', 0]),
    page(['~a', '~b'], 2, ['~c', 0]),
    page(['~a', '~nobody'], 9, ['~nobody', 0]),
  ]),
  story(DescribeTopicPartitions, 'topics that are not there', [
    topics(['a'], { partitions: 3 }),
    page(['~a', '~nobody', '~zz'], 100),
    page(['~a', '~nobody', '~zz'], 3),
    page(['~nobody'], 1),
  ]),
  story(DescribeTopicPartitions, 'names no topic can have', [
    topics(['a']),
    page(['', '~a'], 10),
    page(['not a name'], 10),
    page(['~@250:x'], 10),
  ]),
];
