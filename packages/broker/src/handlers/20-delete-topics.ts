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
 * - Each topic gets its own answer, when clients can no longer see it; its files go afterwards. One that is named twice
 *   gets a single refusal.
 * - An id that the client may not describe is unknown, so that ids tell nothing of names.
 * - A request that gives no time (`timeoutMs` of 0 or less) is refused whole, unless all of it is wrong anyway; a
 *   removal that is begun is waited for.
 */
export const deleteTopics: Handler<DeleteTopicsRequest, DeleteTopicsResponseInput> = {
  request: deleteTopicsRequest,
  response: deleteTopicsResponse,
  versions: [1, 6],

  handle(request, context, reply) {
    const asked = askedOf(request, context.apiVersion);
    const { wrong, right } = sorted(asked);
    if (right.size > 0 && request.timeoutMs <= 0) {
      return reply(this.refuse(request, 'REQUEST_TIMED_OUT', context.apiVersion));
    }
    wrong.push(...takeClashes(asked, right, context));
    const responses: Answer[] = wrong.map(({ named, why }) => answered(named, 'INVALID_REQUEST', why));
    const waiting = gather(() => reply({ responses }));
    [...right.values()].forEach((one, place) => {
      const settle = waiting.one();
      remove(one, context, (error = 'NONE', message = null, found = one) => {
        responses[wrong.length + place] = answered(found, error, message);
        settle();
      });
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

function answered({ name, topicId }: Asked, error: ErrorName, errorMessage: string | null): Answer {
  return { name, topicId, errorCode: errorCode(error), errorMessage };
}

interface Wrong {
  readonly named: Asked;
  readonly why: string;
}

/** What is asked for as it may be, by name or id, and what is not: named twice, by name and by id, or not at all. */
function sorted(asked: readonly Asked[]): { readonly wrong: Wrong[]; readonly right: Map<string, Asked> } {
  const wrong: Wrong[] = [];
  const plain: Asked[] = [];
  for (const named of asked) {
    const [hasName, hasId] = [named.name !== null, named.topicId !== zeroUuid];
    if (hasName !== hasId) plain.push(named);
    else wrong.push({ named, why: hasId ? 'name a topic, or give its id, not both' : 'there is neither name nor id' });
  }
  const counts = countBy(plain, keyOf);
  const right = new Map(plain.map((named) => [keyOf(named), named]));
  for (const [key, named] of right) {
    if ((counts.get(key) ?? 0) > 1 && right.delete(key)) wrong.push({ named, why: 'the topic is named twice' });
  }
  return { wrong, right };
}

/** Takes what is given by its name, and by its id as well, out of `right`. */
function takeClashes(asked: readonly Asked[], right: Map<string, Asked>, { catalog }: Context): Wrong[] {
  const ids = new Set(asked.filter(({ name }) => name === null).map(({ topicId }) => topicId));
  return [...right.values()].flatMap(({ name }) => {
    const topicId = name === null ? undefined : catalog.topic(name)?.id;
    if (name === null || topicId === undefined || !ids.has(topicId)) return [];
    right.delete(name);
    right.delete(topicId);
    return [{ named: { name, topicId }, why: 'the topic is named, and its id given as well' }];
  });
}

const keyOf = ({ name, topicId }: Asked): string => name ?? topicId;

type Done = (error: ErrorName | undefined, message?: string | null, found?: Asked) => void;

function remove(asked: Asked, context: Context, done: Done): void {
  const { name, topicId } = asked;
  const topic = name === null ? context.catalog.topicById(topicId) : context.catalog.topic(name);
  const unknown: ErrorName = name === null ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION';
  const known = topic?.name ?? name ?? '';
  const mayDescribe = context.allowed('describe', 'topic', known);
  if (!mayDescribe && name === null) return done(unknown, 'There is no such topic here.');
  if (!mayDescribe) return done('TOPIC_AUTHORIZATION_FAILED');
  if (!context.allowed('delete', 'topic', known)) return done('TOPIC_AUTHORIZATION_FAILED');
  if (topic === undefined) return done(unknown, 'There is no such topic here.');
  if (context.readOnly !== undefined) return done('POLICY_VIOLATION', context.readOnly);
  removeKnown(topic, unknown, context, done);
}

function removeKnown(topic: Topic, unknown: ErrorName, context: Context, done: Done): void {
  if (topic.internal)
    return done('INVALID_REQUEST', `${topic.name} is the broker's own: its groups would lose their offsets`);
  if (!context.settings['delete.topic.enable']) return done('TOPIC_DELETION_DISABLED', 'delete.topic.enable is false');
  const found = { name: topic.name, topicId: topic.id };
  if (overQuota(topic, context)) return done('THROTTLING_QUOTA_EXCEEDED', null, found);
  context.cluster.deleteTopic(topic, (error) => {
    if (error === undefined) {
      context.groups.topicDeleted(found.name);
      context.share.reads.topicDeleted(found.topicId);
    }
    done(error === 'UNKNOWN_TOPIC_OR_PARTITION' ? unknown : error, null, found);
  });
}

function overQuota({ partitions }: Topic, { meter, apiVersion }: Context): boolean {
  return meter?.refusesMutation(partitions.length, apiVersion >= 5) === true;
}
