import {
  type DescribeConfigsRequest,
  type DescribeConfigsResponseInput,
  describeConfigsRequest,
  describeConfigsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Topic } from '../catalog.ts';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import { loggerNames } from '../log-levels.ts';
import { resourceTypes } from '../resource-configs.ts';
import {
  type DescribedConfig,
  describeClusterDefaults,
  describeGroupConfigs,
  describeLogger,
  describeMetricsConfigs,
  describeNodeConfigs,
  describeRemoved,
  describeTopicConfigs,
} from '../settings/describe-configs.ts';
import { topicNameFault } from '../topic-name.ts';

type Asked = DescribeConfigsRequest['resources'][number];
type Answer = NonNullable<DescribeConfigsResponseInput['results']>[number];
interface Refusal {
  readonly error: ErrorName;
  readonly message: string;
}
type Found = readonly DescribedConfig[] | Refusal;

/**
 * DescribeConfigs, v1-v4: the settings of topics, of this node and of all brokers, of its loggers, of groups and of
 * client metrics subscriptions, with where each comes from.
 *
 * - Each resource gets its own answer, but for one of an unknown type, which spoils the request (as in Kafka).
 * - A group or a subscription that nobody has configured has its defaults.
 * - Names that are asked for and unknown are left out; no names, or an empty list of them, are all.
 * - `skerry.disk.removed`, which nobody can set, tells what of a topic the disk budget has removed, if anything.
 * - A secret's value is never told.
 */
export const describeConfigs: Handler<DescribeConfigsRequest, DescribeConfigsResponseInput> = {
  request: describeConfigsRequest,
  response: describeConfigsResponse,
  versions: [1, 4],

  handle(request, context, reply) {
    const known: ReadonlySet<number> = new Set(Object.values(resourceTypes));
    const stranger = request.resources.find(({ resourceType }) => !known.has(resourceType));
    if (stranger !== undefined) {
      const message = `Resources of type ${stranger.resourceType} have no settings: nothing of the request is answered`;
      return reply({ results: request.resources.map((asked) => refused(asked, 'INVALID_REQUEST', message)) });
    }
    const results = request.resources.map((asked) => {
      const found = find(asked, context);
      return 'error' in found ? refused(asked, found.error, found.message) : answered(asked, found, request);
    });
    reply({ results });
  },

  refuse: ({ resources }, error) => ({ results: resources.map((asked) => refused(asked, error, null)) }),
};

function find({ resourceType, resourceName }: Asked, context: Context): Found {
  const { settings, catalog } = context;
  switch (resourceType) {
    case resourceTypes.topic:
      return findTopic(resourceName, context);
    case resourceTypes.group: {
      if (!context.allowed('describeConfigs', 'group', resourceName))
        return { error: 'GROUP_AUTHORIZATION_FAILED', message: '' };
      if (resourceName === '') return { error: 'INVALID_REQUEST', message: 'Name a group' };
      return describeGroupConfigs(settings, catalog.resources.of(resourceType, resourceName));
    }
    default:
      if (!context.allowed('describeConfigs', 'cluster', 'kafka-cluster'))
        return { error: 'CLUSTER_AUTHORIZATION_FAILED', message: '' };
  }
  if (resourceType === resourceTypes.clientMetrics) {
    if (resourceName === '') return { error: 'INVALID_REQUEST', message: 'Name a client metrics subscription' };
    return describeMetricsConfigs(catalog.resources.of(resourceType, resourceName));
  }
  const isLogger = resourceType === resourceTypes.brokerLogger;
  if (resourceName === '' && !isLogger) return describeClusterDefaults(settings);
  const refusal = strangeNode(resourceName, context.nodeId);
  if (refusal !== undefined) return refusal;
  if (!isLogger) return describeNodeConfigs(settings);
  return loggerNames.map((name) => describeLogger(name, context.logLevels.level));
}

function findTopic(name: string, context: Context): Found {
  if (!context.allowed('describeConfigs', 'topic', name)) return { error: 'TOPIC_AUTHORIZATION_FAILED', message: '' };
  const fault = topicNameFault(name);
  if (fault !== undefined) return { error: 'INVALID_TOPIC_EXCEPTION', message: `Topic name is invalid: ${fault}` };
  const topic = context.catalog.topic(name);
  if (topic === undefined) return { error: 'UNKNOWN_TOPIC_OR_PARTITION', message: '' };
  return [...describeTopicConfigs(context.settings, topic.configs), ...removedForRoom(topic)];
}

function removedForRoom({ partitions }: Topic): DescribedConfig[] {
  const told = partitions.flatMap(({ index, givenUp }) =>
    givenUp === undefined
      ? []
      : [`${index}: ${givenUp.offsets} offsets below ${givenUp.below}, ${givenUp.bytes} bytes`],
  );
  return told.length === 0 ? [] : [describeRemoved(told.join('; '))];
}

function strangeNode(name: string, nodeId: number): Refusal | undefined {
  const message = /^[+-]?\d+$/.test(name)
    ? `This is broker ${nodeId}; it knows nothing of broker ${name}`
    : `A broker is named by its number, not by "${name}"`;
  return Number(name) === nodeId && name !== '' ? undefined : { error: 'INVALID_REQUEST', message };
}

function answered(asked: Asked, all: readonly DescribedConfig[], request: DescribeConfigsRequest): Answer {
  const { resourceType, resourceName, configurationKeys } = asked;
  const wanted = configurationKeys === null || configurationKeys.length === 0 ? undefined : new Set(configurationKeys);
  const configs = all
    .filter(({ name }) => wanted === undefined || wanted.has(name))
    .map((config) => ({
      ...config,
      synonyms: request.includeSynonyms ? config.synonyms : [],
      documentation: request.includeDocumentation || config.documentation === '' ? config.documentation : null,
    }));
  return { errorCode: 0, errorMessage: '', resourceType, resourceName, configs };
}

function refused({ resourceType, resourceName }: Asked, error: ErrorName, errorMessage: string | null): Answer {
  return { errorCode: errorCode(error), errorMessage, resourceType, resourceName };
}
