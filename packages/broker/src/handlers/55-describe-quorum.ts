import { Offset } from '@skerry/base';
import {
  type DescribeQuorumRequest,
  type DescribeQuorumResponseInput,
  describeQuorumRequest,
  describeQuorumResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import { advertisedListener } from '../advertised.ts';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';

type TopicAnswer = NonNullable<DescribeQuorumResponseInput['topics']>[number];
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number];

const metadataTopic = '__cluster_metadata';

/**
 * DescribeQuorum, v0-v2: who keeps the metadata log, and how far each has it (KIP-595, KIP-853).
 *
 * - This node alone votes and leads. It is named with the address that clients of this listener are told, since there
 *   is no controller's listener.
 * - Anything but one partition, that of the metadata log, is UNKNOWN_TOPIC_OR_PARTITION.
 */
export const describeQuorum: Handler<DescribeQuorumRequest, DescribeQuorumResponseInput> = {
  request: describeQuorumRequest,
  response: describeQuorumResponse,
  versions: [0, 2],

  handle(request, context, reply) {
    if (!context.allowed('describe', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    if (!asksForMetadata(request)) {
      const message = 'Only the metadata log has a quorum: one topic, one partition.';
      return reply({ errorMessage: '', topics: refusedTopics(request, 'UNKNOWN_TOPIC_OR_PARTITION', message) });
    }
    const { nodeId, client } = context;
    reply({
      errorMessage: '',
      topics: [{ topicName: metadataTopic, partitions: [quorum(context)] }],
      ...(context.apiVersion >= 2
        ? { nodes: [{ nodeId, listeners: [{ name: client.listener, ...advertisedListener(context) }] }] }
        : {}),
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};

/** No partition at all is not refused, and finds nothing. */
function asksForMetadata({ topics }: DescribeQuorumRequest): boolean {
  const [topic, ...others] = topics;
  if (topic === undefined || others.length > 0 || topic.topicName !== metadataTopic) return false;
  return topic.partitions.length === 1 && topic.partitions[0]?.partitionIndex === 0;
}

function quorum({ nodeId, cluster, clock }: Context): PartitionAnswer {
  const { leaderEpoch, highWatermark, logEndOffset } = cluster.metadataLog;
  const now = BigInt(clock.wallMs());
  return {
    partitionIndex: 0,
    errorMessage: '',
    leaderId: nodeId,
    leaderEpoch,
    highWatermark,
    currentVoters: [{ replicaId: nodeId, logEndOffset, lastFetchTimestamp: now, lastCaughtUpTimestamp: now }],
  };
}

function refusedTopics({ topics }: DescribeQuorumRequest, error: ErrorName, errorMessage: string): TopicAnswer[] {
  return topics.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partitionIndex }) => ({
      partitionIndex,
      errorCode: errorCode(error),
      errorMessage,
      leaderId: 0,
      leaderEpoch: 0,
      highWatermark: Offset(0),
    })),
  }));
}
