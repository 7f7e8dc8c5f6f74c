import { type Uuid, zeroUuid } from '@skerry/base';
import {
  type AlterShareGroupOffsetsRequest,
  type AlterShareGroupOffsetsResponseInput,
  alterShareGroupOffsetsRequest,
  alterShareGroupOffsetsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';
import { shareRefusal } from '../share/refusal.ts';

type Asked = AlterShareGroupOffsetsRequest['topics'][number];

/** AlterShareGroupOffsets, v0: moves where a share group without members goes on (KIP-932). */
export const alterShareGroupOffsets: Handler<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponseInput> = {
  request: alterShareGroupOffsetsRequest,
  response: alterShareGroupOffsetsResponse,
  versions: [0, 0],

  handle({ groupId, topics }, context, reply) {
    const refuse = (error: ErrorName, errorMessage: string | null = null): void =>
      reply({ errorCode: errorCode(error), errorMessage });
    const refusal = shareRefusal(groupId, context);
    if (refusal !== undefined) return refuse(refusal);
    if (context.readOnly !== undefined) return refuse('KAFKA_STORAGE_ERROR', context.readOnly);
    const group = context.share.groups.get(groupId);
    if (group === undefined) return refuse('GROUP_ID_NOT_FOUND', `Share group ${groupId} not found.`);
    if (group.members.size > 0) return refuse('NON_EMPTY_GROUP', `The group has ${group.members.size} members.`);
    const waiting = gather(() => reply({ responses }));
    const responses = topics.map((asked) => alter(groupId, asked, context, () => waiting.one()));
    waiting.all();
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};

function alter(groupId: string, { topicName, partitions }: Asked, context: Context, wait: () => () => void) {
  const topic = context.catalog.topic(topicName);
  const topicId: Uuid = topic?.id ?? zeroUuid;
  const refused: ErrorName | undefined = context.allowed('read', 'topic', topicName)
    ? undefined
    : 'TOPIC_AUTHORIZATION_FAILED';
  return {
    topicName,
    topicId: refused === undefined ? topicId : zeroUuid,
    partitions: partitions.map(({ partitionIndex, startOffset }) => {
      const told = { partitionIndex, errorCode: errorCode(refused ?? 'NONE') };
      if (refused !== undefined) return told;
      if (topic?.partitions[partitionIndex] === undefined) {
        return { partitionIndex, errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION') };
      }
      const settle = wait();
      context.share.reads.reset({ groupId, topicId, partition: partitionIndex }, startOffset, (error) => {
        told.errorCode = errorCode(error ?? 'NONE');
        settle();
      });
      return told;
    }),
  };
}
