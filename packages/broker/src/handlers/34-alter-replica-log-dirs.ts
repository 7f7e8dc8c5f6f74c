import {
  type AlterReplicaLogDirsRequest,
  type AlterReplicaLogDirsResponseInput,
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * AlterReplicaLogDirs, v1-v2: moves partitions to another folder of this node (KIP-113).
 *
 * There is one folder: a partition that is to go there is there, and any other folder is LOG_DIR_NOT_FOUND. Of a
 * partition named twice the folder named last counts. A topic of Kafka's longest names is INVALID_TOPIC_EXCEPTION there
 * and here: the folder that it has on its way, with an id and a word in its name, would have a name that is too long.
 */
export const alterReplicaLogDirs: Handler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponseInput> = {
  request: alterReplicaLogDirsRequest,
  response: alterReplicaLogDirsResponse,
  versions: [1, 2],

  handle(request, context, reply) {
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    const { path } = context.dataFolder();
    const verdict = (name: string, index: number, folder: string): ErrorName => {
      if (nameOnTheWay(name, index) > fileNameMax) return 'INVALID_TOPIC_EXCEPTION';
      if (folder !== path) return 'LOG_DIR_NOT_FOUND';
      const partition = context.catalog.partition(name, index);
      return partition === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : (partition.refusal ?? 'NONE');
    };
    reply(answer(request, verdict));
  },

  refuse: (request, error) => answer(request, () => error),
};

const fileNameMax = 255;
const nameOnTheWay = (topic: string, index: number): number =>
  `${topic}-${index}.`.length + '0123456789abcdef0123456789abcdef-future'.length;

function answer(
  { dirs }: AlterReplicaLogDirsRequest,
  verdict: (name: string, index: number, folder: string) => ErrorName,
): AlterReplicaLogDirsResponseInput {
  const topics = new Map<string, Map<number, ErrorName>>();
  for (const { path, topics: moved } of dirs) {
    for (const { name, partitions } of moved) {
      const known = topics.get(name) ?? new Map<number, ErrorName>();
      if (partitions.length > 0) topics.set(name, known);
      for (const index of partitions) known.set(index, verdict(name, index, path));
    }
  }
  return {
    results: [...topics].map(([topicName, partitions]) => ({
      topicName,
      partitions: [...partitions].map(([partitionIndex, error]) => ({ partitionIndex, errorCode: errorCode(error) })),
    })),
  };
}
