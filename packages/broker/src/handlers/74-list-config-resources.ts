import {
  errorCode,
  type ListConfigResourcesRequest,
  type ListConfigResourcesResponseInput,
  listConfigResourcesRequest,
  listConfigResourcesResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import { resourceTypes } from '../resource-configs.ts';

type Resource = NonNullable<ListConfigResourcesResponseInput['configResources']>[number];

/**
 * ListConfigResources, v0-v1: what there is that has settings (KIP-714, KIP-1142).
 *
 * - v0 knows client metrics subscriptions alone; from v1 no types are all of them.
 * - Topics and brokers are there whether configured or not, groups and subscriptions while they have a setting.
 */
export const listConfigResources: Handler<ListConfigResourcesRequest, ListConfigResourcesResponseInput> = {
  request: listConfigResourcesRequest,
  response: listConfigResourcesResponse,
  versions: [0, 1],

  handle({ resourceTypes: asked }, context, reply) {
    if (!context.allowed('describeConfigs', 'cluster', 'kafka-cluster')) {
      return reply({ errorCode: errorCode('CLUSTER_AUTHORIZATION_FAILED'), configResources: [] });
    }
    const known: readonly number[] = Object.values(resourceTypes);
    if (asked.some((type) => !known.includes(type))) {
      return reply({ errorCode: errorCode('UNSUPPORTED_VERSION'), configResources: [] });
    }
    const all = context.apiVersion === 0 ? [resourceTypes.clientMetrics] : known.toReversed();
    const wanted = all.filter((type) => asked.length === 0 || asked.includes(type));
    reply({ configResources: wanted.flatMap((type) => resourcesOf(type, context)) });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), configResources: [] }),
};

function resourcesOf(resourceType: number, { catalog, nodeId }: Context): Resource[] {
  return [...namesOf(resourceType)].map((resourceName) => ({ resourceName, resourceType }));

  function namesOf(type: number): Iterable<string> {
    if (type === resourceTypes.topic) return Array.from(catalog.topics, ({ name }) => name);
    if (type === resourceTypes.broker || type === resourceTypes.brokerLogger) return [String(nodeId)];
    return catalog.resources.names(type);
  }
}
