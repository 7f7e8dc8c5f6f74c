import { zeroUuid } from '@skerry/base';
import {
  type DeleteShareGroupOffsetsRequest,
  type DeleteShareGroupOffsetsResponseInput,
  deleteShareGroupOffsetsRequest,
  deleteShareGroupOffsetsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';

/** DeleteShareGroupOffsets, v0: has a share group without members forget topics that it has read (KIP-932). */
export const deleteShareGroupOffsets: Handler<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponseInput> = {
  request: deleteShareGroupOffsetsRequest,
  response: deleteShareGroupOffsetsResponse,
  versions: [0, 0],

  handle({ groupId, topics }, context, reply) {
    const refuse = (error: ErrorName, errorMessage: string | null = null): void =>
      reply({ errorCode: errorCode(error), errorMessage });
    if (context.catalog.features.level('share.version') === 0) return refuse('UNSUPPORTED_VERSION');
    if (!context.allowed('delete', 'group', groupId)) return refuse('GROUP_AUTHORIZATION_FAILED');
    if (context.readOnly !== undefined) return refuse('KAFKA_STORAGE_ERROR', context.readOnly);
    const group = context.share.groups.get(groupId);
    if (group === undefined) return refuse('GROUP_ID_NOT_FOUND', `Share group ${groupId} not found.`);
    if (group.members.size > 0) return refuse('NON_EMPTY_GROUP', `The group has ${group.members.size} members.`);
    const waiting = gather(() => reply({ responses }));
    const responses = topics.map(({ topicName }) => forget(groupId, topicName, context, () => waiting.one()));
    waiting.all();
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};

function forget(groupId: string, topicName: string, context: Context, wait: () => () => void) {
  const refuse = (error: ErrorName) => ({ topicName, topicId: zeroUuid, errorCode: errorCode(error) });
  if (!context.allowed('read', 'topic', topicName)) return refuse('TOPIC_AUTHORIZATION_FAILED');
  const topic = context.catalog.topic(topicName);
  if (topic === undefined) return refuse('UNKNOWN_TOPIC_OR_PARTITION');
  const told = { topicName, topicId: topic.id, errorCode: 0 };
  for (const key of context.share.reads.states.keysOf(groupId)) {
    if (key.topicId !== topic.id) continue;
    const settle = wait();
    context.share.reads.remove(key, (error) => {
      if (error !== undefined) told.errorCode = errorCode(error);
      settle();
    });
  }
  return told;
}
