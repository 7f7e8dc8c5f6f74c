import {
  type ExpireDelegationTokenRequest,
  type ExpireDelegationTokenResponseInput,
  errorCode,
  expireDelegationTokenRequest,
  expireDelegationTokenResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * ExpireDelegationToken, v1-v2: ends a token (KIP-48).
 *
 * Who has not authenticated may not: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, as on any plain listener of Kafka.
 */
export const expireDelegationToken: Handler<ExpireDelegationTokenRequest, ExpireDelegationTokenResponseInput> = {
  request: expireDelegationTokenRequest,
  response: expireDelegationTokenResponse,
  versions: [1, 2],

  handle(request, context, reply) {
    reply(this.refuse(request, 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED', context.apiVersion));
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), expiryTimestampMs: -1n }),
};
