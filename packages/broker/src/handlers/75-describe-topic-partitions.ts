import { type Uuid, zeroUuid } from '@skerry/base';
import {
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponseInput,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import { authorisedOperations } from '../authorised-operations.ts';
import type { Topic } from '../catalog.ts';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import { topicNameFault } from '../topic-name.ts';

type Answer = NonNullable<DescribeTopicPartitionsResponseInput['topics']>[number];
type Cursor = NonNullable<DescribeTopicPartitionsRequest['cursor']>;

const noLeader = -1;

/**
 * DescribeTopicPartitions, v0: topics and their partitions, a page at a time (KIP-966).
 *
 * - Topics come in the order of their names. A page has as many partitions as asked for, at most
 *   `max.request.partition.size.limit` and at least one; `nextCursor` says where the next begins.
 * - No topics named is all of them. A cursor must name one of those asked for.
 * - A topic that the client may not describe is left out of "all", and refused by name, after all others.
 * - Eligible leader replicas are none: the one replica always leads.
 */
export const describeTopicPartitions: Handler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponseInput> = {
  request: describeTopicPartitionsRequest,
  response: describeTopicPartitionsResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    const { cursor, topics, responsePartitionLimit } = request;
    const all = topics.length === 0;
    const listed = all ? [...context.catalog.topics] : topics;
    const names = [...new Set(listed.map(({ name }) => name))].sort();
    const known = all || cursor === null || names.includes(cursor.topicName);
    if (!known || (cursor?.partitionIndex ?? 0) < 0) {
      return reply(this.refuse(request, 'INVALID_REQUEST', context.apiVersion));
    }
    const due = names.filter((name) => cursor === null || name >= cursor.topicName);
    const visible = due.filter((name) => context.allowed('describe', 'topic', name));
    const limit = Math.max(Math.min(responsePartitionLimit, context.settings['max.request.partition.size.limit']), 1);
    const page = pageOf(visible, { cursor, limit, ignoreUnknown: all }, context);
    const hidden = all ? [] : due.filter((name) => !visible.includes(name));
    reply({
      topics: [...page.topics, ...hidden.map((name) => refused(name, 'TOPIC_AUTHORIZATION_FAILED'))],
      nextCursor: page.next,
    });
  },

  refuse: ({ topics }, error) => ({ topics: topics.map(({ name }) => refused(name, error)) }),
};

interface Page {
  readonly topics: readonly Answer[];
  readonly next: Cursor | null;
}

function pageOf(
  names: readonly string[],
  { cursor, limit, ignoreUnknown }: { cursor: Cursor | null; limit: number; ignoreUnknown: boolean },
  context: Context,
): Page {
  const topics: Answer[] = [];
  let left = limit;
  for (const name of names) {
    if (left === 0) return { topics, next: { topicName: name, partitionIndex: 0 } };
    const topic = context.catalog.topic(name);
    if (topic === undefined) {
      if (!ignoreUnknown) topics.push({ ...unknown(name), ...operations(name, context) });
      continue;
    }
    const from = name === cursor?.topicName ? cursor.partitionIndex : 0;
    topics.push({ ...describe(topic, from, from + left, context), ...operations(name, context) });
    if (topic.partitions.length > from + left)
      return { topics, next: { topicName: name, partitionIndex: from + left } };
    left -= Math.max(topic.partitions.length - from, 0);
  }
  return { topics, next: null };
}

function unknown(name: string): Answer {
  return refused(name, topicNameFault(name) === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION');
}

const operations = (name: string, context: Context) => ({
  topicAuthorizedOperations: authorisedOperations(context, 'topic', name),
});

function describe(topic: Topic, from: number, to: number, { nodeId }: Context): Answer {
  const nodes = [nodeId];
  return {
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.internal,
    partitions: topic.partitions.slice(from, to).map(({ index, leaderEpoch, isOffline }) => ({
      errorCode: errorCode(isOffline ? 'LEADER_NOT_AVAILABLE' : 'NONE'),
      partitionIndex: index,
      leaderId: isOffline ? noLeader : nodeId,
      leaderEpoch,
      replicaNodes: nodes,
      isrNodes: nodes,
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: isOffline ? nodes : [],
    })),
  };
}

function refused(name: string, error: ErrorName, topicId: Uuid = zeroUuid): Answer {
  return { name, topicId, errorCode: errorCode(error) };
}
