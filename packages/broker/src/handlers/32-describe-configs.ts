import {
  type DescribeConfigsRequest,
  type DescribeConfigsResponseInput,
  describeConfigsRequest,
  describeConfigsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import { type DescribedConfig, describeBrokerConfigs, describeTopicConfigs } from '../settings/describe-configs.ts';
import { topicNameFault } from '../topic-name.ts';

type Asked = DescribeConfigsRequest['resources'][number];
type Answer = NonNullable<DescribeConfigsResponseInput['results']>[number];

/** Kinds of resources that have settings here, by Kafka's numbers (KIP-133). */
const kinds = { topic: 2, broker: 4 } as const;

/**
 * DescribeConfigs, v1-v4: the settings of topics and of this node, with where each comes from.
 *
 * - Each resource gets its own answer. Names that are asked for and unknown are left out, as Kafka does.
 * - A secret's value is never told.
 * - Not done: broker loggers, client metrics and groups as resources; the cluster-wide default of a broker (an empty
 *   name) has nothing set.
 */
export const describeConfigs: Handler<DescribeConfigsRequest, DescribeConfigsResponseInput> = {
  request: describeConfigsRequest,
  response: describeConfigsResponse,
  versions: [1, 4],

  handle(request, context, reply) {
    reply({ results: request.resources.map((asked) => describe(asked, request, context)) });
  },

  refuse: ({ resources }, error) => ({ results: resources.map((asked) => refused(asked, error, null)) }),
};

function describe(asked: Asked, request: DescribeConfigsRequest, context: Context): Answer {
  const { resourceType, resourceName } = asked;
  if (resourceType === kinds.topic) return describeTopic(asked, request, context);
  if (resourceType !== kinds.broker) {
    return refused(asked, 'INVALID_REQUEST', `Resources of type ${resourceType} have no settings here.`);
  }
  if (!context.allowed('describeConfigs', 'cluster', 'kafka-cluster')) {
    return refused(asked, 'CLUSTER_AUTHORIZATION_FAILED', null);
  }
  if (resourceName === '') return answered(asked, [], request);
  if (resourceName === String(context.nodeId)) return answered(asked, describeBrokerConfigs(context.settings), request);
  const message = `Unexpected broker id, expected ${context.nodeId} or empty string, but received ${resourceName}`;
  return refused(asked, 'INVALID_REQUEST', message);
}

function describeTopic(asked: Asked, request: DescribeConfigsRequest, context: Context): Answer {
  const { resourceName } = asked;
  if (!context.allowed('describeConfigs', 'topic', resourceName)) {
    return refused(asked, 'TOPIC_AUTHORIZATION_FAILED', null);
  }
  const fault = topicNameFault(resourceName);
  if (fault !== undefined) return refused(asked, 'INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${fault}`);
  const topic = context.catalog.topic(resourceName);
  if (topic === undefined) return refused(asked, 'UNKNOWN_TOPIC_OR_PARTITION', null);
  return answered(asked, describeTopicConfigs(context.settings, topic.configs), request);
}

function answered(asked: Asked, all: readonly DescribedConfig[], request: DescribeConfigsRequest): Answer {
  const { resourceType, resourceName, configurationKeys } = asked;
  const wanted = configurationKeys === null ? undefined : new Set(configurationKeys);
  const configs = all
    .filter(({ name }) => wanted === undefined || wanted.has(name))
    .map((config) => ({
      ...config,
      synonyms: request.includeSynonyms ? config.synonyms : [],
      documentation: request.includeDocumentation ? config.documentation : null,
    }));
  return { errorCode: 0, errorMessage: null, resourceType, resourceName, configs };
}

function refused({ resourceType, resourceName }: Asked, error: ErrorName, errorMessage: string | null): Answer {
  return { errorCode: errorCode(error), errorMessage, resourceType, resourceName };
}
