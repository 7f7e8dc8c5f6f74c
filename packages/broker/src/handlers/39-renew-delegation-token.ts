import {
  errorCode,
  type RenewDelegationTokenRequest,
  type RenewDelegationTokenResponseInput,
  renewDelegationTokenRequest,
  renewDelegationTokenResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * RenewDelegationToken, v1-v2: lets a token live longer (KIP-48).
 *
 * Who has not authenticated may not: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, as on any plain listener of Kafka.
 */
export const renewDelegationToken: Handler<RenewDelegationTokenRequest, RenewDelegationTokenResponseInput> = {
  request: renewDelegationTokenRequest,
  response: renewDelegationTokenResponse,
  versions: [1, 2],

  handle(request, context, reply) {
    reply(this.refuse(request, 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED', context.apiVersion));
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), expiryTimestampMs: -1n }),
};
