import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';
import { topics } from './support.ts';

const { ElectLeaders } = apis;
const of = (topic: string, ...partitions: readonly number[]) => ({ topic, partitions });

export const electLeadersCases: readonly Case[] = [
  story(ElectLeaders, 'of leaders that are there, and partitions that are not', [
    topics(['a'], { partitions: 2 }),
    ask(ElectLeaders, { topicPartitions: [of('~a', 0, 1, 2, -1), of('~nobody', 0), of('', 0)] }),
    ask(ElectLeaders, { topicPartitions: [of('~a', 0, 0), of('~a', 1)] }),
    ask(ElectLeaders, { topicPartitions: [] }),
    ask(ElectLeaders, { topicPartitions: [of('~a')] }),
    ask(ElectLeaders, { topicPartitions: [of('~a', 0)], timeoutMs: 0 }),
  ]),
  story(
    ElectLeaders,
    'of another kind',
    [
      topics(['a']),
      ...[1, 2, -1].map((electionType) => ask(ElectLeaders, { electionType, topicPartitions: [of('~a', 0, 5)] })),
      ask(ElectLeaders, { electionType: 2, topicPartitions: null }),
    ],
    { from: 1 },
  ),
];
