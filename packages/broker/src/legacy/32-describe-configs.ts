import type { DescribeConfigsRequest } from '@skerry/wire';
import {
  type LegacyDescribeConfigsResponseInput,
  legacyDescribeConfigsRequest,
  legacyDescribeConfigsResponse,
} from '@skerry/wire/legacy';
import type { Handler } from '../handler.ts';
import { describeConfigs } from '../handlers/32-describe-configs.ts';

/** What `configSource` says of a value that nobody has set. */
const defaultSource = 5;

/** DescribeConfigs, v0: what is set; of where it comes from, only whether that is the default. */
export const legacyDescribeConfigs: Handler<DescribeConfigsRequest, LegacyDescribeConfigsResponseInput> = {
  request: legacyDescribeConfigsRequest,
  response: legacyDescribeConfigsResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    describeConfigs.handle(request, context, (answer) => {
      const results = answer?.results?.map((result) => ({
        ...result,
        configs: result.configs?.map((config) => ({ ...config, isDefault: config.configSource === defaultSource })),
      }));
      reply({ ...answer, results });
    });
  },

  refuse: (request, error, version) => describeConfigs.refuse(request, error, version),
};
