import {
  type DescribeUserScramCredentialsRequest,
  type DescribeUserScramCredentialsResponseInput,
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
  errorCode,
} from '@skerry/wire';
import { countBy } from '../count-by.ts';
import type { Handler } from '../handler.ts';

/**
 * DescribeUserScramCredentials, v0: which users have passwords, and how these are kept (KIP-554).
 *
 * - No user has one: there are no SASL listeners yet. No users named is all of them, hence none.
 * - Users that are named are RESOURCE_NOT_FOUND, or, named twice, DUPLICATE_RESOURCE, once each.
 */
export const describeUserScramCredentials: Handler<
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponseInput
> = {
  request: describeUserScramCredentialsRequest,
  response: describeUserScramCredentialsResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    if (!context.allowed('describe', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    const counts = countBy(request.users ?? [], ({ name }) => name);
    reply({
      errorMessage: '',
      results: [...counts].map(([user, count]) => ({
        user,
        errorCode: errorCode(count > 1 ? 'DUPLICATE_RESOURCE' : 'RESOURCE_NOT_FOUND'),
        errorMessage: count > 1 ? `${user} is named twice.` : `${user} has no credentials here.`,
      })),
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
