import {
  type DescribeClientQuotasRequest,
  type DescribeClientQuotasResponseInput,
  describeClientQuotasRequest,
  describeClientQuotasResponse,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';
import { quotaFilter } from '../quotas/alteration.ts';

/**
 * DescribeClientQuotas, v0-v1: the quotas of users, client ids and addresses (KIP-546).
 *
 * A component of the filter asks for one name, for the default, or for any name of its type; `strict` leaves out
 * entities that have other parts as well. No component asks for all.
 */
export const describeClientQuotas: Handler<DescribeClientQuotasRequest, DescribeClientQuotasResponseInput> = {
  request: describeClientQuotasRequest,
  response: describeClientQuotasResponse,
  versions: [0, 1],

  handle(request, context, reply) {
    if (!context.allowed('describeConfigs', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    const wanted = quotaFilter(request.components, request.strict);
    if (typeof wanted !== 'function') {
      return reply({ errorCode: errorCode(wanted.error), errorMessage: wanted.message, entries: null });
    }
    const entries = [...context.catalog.quotas.entries].filter(wanted).map(({ entity, values }) => ({
      entity,
      values: [...values].map(([key, value]) => ({ key, value })),
    }));
    reply({ entries });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: error, entries: null }),
};
