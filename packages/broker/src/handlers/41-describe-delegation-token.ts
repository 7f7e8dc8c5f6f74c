import {
  type DescribeDelegationTokenRequest,
  type DescribeDelegationTokenResponseInput,
  describeDelegationTokenRequest,
  describeDelegationTokenResponse,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * DescribeDelegationToken, v1-v3: the tokens that there are (KIP-48).
 *
 * Who has not authenticated is told none: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, as on any plain listener of Kafka.
 */
export const describeDelegationToken: Handler<DescribeDelegationTokenRequest, DescribeDelegationTokenResponseInput> = {
  request: describeDelegationTokenRequest,
  response: describeDelegationTokenResponse,
  versions: [1, 3],

  handle(request, context, reply) {
    reply(this.refuse(request, 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED', context.apiVersion));
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
