import {
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponseInput,
  describeLogDirsRequest,
  describeLogDirsResponse,
  errorCode,
} from '@skerry/wire';
import type { Topic } from '../catalog.ts';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';

type Result = NonNullable<DescribeLogDirsResponseInput['results']>[number];
type TopicAnswer = NonNullable<Result['topics']>[number];

/**
 * DescribeLogDirs, v1-v5: the data folder, its file system, and how much of it each partition takes.
 *
 * - There is one folder. Partitions that are asked for and do not exist are left out, as Kafka does.
 * - A partition that is offline, since what it holds is damaged, is left out: its size is not known.
 * - Who may not describe the cluster is told nothing: CLUSTER_AUTHORIZATION_FAILED from v3 on, before that no folder.
 */
export const describeLogDirs: Handler<DescribeLogDirsRequest, DescribeLogDirsResponseInput> = {
  request: describeLogDirsRequest,
  response: describeLogDirsResponse,
  versions: [1, 5],

  handle(request, context, reply) {
    if (!context.allowed('describe', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    const { path, totalBytes, usableBytes } = context.dataFolder();
    reply({
      results: [
        {
          logDir: path,
          topics: topicsOf(request, context),
          totalBytes: BigInt(totalBytes),
          usableBytes: BigInt(usableBytes),
        },
      ],
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};

function topicsOf({ topics }: DescribeLogDirsRequest, { catalog }: Context): TopicAnswer[] {
  if (topics === null) return [...catalog.topics].map((topic) => sizes(topic, undefined)).filter(hasSome);
  const asked = new Map<string, Set<number>>();
  for (const { topic, partitions } of topics) {
    asked.set(topic, new Set([...(asked.get(topic) ?? []), ...partitions]));
  }
  return [...asked].flatMap(([name, indexes]) => {
    const topic = catalog.topic(name);
    return topic === undefined ? [] : [sizes(topic, indexes)].filter(hasSome);
  });
}

const hasSome = ({ partitions }: TopicAnswer): boolean => (partitions ?? []).length > 0;

function sizes({ name, partitions }: Topic, wanted: ReadonlySet<number> | undefined): TopicAnswer {
  const held = partitions.filter(({ index, isOffline }) => !isOffline && (wanted?.has(index) ?? true));
  return {
    name,
    partitions: held.map(({ index, sizeBytes }) => ({
      partitionIndex: index,
      partitionSize: BigInt(sizeBytes),
      offsetLag: 0n,
      isFutureKey: false,
    })),
  };
}
