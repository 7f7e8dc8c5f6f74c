import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { produce, produceNumbered, producer, topics } from './support.ts';

const { DescribeProducers } = apis;
const of = (name: string, ...partitionIndexes: readonly number[]) =>
  ask(DescribeProducers, { topics: [{ name, partitionIndexes }] });

export const describeProducersCases: readonly Case[] = [
  story(
    DescribeProducers,
    'who has written with an id, and who without',
    [
      topics(['a'], { partitions: 2 }),
      produce('a'),
      of('~a', 0),
      producer(),
      produceNumbered('a', { sequence: 0 }),
      of('~a', 0, 1),
      produceNumbered('a', { sequence: 3 }),
      of('~a', 0),
    ],
    { quick: true },
  ),
  story(DescribeProducers, 'names twice, none, and those of nobody', [
    topics(['a']),
    of('~a', 0, 0),
    of('~a', 1, -1),
    of('~a'),
    of('~nobody', 0),
    of('', 0),
    of('not a name', 0),
    of('~@250:x', 0),
    ask(DescribeProducers, { topics: [] }),
  ]),
];
