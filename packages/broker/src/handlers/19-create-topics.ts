import type { Uuid } from '@skerry/base';
import {
  type CreateTopicsRequest,
  type CreateTopicsResponseInput,
  createTopicsRequest,
  createTopicsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { TopicPlan } from '../cluster.ts';
import type { Context } from '../context.ts';
import { countBy } from '../count-by.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';
import { recordsPerRequestMax } from '../records-limit.ts';
import { topicConflict } from '../settings/config-rules.ts';
import { type DescribedConfig, describeTopicConfigs } from '../settings/describe-configs.ts';
import { topicSettingProblem } from '../settings/topic-settings.ts';
import { collisionKey, topicNameFault } from '../topic-name.ts';

type Asked = CreateTopicsRequest['topics'][number];
type Answer = NonNullable<CreateTopicsResponseInput['topics']>[number];
interface Refusal {
  readonly error: ErrorName;
  readonly message: string;
}

/**
 * CreateTopics, v2-v7: makes topics, each with its own answer.
 *
 * - −1 partitions or replicas is the broker's default (KIP-464); an assignment must name this node alone, for
 *   partitions 0 on.
 * - All of a topic is checked before any of it is made; `validateOnly` stops there, and tells an id that nothing
 *   has. The answer comes when clients can see the topic, and tells its settings to those who may see them (KIP-525).
 * - A request that gives no time (`timeoutMs` of 0 or less) is refused whole, as by Kafka's controller, which begins
 *   nothing late; a topic that is begun is waited for.
 */
export const createTopics: Handler<CreateTopicsRequest, CreateTopicsResponseInput> = {
  request: createTopicsRequest,
  response: createTopicsResponse,
  versions: [2, 7],

  handle(request, context, reply) {
    if (request.timeoutMs <= 0) return reply(this.refuse(request, 'REQUEST_TIMED_OUT', context.apiVersion));
    const topics: Answer[] = [];
    const waiting = gather(() => reply({ topics }));
    const names = countBy(request.topics, ({ name }) => name);
    const tooMany = partitionsOf(request, context) > recordsPerRequestMax;
    const unique = new Map(request.topics.map((topic) => [topic.name, topic]));
    [...unique.values()].forEach((asked, place) => {
      const settle = waiting.one();
      const done = (answer: Answer): void => {
        topics[place] = answer;
        settle();
      };
      const plan = planOf(asked, (names.get(asked.name) ?? 0) > 1, tooMany, context);
      if ('error' in plan) done(refused(asked.name, plan.error, plan.message));
      else if (context.meter?.refusesMutation(plan.partitions, context.apiVersion >= 6) === true) {
        done(refused(asked.name, 'THROTTLING_QUOTA_EXCEEDED', null));
      } else if (request.validateOnly) done(made(plan, context.cluster.newTopicId(), context));
      else {
        context.cluster.createTopic(plan, (error, id) => {
          done(error === undefined ? made(plan, id, context) : refused(asked.name, error, messages[error] ?? error));
        });
      }
    });
    waiting.all();
  },

  refuse: ({ topics }, error) => ({
    topics: [...new Set(topics.map(({ name }) => name))].map((name) => refused(name, error, null)),
  }),
};

const messages: Partial<Record<ErrorName, string>> = {
  TOPIC_ALREADY_EXISTS: 'Topic already exists.',
  KAFKA_STORAGE_ERROR: 'The metadata log cannot be written: see the broker log.',
};

function partitionsOf({ topics }: CreateTopicsRequest, { settings }: Context): number {
  return topics.reduce(
    (sum, { numPartitions, assignments }) =>
      sum +
      (assignments.length > 0 ? assignments.length : numPartitions === -1 ? settings['num.partitions'] : numPartitions),
    0,
  );
}

/** What is to be made, or why it is not. */
function planOf(asked: Asked, twice: boolean, tooMany: boolean, context: Context): TopicPlan | Refusal {
  const { name } = asked;
  if (twice)
    return { error: 'INVALID_REQUEST', message: `Duplicate topic name: ${name} is in the request more than once.` };
  const mayCreate = context.allowed('create', 'cluster', 'kafka-cluster') || context.allowed('create', 'topic', name);
  if (!mayCreate) return { error: 'TOPIC_AUTHORIZATION_FAILED', message: 'Authorization failed.' };
  if (context.readOnly !== undefined) return { error: 'POLICY_VIOLATION', message: context.readOnly };
  if (tooMany) {
    const message = `Excessively large number of partitions: a request makes at most ${recordsPerRequestMax}.`;
    return { error: 'POLICY_VIOLATION', message };
  }
  return nameRefusal(name, context) ?? configRefusal(asked) ?? sizeRefusal(asked, context) ?? toPlan(asked, context);
}

function nameRefusal(name: string, context: Context): Refusal | undefined {
  const fault = topicNameFault(name);
  if (fault !== undefined) return { error: 'INVALID_TOPIC_EXCEPTION', message: `Topic name is invalid: ${fault}` };
  if (name === '__cluster_metadata') {
    return { error: 'INVALID_REQUEST', message: `${name} is the broker's own log, not a topic.` };
  }
  if (context.cluster.has(name)) return { error: 'TOPIC_ALREADY_EXISTS', message: `Topic '${name}' already exists.` };
  const twin = context.catalog.collidingWith(collisionKey(name));
  if (twin === undefined) return undefined;
  return { error: 'INVALID_TOPIC_EXCEPTION', message: `Topic '${name}' collides with existing topic: ${twin}` };
}

function configRefusal({ configs }: Asked): Refusal | undefined {
  for (const { name, value } of configs) {
    const message = topicSettingProblem(name, value);
    if (message !== undefined) return { error: 'INVALID_CONFIG', message };
  }
  const message = topicConflict(configsOf(configs));
  return message === undefined ? undefined : { error: 'INVALID_CONFIG', message };
}

const configsOf = (configs: Asked['configs']): ReadonlyMap<string, string> =>
  new Map(configs.map(({ name, value }) => [name, value ?? '']));

function sizeRefusal(
  { numPartitions, replicationFactor, assignments }: Asked,
  { nodeId }: Context,
): Refusal | undefined {
  if (assignments.length > 0) {
    if (replicationFactor !== -1) {
      return {
        error: 'INVALID_REQUEST',
        message: 'A manual partition assignment was specified, but replication factor was not set to -1.',
      };
    }
    if (numPartitions !== -1) {
      return {
        error: 'INVALID_REQUEST',
        message: 'A manual partition assignment was specified, but numPartitions was not set to -1.',
      };
    }
    return assignmentRefusal(assignments, nodeId);
  }
  if (replicationFactor < -1 || replicationFactor === 0) {
    return {
      error: 'INVALID_REPLICATION_FACTOR',
      message: 'Replication factor must be larger than 0, or -1 for the default value.',
    };
  }
  if (numPartitions < -1 || numPartitions === 0) {
    return {
      error: 'INVALID_PARTITIONS',
      message: 'Number of partitions must be larger than 0, or -1 for the default value.',
    };
  }
  if (replicationFactor <= 1) return undefined;
  const message = `Replication factor ${replicationFactor} cannot be reached: there is 1 broker.`;
  return { error: 'INVALID_REPLICATION_FACTOR', message };
}

function assignmentRefusal(assignments: Asked['assignments'], nodeId: number): Refusal | undefined {
  const indexes = assignments.map(({ partitionIndex }) => partitionIndex).sort((a, b) => a - b);
  if (indexes.some((index, place) => index !== place)) {
    return {
      error: 'INVALID_REPLICA_ASSIGNMENT',
      message: 'Partitions should be a consecutive 0-based integer sequence.',
    };
  }
  for (const { brokerIds, partitionIndex } of assignments) {
    if (brokerIds.length === 1 && brokerIds[0] === nodeId) continue;
    const got = brokerIds.join(', ');
    const message = `Partition ${partitionIndex}: its replicas must be broker ${nodeId}, the only one; got [${got}].`;
    return { error: 'INVALID_REPLICA_ASSIGNMENT', message };
  }
  return undefined;
}

function toPlan({ name, numPartitions, assignments, configs }: Asked, { settings }: Context): TopicPlan {
  const partitions =
    assignments.length > 0 ? assignments.length : numPartitions === -1 ? settings['num.partitions'] : numPartitions;
  return { name, partitions, configs: configsOf(configs) };
}

function made(plan: TopicPlan, topicId: Uuid, context: Context): Answer {
  const answer = { name: plan.name, topicId };
  if (!context.allowed('describeConfigs', 'topic', plan.name)) {
    return { ...answer, topicConfigErrorCode: errorCode('TOPIC_AUTHORIZATION_FAILED'), configs: null };
  }
  const configs = describeTopicConfigs(context.settings, plan.configs).map((config) => shownAtCreation(config, plan));
  return { ...answer, numPartitions: plan.partitions, replicationFactor: 1, configs };
}

/** A new topic's settings are told as they were given, and without what they would be otherwise. */
function shownAtCreation({ name, value, readOnly, configSource, isSensitive }: DescribedConfig, plan: TopicPlan) {
  return { name, value: plan.configs.get(name) ?? value, readOnly, configSource, isSensitive };
}

function refused(name: string, error: ErrorName, errorMessage: string | null): Answer {
  return { name, errorCode: errorCode(error), errorMessage, configs: [] };
}
