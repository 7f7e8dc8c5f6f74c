import { type Uuid, zeroUuid } from '@skerry/base';
import {
  type ErrorName,
  errorCode,
  type MetadataRequest,
  type MetadataResponseInput,
  metadataRequest,
  metadataResponse,
} from '@skerry/wire';
import { advertisedListener } from '../advertised.ts';
import { authorisedOperations } from '../authorised-operations.ts';
import type { Topic } from '../catalog.ts';
import type { Context } from '../context.ts';
import { gather } from '../gather.ts';
import type { Handler } from '../handler.ts';
import { topicNameFault } from '../topic-name.ts';
import { defaultPlan } from '../topic-plan.ts';

type TopicAnswer = NonNullable<MetadataResponseInput['topics']>[number];
type Asked = NonNullable<MetadataRequest['topics']>[number];

/**
 * Metadata, v0-v13: the nodes, and the topics asked for or all.
 *
 * - The node's address is the one by which this client reached us, unless `advertised.listeners` says another.
 * - A topic that does not exist is made if the client and `auto.create.topics.enable` allow; the answer waits for it,
 *   so that the first record of a new topic needs no second try. (Kafka answers UNKNOWN_TOPIC_OR_PARTITION at first;
 *   clients ask again.)
 * - A partition that is offline, since what it holds is damaged, has no leader, and its replica is named as offline.
 * - Topics are named by id from v12 on; v10 and v11 have room for ids, but using them is INVALID_REQUEST.
 * - A topic that the client may not describe is left out of "all", and refused by name; by id it is unknown, so that
 *   ids tell nothing.
 */
export const metadata: Handler<MetadataRequest, MetadataResponseInput> = {
  request: metadataRequest,
  response: metadataResponse,
  versions: [0, 13],

  handle(request, context, reply) {
    const { apiVersion } = context;
    if (
      apiVersion < 12 &&
      request.topics?.some(({ name, topicId }) => name === null || topicId !== zeroUuid) === true
    ) {
      return reply(this.refuse(request, 'INVALID_REQUEST', apiVersion));
    }
    if (request.topics === null || (apiVersion === 0 && request.topics.length === 0)) {
      const visible = [...context.catalog.topics].filter(({ name }) => context.allowed('describe', 'topic', name));
      return reply(
        answer(
          visible.map((topic) => describe(topic, request, context)),
          request,
          context,
        ),
      );
    }
    const asked = distinct(wanted(request.topics));
    const answers: TopicAnswer[] = [];
    const waiting = gather(() => reply(answer(answers, request, context)));
    asked.forEach((one, place) => {
      const settle = waiting.one();
      describeOne(one, request, context, (described) => {
        answers[place] = described;
        settle();
      });
    });
    waiting.all();
  },

  // Versions below 12 have no form for an absent name.
  refuse: ({ topics }, error) => ({
    topics: (topics ?? []).map(({ name, topicId }) => refusal(name ?? '', topicId, error)),
    errorCode: errorCode(error),
  }),
};

/** Where one topic is named by its id, all are: names beside ids say nothing. */
function wanted(topics: readonly Asked[]): readonly Asked[] {
  const byId = topics.filter(({ topicId }) => topicId !== zeroUuid);
  return byId.length === 0 ? topics : byId.map(({ topicId }) => ({ name: null, topicId }));
}

function distinct(topics: readonly Asked[]): readonly Asked[] {
  const seen = new Map(topics.map((topic) => [topic.name ?? topic.topicId, topic]));
  return seen.size === topics.length ? topics : [...seen.values()];
}

function describeOne(
  asked: Asked,
  request: MetadataRequest,
  context: Context,
  done: (answer: TopicAnswer) => void,
): void {
  const { name, topicId } = asked;
  if (name === null) {
    const topic = context.catalog.topicById(topicId);
    const visible = topic !== undefined && context.allowed('describe', 'topic', topic.name);
    return done(visible ? describe(topic, request, context) : refusal(null, topicId, 'UNKNOWN_TOPIC_ID'));
  }
  if (!context.allowed('describe', 'topic', name)) return done(refusal(name, zeroUuid, 'TOPIC_AUTHORIZATION_FAILED'));
  const topic = context.catalog.topic(name);
  if (topic !== undefined) return done(describe(topic, request, context));
  if (topicNameFault(name) !== undefined) return done(refusal(name, zeroUuid, 'INVALID_TOPIC_EXCEPTION'));
  const mayMake = context.settings['auto.create.topics.enable'] && context.readOnly === undefined;
  const wanted = request.allowAutoTopicCreation && mayMake;
  if (!wanted) return done(refusal(name, zeroUuid, 'UNKNOWN_TOPIC_OR_PARTITION'));
  if (!context.allowed('create', 'topic', name) && !context.allowed('create', 'cluster', 'kafka-cluster')) {
    return done(refusal(name, zeroUuid, 'TOPIC_AUTHORIZATION_FAILED'));
  }
  context.cluster.ensureTopic(defaultPlan(name, context.settings), (error) => {
    const made = context.catalog.topic(name);
    done(
      made === undefined ? refusal(name, zeroUuid, error ?? 'LEADER_NOT_AVAILABLE') : describe(made, request, context),
    );
  });
}

const noLeader = -1;

function describe(topic: Topic, request: MetadataRequest, context: Context): TopicAnswer {
  const nodes = [context.nodeId];
  return {
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.internal,
    partitions: topic.partitions.map(({ index, leaderEpoch, isOffline }) => ({
      errorCode: errorCode(isOffline ? 'LEADER_NOT_AVAILABLE' : 'NONE'),
      partitionIndex: index,
      leaderId: isOffline ? noLeader : context.nodeId,
      leaderEpoch,
      replicaNodes: nodes,
      isrNodes: nodes,
      offlineReplicas: isOffline ? nodes : [],
    })),
    ...(request.includeTopicAuthorizedOperations
      ? { topicAuthorizedOperations: authorisedOperations(context, 'topic', topic.name) }
      : {}),
  };
}

function refusal(name: string | null, topicId: Uuid, error: ErrorName): TopicAnswer {
  return { name, topicId, errorCode: errorCode(error) };
}

function answer(topics: readonly TopicAnswer[], request: MetadataRequest, context: Context): MetadataResponseInput {
  const { host, port } = advertisedListener(context);
  return {
    brokers: [{ nodeId: context.nodeId, host, port, rack: context.settings['broker.rack'] ?? null }],
    clusterId: context.clusterId,
    controllerId: context.nodeId,
    topics,
    ...(request.includeClusterAuthorizedOperations && context.allowed('describe', 'cluster', 'kafka-cluster')
      ? { clusterAuthorizedOperations: authorisedOperations(context, 'cluster', 'kafka-cluster') }
      : {}),
  };
}
