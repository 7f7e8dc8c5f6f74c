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
    const asked = topics.flatMap((topic, place) => refusals(topic, place, context));
    const good = asked.filter(({ error }) => error === undefined);
    // Also with nothing to remove: the group's own error comes first.
    context.groups.deleteOffsets(groupId, good, (error, subscribed) => {
      if (error !== 'NONE') return whole(error);
      const refused = asked.filter((one) => one.error !== undefined);
      const removed = good.map((one) => (subscribed.has(one.topic) ? { ...one, error: inUse } : one));
      // Kafka puts what it removed as it was asked, and joins it with what it refused, if there is any.
      reply({ topics: refused.length === 0 ? inRuns(removed) : byTopic([...refused, ...removed]) });
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};

const inUse: ErrorName = 'GROUP_SUBSCRIBED_TO_TOPIC';

interface Asked {
  /** Of the topic in the request. */
  readonly place: number;
  readonly topic: string;
  readonly partition: number;
  readonly error: ErrorName | undefined;
}

/** The partitions of a topic, with what stands against each before the group is asked. */
function refusals({ name, partitions }: AskedTopic, place: number, context: Context): readonly Asked[] {
  const allowed = context.allowed('read', 'topic', name);
  const topic = context.catalog.topic(name);
  return partitions.map(({ partitionIndex }) => {
    const unknown = topic?.partitions[partitionIndex] === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : undefined;
    return { place, topic: name, partition: partitionIndex, error: allowed ? unknown : 'TOPIC_AUTHORIZATION_FAILED' };
  });
}

type Answers = NonNullable<OffsetDeleteResponseInput['topics']>;

/** One entry for each time that a topic was named. */
function inRuns(answers: readonly Asked[]): Answers {
  return [...Map.groupBy(answers, ({ place }) => place).values()].flatMap(byTopic);
}

/** One entry a topic, in the order in which they come; Kafka answers what it refused first. */
function byTopic(answers: readonly Asked[]): Answers {
  const topics = Map.groupBy(answers, ({ topic }) => topic);
  return [...topics].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, error }) => ({
      partitionIndex: partition,
      errorCode: errorCode(error ?? 'NONE'),
    })),
  }));
}
