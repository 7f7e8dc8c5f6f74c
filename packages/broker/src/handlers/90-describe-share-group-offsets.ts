import { Offset, type Uuid, zeroUuid } from '@skerry/base';
import {
  type DescribeShareGroupOffsetsRequest,
  type DescribeShareGroupOffsetsResponseInput,
  describeShareGroupOffsetsRequest,
  describeShareGroupOffsetsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';

type Asked = DescribeShareGroupOffsetsRequest['groups'][number];
type Described = NonNullable<DescribeShareGroupOffsetsResponseInput['groups']>[number];
type Topic = NonNullable<Described['topics']>[number];

/**
 * DescribeShareGroupOffsets, v0-v1: up to where share groups are done with what they read; v1 adds how many records
 * each still has before it (KIP-1226).
 *
 * No topics given: all that the group has read, and that the client may describe.
 */
export const describeShareGroupOffsets: Handler<
  DescribeShareGroupOffsetsRequest,
  DescribeShareGroupOffsetsResponseInput
> = {
  request: describeShareGroupOffsetsRequest,
  response: describeShareGroupOffsetsResponse,
  versions: [0, 1],

  handle({ groups }, context, reply) {
    reply({
      groups: groups.map((asked): Described => {
        const { groupId } = asked;
        const refuse = (error: ErrorName, errorMessage: string | null = null): Described => {
          return { groupId, errorCode: errorCode(error), errorMessage };
        };
        if (context.catalog.features.level('share.version') === 0) return refuse('UNSUPPORTED_VERSION');
        if (!context.allowed('describe', 'group', groupId)) return refuse('GROUP_AUTHORIZATION_FAILED');
        if (context.share.groups.get(groupId) === undefined) {
          return refuse('GROUP_ID_NOT_FOUND', `Share group ${groupId} not found.`);
        }
        return { groupId, topics: asked.topics === null ? all(groupId, context) : named(asked, context) };
      }),
    });
  },

  refuse: ({ groups }, error) => ({ groups: groups.map(({ groupId }) => ({ groupId, errorCode: errorCode(error) })) }),
};

function all(groupId: string, context: Context): Topic[] {
  const topics = new Map<Uuid, number[]>();
  for (const { topicId, partition } of context.share.reads.states.keysOf(groupId)) {
    const known = topics.get(topicId);
    if (known === undefined) topics.set(topicId, [partition]);
    else known.push(partition);
  }
  return [...topics].flatMap(([topicId, partitions]) => {
    const topic = context.catalog.topicById(topicId);
    if (topic === undefined || !context.allowed('describe', 'topic', topic.name)) return [];
    return [
      describe(
        groupId,
        topic,
        partitions.sort((a, b) => a - b),
        context,
      ),
    ];
  });
}

function named({ groupId, topics }: Asked, context: Context): Topic[] {
  return (topics ?? []).map(({ topicName, partitions }) => {
    const refuse = (error: ErrorName): Topic => ({
      topicName,
      topicId: zeroUuid,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex, errorCode: errorCode(error) })),
    });
    if (!context.allowed('describe', 'topic', topicName)) return refuse('TOPIC_AUTHORIZATION_FAILED');
    const topic = context.catalog.topic(topicName);
    if (topic === undefined) return refuse('UNKNOWN_TOPIC_OR_PARTITION');
    return describe(groupId, topic, partitions, context);
  });
}

function describe(
  groupId: string,
  topic: { readonly name: string; readonly id: Uuid },
  partitions: readonly number[],
  context: Context,
): Topic {
  return {
    topicName: topic.name,
    topicId: topic.id,
    partitions: partitions.map((partitionIndex) => {
      const { startOffset, lag } = context.share.reads.standing({
        groupId,
        topicId: topic.id,
        partition: partitionIndex,
      });
      return { partitionIndex, startOffset: Offset(startOffset), leaderEpoch: 0, lag: BigInt(lag) };
    }),
  };
}
