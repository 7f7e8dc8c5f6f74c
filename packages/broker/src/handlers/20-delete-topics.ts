import { type Uuid, zeroUuid } from '@skerry/base';
import {
  type DeleteTopicsRequest,
  type DeleteTopicsResponseInput,
  deleteTopicsRequest,
  deleteTopicsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Topic } from '../catalog.ts';
import type { Context } from '../context.ts';
import { countBy } from '../count-by.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';

type Answer = NonNullable<DeleteTopicsResponseInput['responses']>[number];
interface Asked {
  readonly name: string | null;
  readonly topicId: Uuid;
}

/**
 * DeleteTopics, v1-v6: removes topics, by name or by id (v6), with all their records and their groups' offsets.
 *
 * - Each topic gets its own answer, when clients can no longer see it; its files go afterwards.
 * - An id that the client may not describe is unknown, so that ids tell nothing of names.
 * - A request that gives no time (`timeoutMs` of 0 or less) is refused whole; a removal that is begun is waited for.
 */
export const deleteTopics: Handler<DeleteTopicsRequest, DeleteTopicsResponseInput> = {
  request: deleteTopicsRequest,
  response: deleteTopicsResponse,
  versions: [1, 6],

  handle(request, context, reply) {
    if (request.timeoutMs <= 0) return reply(this.refuse(request, 'REQUEST_TIMED_OUT', context.apiVersion));
    const asked = askedOf(request, context.apiVersion);
    const counts = countBy(asked, ({ name, topicId }) => name ?? topicId);
    const responses: Answer[] = [];
    const waiting = gather(() => reply({ responses }));
    asked.forEach((one, place) => {
      const settle = waiting.one();
      const done = (error: ErrorName | undefined, message: string | null = null, found: Asked = one): void => {
        responses[place] = {
          name: found.name,
          topicId: found.topicId,
          errorCode: errorCode(error ?? 'NONE'),
          errorMessage: message,
        };
        settle();
      };
      if ((counts.get(one.name ?? one.topicId) ?? 0) > 1) {
        done('INVALID_REQUEST', 'the topic is named twice');
      } else remove(one, context, done);
    });
    waiting.all();
  },

  refuse: (request, error, version) => ({
    responses: askedOf(request, version).map(({ name, topicId }) => ({
      name,
      topicId,
      errorCode: errorCode(error),
    })),
  }),
};

function askedOf({ topics, topicNames }: DeleteTopicsRequest, version: number): readonly Asked[] {
  return version >= 6 ? topics : topicNames.map((name) => ({ name, topicId: zeroUuid }));
}

type Done = (error: ErrorName | undefined, message?: string | null, found?: Asked) => void;

function remove(asked: Asked, context: Context, done: Done): void {
  const { name, topicId } = asked;
  if (name !== null && topicId !== zeroUuid) return done('INVALID_REQUEST', 'name a topic, or give its id, not both');
  const topic = name === null ? context.catalog.topicById(topicId) : context.catalog.topic(name);
  const unknown: ErrorName = name === null ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION';
  const known = topic?.name ?? name ?? '';
  const mayDescribe = context.allowed('describe', 'topic', known);
  if (!mayDescribe) return done(name === null ? 'UNKNOWN_TOPIC_ID' : 'TOPIC_AUTHORIZATION_FAILED');
  if (!context.allowed('delete', 'topic', known)) return done('TOPIC_AUTHORIZATION_FAILED');
  if (topic === undefined) return done(unknown);
  if (context.readOnly !== undefined) return done('POLICY_VIOLATION', context.readOnly);
  removeKnown(topic, unknown, context, done);
}

function removeKnown(topic: Topic, unknown: ErrorName, context: Context, done: Done): void {
  if (topic.internal)
    return done('INVALID_REQUEST', `${topic.name} is the broker's own: its groups would lose their offsets`);
  if (!context.settings['delete.topic.enable']) return done('TOPIC_DELETION_DISABLED', 'delete.topic.enable is false');
  if (overQuota(topic, context)) return done('THROTTLING_QUOTA_EXCEEDED');
  const found = { name: topic.name, topicId: topic.id };
  context.cluster.deleteTopic(topic, (error) => {
    if (error === undefined) context.groups.topicDeleted(found.name);
    done(error === 'UNKNOWN_TOPIC_OR_PARTITION' ? unknown : error, null, found);
  });
}

function overQuota({ partitions }: Topic, { meter, apiVersion }: Context): boolean {
  return meter?.refusesMutation(partitions.length, apiVersion >= 5) === true;
}
