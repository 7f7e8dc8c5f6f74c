import { zeroUuid } from '@skerry/base';
import {
  type ErrorName,
  errorCode,
  type OffsetCommitRequest,
  type OffsetCommitResponseInput,
  offsetCommitRequest,
  offsetCommitResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { CommitAnswer, CommitTopic } from '../groups/contract.ts';
import type { Handler } from '../handler.ts';

type AskedTopic = OffsetCommitRequest['topics'][number];
type AnsweredTopic = CommitAnswer['topics'][number];

/**
 * OffsetCommit, v2-v10: how far a group has come.
 *
 * - Answered once the commit is in the log.
 * - A partition that the client may not read, or that does not exist, has its own error; the others are committed.
 * - A share group has no such offsets: for commits it is no group.
 * - v10 names topics by id. The id is kept with the offset, so that a topic made anew under the name does not get it.
 */
export const offsetCommit: Handler<OffsetCommitRequest, OffsetCommitResponseInput> = {
  request: offsetCommitRequest,
  response: offsetCommitResponse,
  versions: [2, 10],

  handle(request, context, reply) {
    const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch, retentionTimeMs } = request;
    if (!context.allowed('read', 'group', groupId))
      return reply(this.refuse(request, 'GROUP_AUTHORIZATION_FAILED', context.apiVersion));
    if (context.readOnly !== undefined) return reply(this.refuse(request, 'KAFKA_STORAGE_ERROR', context.apiVersion));
    const refused: AnsweredTopic[] = [];
    const topics: CommitTopic[] = [];
    for (const asked of request.topics) {
      const [good, bad] = split(asked, context);
      if (bad.partitions.length > 0) refused.push(bad);
      if (good.partitions.length > 0) topics.push(good);
    }
    if (topics.length === 0) return reply(answer(refused));
    if (context.share.groups.get(groupId) !== undefined) {
      const noConsumers = topics.map((topic) => refusal(topic, topic.name, 'GROUP_ID_NOT_FOUND'));
      return reply(answer(merge(refused, noConsumers)));
    }
    context.groups.commit(
      {
        groupId,
        memberId,
        groupInstanceId,
        generationId: generationIdOrMemberEpoch,
        retentionTimeMs: Number(retentionTimeMs),
        groupIdNotFoundKnown: context.apiVersion >= 9,
        topics,
      },
      ({ topics: committed }) => reply(answer(merge(refused, committed))),
    );
  },

  refuse: ({ topics }, error) => answer(topics.map((topic) => refusal(topic, topic.name, error))),
};

/** What of a topic may be committed, and what is refused. */
function split(asked: AskedTopic, context: Context): readonly [CommitTopic, AnsweredTopic] {
  const { topicId, partitions } = asked;
  const topic = topicId === zeroUuid ? context.catalog.topic(asked.name) : context.catalog.topicById(topicId);
  const name = topic?.name ?? asked.name;
  const none = { name, topicId, partitions: [] };
  if (context.apiVersion >= 10 && topic === undefined) return [none, refusal(asked, name, 'UNKNOWN_TOPIC_ID')];
  if (!context.allowed('read', 'topic', name)) return [none, refusal(asked, name, 'TOPIC_AUTHORIZATION_FAILED')];
  if (topic === undefined) return [none, refusal(asked, name, 'UNKNOWN_TOPIC_OR_PARTITION')];
  const exists = ({ partitionIndex }: AskedTopic['partitions'][number]): boolean =>
    topic.partitions[partitionIndex] !== undefined;
  return [
    { name, topicId, partitions: partitions.filter(exists) },
    refusal({ ...asked, partitions: partitions.filter((one) => !exists(one)) }, name, 'UNKNOWN_TOPIC_OR_PARTITION'),
  ];
}

function refusal(
  { topicId, partitions }: Pick<AskedTopic | CommitTopic, 'topicId' | 'partitions'>,
  name: string,
  error: ErrorName,
): AnsweredTopic {
  return { name, topicId, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, error })) };
}

/** One entry a topic, also where part of it was refused. */
function merge(refused: readonly AnsweredTopic[], committed: readonly AnsweredTopic[]): readonly AnsweredTopic[] {
  const merged = new Map(refused.map((topic) => [topic.name, topic]));
  for (const topic of committed) {
    const before = merged.get(topic.name);
    const partitions = before === undefined ? topic.partitions : [...before.partitions, ...topic.partitions];
    merged.set(topic.name, { ...topic, partitions });
  }
  return [...merged.values()];
}

function answer(topics: readonly AnsweredTopic[]): OffsetCommitResponseInput {
  return {
    topics: topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex, error }) => ({ partitionIndex, errorCode: errorCode(error) })),
    })),
  };
}
