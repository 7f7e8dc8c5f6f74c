import {
  type CreatePartitionsRequest,
  type CreatePartitionsResponseInput,
  createPartitionsRequest,
  createPartitionsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Topic } from '../catalog.ts';
import type { Context } from '../context.ts';
import { countBy } from '../count-by.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';
import { recordsPerRequestMax } from '../records-limit.ts';

type Asked = CreatePartitionsRequest['topics'][number];
interface Refusal {
  readonly error: ErrorName;
  readonly message: string | null;
}
/** Partitions that the request may still add. */
interface Room {
  left: number;
}
interface Asking {
  readonly context: Context;
  readonly room: Room;
}
type Done = (error?: ErrorName, message?: string | null) => void;

/**
 * CreatePartitions, v0-v3: gives topics more partitions.
 *
 * - Each topic gets its own answer, when clients can see its new partitions; all of a topic is checked before any of
 *   it is made, and `validateOnly` stops there.
 * - `count` is the total, and must grow. Assignments, if any, are of the new partitions alone, each to this node.
 * - A request that gives no time (`timeoutMs` of 0 or less) is refused whole; a change that has begun is waited for.
 * - The broker's own topics do not grow: a group is kept where its name and the number of partitions say.
 * - More than 10,000 new partitions in one request, of all its topics, are a POLICY_VIOLATION for those that come last.
 *   (Kafka answers UNKNOWN_SERVER_ERROR, and may have made some of them.)
 */
export const createPartitions: Handler<CreatePartitionsRequest, CreatePartitionsResponseInput> = {
  request: createPartitionsRequest,
  response: createPartitionsResponse,
  versions: [0, 3],

  handle(request, context, reply) {
    if (request.timeoutMs <= 0) return reply(this.refuse(request, 'REQUEST_TIMED_OUT', context.apiVersion));
    const names = countBy(request.topics, ({ name }) => name);
    const unique = new Map(request.topics.map((topic) => [topic.name, topic]));
    const waiting = gather(() => reply({ results }));
    const room: Room = { left: recordsPerRequestMax };
    const results = [...unique.values()].map((asked) => {
      const result = { name: asked.name, errorCode: 0, errorMessage: null as string | null };
      const settle = waiting.one();
      const done: Done = (error, message = null) => {
        result.errorCode = errorCode(error ?? 'NONE');
        result.errorMessage = message;
        settle();
      };
      if ((names.get(asked.name) ?? 0) > 1) done('INVALID_REQUEST', 'Duplicate topic name.');
      else context.cluster.whenSettled(asked.name, () => grow(asked, request.validateOnly, { context, room }, done));
      return result;
    });
    waiting.all();
  },

  refuse: ({ topics }, error) => ({
    results: [...new Set(topics.map(({ name }) => name))].map((name) => ({ name, errorCode: errorCode(error) })),
  }),
};

function grow(asked: Asked, validateOnly: boolean, { context, room }: Asking, done: Done): void {
  const { name, count } = asked;
  if (!context.allowed('alter', 'topic', name)) return done('TOPIC_AUTHORIZATION_FAILED');
  if (context.readOnly !== undefined) return done('POLICY_VIOLATION', context.readOnly);
  const topic = context.catalog.topic(name);
  if (topic === undefined) return done('UNKNOWN_TOPIC_OR_PARTITION');
  const refusal = sizeRefusal(topic, count, room) ?? assignmentRefusal(asked, topic, context);
  if (refusal !== undefined) return done(refusal.error, refusal.message);
  const added = count - topic.partitions.length;
  room.left -= added;
  if (context.meter?.refusesMutation(added, context.apiVersion >= 3) === true) return done('THROTTLING_QUOTA_EXCEEDED');
  if (validateOnly) return done();
  context.cluster.addPartitions(topic, count, (error) => done(error));
}

function sizeRefusal({ name, internal, partitions }: Topic, count: number, room: Room): Refusal | undefined {
  const has = partitions.length;
  if (internal) {
    return {
      error: 'INVALID_REQUEST',
      message: `${name} is the broker's own: its groups would be looked for elsewhere`,
    };
  }
  if (count === has) return { error: 'INVALID_PARTITIONS', message: `Topic already has ${has} partition(s).` };
  if (count < has) {
    const message = `The topic ${name} has ${has} partition(s); ${count} would not be an increase.`;
    return { error: 'INVALID_PARTITIONS', message };
  }
  if (count - has <= room.left) return undefined;
  return { error: 'POLICY_VIOLATION', message: `At most ${recordsPerRequestMax} partitions are added at once.` };
}

function assignmentRefusal({ assignments, count }: Asked, topic: Topic, { nodeId }: Context): Refusal | undefined {
  if (assignments === null) return undefined;
  const added = count - topic.partitions.length;
  if (assignments.length !== added) {
    return refused(`${added} partition(s) are to be added, but ${assignments.length} assignment(s) were given.`);
  }
  const wrong = assignments.find(({ brokerIds }) => brokerIds.length !== 1 || brokerIds[0] !== nodeId);
  if (wrong === undefined) return undefined;
  return refused(`The replicas must be broker ${nodeId}, the only one; got [${wrong.brokerIds.join(', ')}].`);
}

const refused = (message: string): Refusal => ({ error: 'INVALID_REPLICA_ASSIGNMENT', message });
