import {
  type ErrorName,
  errorCode,
  type OffsetDeleteRequest,
  type OffsetDeleteResponseInput,
  offsetDeleteRequest,
  offsetDeleteResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';

type AskedTopic = OffsetDeleteRequest['topics'][number];

/**
 * OffsetDelete, v0: removes offsets that a group has committed (KIP-496).
 *
 * - Each partition has its own answer. One for which nothing is committed is answered like one whose offset went.
 * - Offsets of a topic that a member reads stay. Where the broker cannot tell what members read, because they are not
 *   consumers, none is removed while there are members.
 */
export const offsetDelete: Handler<OffsetDeleteRequest, OffsetDeleteResponseInput> = {
  request: offsetDeleteRequest,
  response: offsetDeleteResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    const { groupId, topics } = request;
    const whole = (error: ErrorName): void => reply({ errorCode: errorCode(error) });
    if (!context.allowed('delete', 'group', groupId)) return whole('GROUP_AUTHORIZATION_FAILED');
    if (context.readOnly !== undefined) return whole('KAFKA_STORAGE_ERROR');
    const errors = topics.map((topic) => refusals(topic, context));
    const asked = topics.flatMap(({ name, partitions }, i) =>
      partitions
        .filter((_, j) => errors[i]?.[j] === 'NONE')
        .map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
    );
    if (asked.length === 0) return reply(answer(topics, errors, noTopics));
    context.groups.deleteOffsets(groupId, asked, (error, subscribed) => {
      if (error !== 'NONE') whole(error);
      else reply(answer(topics, errors, subscribed));
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};

const noTopics: ReadonlySet<string> = new Set();

/** What stands against each partition, before the group is asked. */
function refusals({ name, partitions }: AskedTopic, context: Context): readonly ErrorName[] {
  const allowed = context.allowed('read', 'topic', name);
  const topic = context.catalog.topic(name);
  return partitions.map(({ partitionIndex }) => {
    if (!allowed) return 'TOPIC_AUTHORIZATION_FAILED';
    return topic?.partitions[partitionIndex] === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'NONE';
  });
}

function answer(
  topics: readonly AskedTopic[],
  errors: readonly (readonly ErrorName[])[],
  subscribed: ReadonlySet<string>,
): OffsetDeleteResponseInput {
  return {
    topics: topics.map(({ name, partitions }, i) => ({
      name,
      partitions: partitions.map(({ partitionIndex }, j) => {
        const refused = errors[i]?.[j] ?? 'NONE';
        const error = refused === 'NONE' && subscribed.has(name) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : refused;
        return { partitionIndex, errorCode: errorCode(error) };
      }),
    })),
  };
}
