import {
  type CreateDelegationTokenRequest,
  type CreateDelegationTokenResponseInput,
  createDelegationTokenRequest,
  createDelegationTokenResponse,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

const unset = { issueTimestampMs: -1n, expiryTimestampMs: -1n, maxTimestampMs: -1n };

/**
 * CreateDelegationToken, v1-v3: a token by which others may authenticate in one's name (KIP-48).
 *
 * - Who has not authenticated gets none: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, as on any plain listener of Kafka.
 * - Not done: listeners that authenticate.
 */
export const createDelegationToken: Handler<CreateDelegationTokenRequest, CreateDelegationTokenResponseInput> = {
  request: createDelegationTokenRequest,
  response: createDelegationTokenResponse,
  versions: [1, 3],

  handle({ ownerPrincipalType, ownerPrincipalName }, { apiVersion, client }, reply) {
    const [type = '', name = ''] = client.principal.split(':');
    const owned = ownerPrincipalName !== null && ownerPrincipalName !== '';
    reply({
      ...unset,
      errorCode: errorCode('DELEGATION_TOKEN_REQUEST_NOT_ALLOWED'),
      principalType: owned ? (ownerPrincipalType ?? type) : type,
      principalName: owned ? ownerPrincipalName : name,
      ...(apiVersion >= 3 ? { tokenRequesterPrincipalType: type, tokenRequesterPrincipalName: name } : {}),
    });
  },

  refuse: (_request, error) => ({ ...unset, errorCode: errorCode(error) }),
};
