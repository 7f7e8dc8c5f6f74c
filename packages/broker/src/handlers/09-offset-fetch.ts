import { Offset, type Uuid, zeroUuid } from '@skerry/base';
import {
  type ErrorName,
  errorCode,
  type OffsetFetchRequest,
  type OffsetFetchResponseInput,
  offsetFetchRequest,
  offsetFetchResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { FetchOffsetsAnswer } from '../groups/contract.ts';
import type { Handler } from '../handler.ts';

type Asked = OffsetFetchRequest['groups'][number];
type AskedTopics = NonNullable<Asked['topics']>;
type Answered = FetchOffsetsAnswer & { readonly groupId: string };

/**
 * OffsetFetch, v1-v10: how far groups have come.
 *
 * - Null topics (v2) ask for all that a group has committed, and get what the client may see.
 * - v8 asks for several groups; each has its own error. Before that there is one, and before v2 its error stands at
 *   every partition.
 * - v10 names topics by id; an offset committed under another id is not told. v9's member epoch counts in
 *   consumer groups: classic ones ignore it.
 */
export const offsetFetch: Handler<OffsetFetchRequest, OffsetFetchResponseInput> = {
  request: offsetFetchRequest,
  response: offsetFetchResponse,
  versions: [1, 10],

  handle(request, context, reply) {
    const asked = groupsOf(request, context.apiVersion);
    const answers: Answered[] = [];
    let due = asked.length;
    if (due === 0) return reply({});
    asked.forEach((group, i) => {
      fetch(group, request.requireStable, context, (answer) => {
        answers[i] = answer;
        if (--due === 0) reply(respond(context.apiVersion, answers));
      });
    });
  },

  refuse: (request, error, version) =>
    respond(
      version,
      groupsOf(request, version).map((group) => refused(group, error)),
    ),
};

/** Before v8 the one group stands in the request itself. */
function groupsOf({ groupId, topics, groups }: OffsetFetchRequest, version: number): readonly Asked[] {
  if (version >= 8) return groups;
  const byName = topics?.map((topic) => ({ ...topic, topicId: zeroUuid })) ?? null;
  return [{ groupId, memberId: null, memberEpoch: -1, topics: byName }];
}

function fetch(asked: Asked, requireStable: boolean, context: Context, done: (answer: Answered) => void): void {
  const { groupId, memberId, memberEpoch } = asked;
  if (!context.allowed('describe', 'group', groupId)) return done(refused(asked, 'GROUP_AUTHORIZATION_FAILED'));
  if (asked.topics === null) {
    return context.groups.fetchOffsets(
      { groupId, memberId, memberEpoch, topics: undefined, requireStable },
      ({ error, topics }) => done({ groupId, error, topics: topics.flatMap((topic) => visible(topic, context)) }),
    );
  }
  const refusals: Answered['topics'][number][] = [];
  const topics: AskedTopics[number][] = [];
  for (const topic of asked.topics) {
    const name = topic.topicId === zeroUuid ? topic.name : context.catalog.topicById(topic.topicId)?.name;
    if (name === undefined || name === '') refusals.push(refusedTopic(topic, 'UNKNOWN_TOPIC_ID'));
    else if (!context.allowed('describe', 'topic', name)) {
      refusals.push(refusedTopic({ ...topic, name }, 'TOPIC_AUTHORIZATION_FAILED'));
    } else topics.push({ ...topic, name });
  }
  context.groups.fetchOffsets({ groupId, memberId, memberEpoch, topics, requireStable }, ({ error, topics: found }) =>
    done(error === 'NONE' ? { groupId, error, topics: [...found, ...refusals] } : refused(asked, error)),
  );
}

/** The topic as this client may see it; by its id, where that is how the client names topics. */
function visible(topic: Answered['topics'][number], context: Context): Answered['topics'] {
  if (!context.allowed('describe', 'topic', topic.name)) return [];
  if (context.apiVersion < 10) return [topic];
  const topicId = topic.topicId === zeroUuid ? context.catalog.topic(topic.name)?.id : topic.topicId;
  return topicId === undefined ? [] : [{ ...topic, topicId }];
}

function refused({ groupId, topics }: Asked, error: ErrorName): Answered {
  return { groupId, error, topics: topics?.map((topic) => refusedTopic(topic, error)) ?? [] };
}

function refusedTopic(
  { name, topicId, partitionIndexes }: { name: string; topicId: Uuid; partitionIndexes: readonly number[] },
  error: ErrorName,
): Answered['topics'][number] {
  const nothing = { committedOffset: Offset(-1), committedLeaderEpoch: -1, metadata: '', error };
  return { name, topicId, partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, ...nothing })) };
}

function respond(version: number, answers: readonly Answered[]): OffsetFetchResponseInput {
  const groups = answers.map(({ groupId, error, topics }) => ({
    groupId,
    errorCode: errorCode(error),
    // A group that is refused as a whole tells no partitions, but where an old version has no other place for the
    // error.
    topics: error !== 'NONE' && version >= 2 ? [] : topics.map(respondTopic),
  }));
  if (version >= 8) return { groups };
  const [only] = groups;
  return only === undefined ? {} : { topics: only.topics, errorCode: only.errorCode };
}

function respondTopic({ name, topicId, partitions }: Answered['topics'][number]) {
  return {
    name,
    topicId,
    partitions: partitions.map(({ error, ...partition }) => ({ ...partition, errorCode: errorCode(error) })),
  };
}
