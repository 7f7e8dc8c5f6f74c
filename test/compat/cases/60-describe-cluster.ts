import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';

const { DescribeCluster } = apis;

export const describeClusterCases: readonly Case[] = [
  story(
    DescribeCluster,
    'the one node, with and without what may be done',
    [
      ask(DescribeCluster, {}),
      ask(DescribeCluster, { includeClusterAuthorizedOperations: true }),
      ask(DescribeCluster, { includeFencedBrokers: true }),
    ],
    { quick: true },
  ),
  story(
    DescribeCluster,
    'endpoints of other kinds',
    [0, 2, 3, -1].map((endpointType) => ask(DescribeCluster, { endpointType })),
    { from: 1 },
  ),
];
