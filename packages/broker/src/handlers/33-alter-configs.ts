import {
  type AlterConfigsRequest,
  type AlterConfigsResponseInput,
  alterConfigsRequest,
  alterConfigsResponse,
} from '@skerry/wire';
import { alterConfigs as alter, answer } from '../alter-configs.ts';
import type { Handler } from '../handler.ts';

/**
 * AlterConfigs, v0-v2: puts settings in place of all that a resource had, for clients older than
 * IncrementalAlterConfigs.
 *
 * - Each resource gets its own answer; what a resource had and the request does not name is gone.
 * - Loggers cannot be altered this way, as in Kafka.
 */
export const alterConfigs: Handler<AlterConfigsRequest, AlterConfigsResponseInput> = {
  request: alterConfigsRequest,
  response: alterConfigsResponse,
  versions: [0, 2],

  handle({ resources, validateOnly }, context, reply) {
    const asked = resources.map(({ resourceType, resourceName, configs }) => ({
      resourceType,
      resourceName,
      replace: true,
      strange: false,
      alterations: configs.map(({ name, value }) => ({ name, operation: 'set' as const, value })),
    }));
    alter(asked, validateOnly, context, (responses) => reply({ responses }));
  },

  refuse: ({ resources }, error) => ({ responses: resources.map((one) => answer(one, { error, message: null })) }),
};
