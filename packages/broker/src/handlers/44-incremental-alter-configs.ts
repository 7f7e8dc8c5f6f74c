import {
  type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsResponseInput,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@skerry/wire';
import { alterConfigs, answer } from '../alter-configs.ts';
import type { Handler } from '../handler.ts';
import type { ConfigOperation } from '../settings/alter-configs.ts';

/** By Kafka's numbers (KIP-339). */
const operations: readonly ConfigOperation[] = ['set', 'delete', 'append', 'subtract'];

/**
 * IncrementalAlterConfigs, v0-v1: sets, deletes, adds to and takes from settings, and leaves the others as they are.
 *
 * - Each resource gets its own answer; it is altered whole or not at all, and what is answered is in effect.
 * - A number that is no operation spoils all of the request that a controller would see, as in Kafka.
 */
export const incrementalAlterConfigs: Handler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponseInput> = {
  request: incrementalAlterConfigsRequest,
  response: incrementalAlterConfigsResponse,
  versions: [0, 1],

  handle({ resources, validateOnly }, context, reply) {
    const asked = resources.map(({ resourceType, resourceName, configs }) => ({
      resourceType,
      resourceName,
      replace: false,
      strange: configs.some(({ configOperation }) => operations[configOperation] === undefined),
      alterations: configs.map(({ name, configOperation, value }) => ({
        name,
        operation: operations[configOperation] ?? 'set',
        value,
      })),
    }));
    alterConfigs(asked, validateOnly, context, (responses) => reply({ responses }));
  },

  refuse: ({ resources }, error) => ({ responses: resources.map((one) => answer(one, { error, message: null })) }),
};
