import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { produce, topics } from './support.ts';

const { DescribeLogDirs } = apis;
const of = (topic: string, ...partitions: readonly number[]) => ({ topic, partitions });

export const describeLogDirsCases: readonly Case[] = [
  story(
    DescribeLogDirs,
    'partitions, there and not, once and twice',
    [
      topics(['a'], { partitions: 2 }),
      produce('a'),
      produce('a'),
      ask(DescribeLogDirs, { topics: [of('~a', 0, 1)] }),
      ask(DescribeLogDirs, { topics: [of('~a', 1)] }),
      ask(DescribeLogDirs, { topics: [of('~a', 0, 0), of('~a', 1)] }),
      ask(DescribeLogDirs, { topics: [of('~a', 2, -1), of('~nobody', 0), of('', 0)] }),
      ask(DescribeLogDirs, { topics: [of('~a')] }),
      ask(DescribeLogDirs, { topics: [] }),
    ],
    { quick: true },
  ),
];
