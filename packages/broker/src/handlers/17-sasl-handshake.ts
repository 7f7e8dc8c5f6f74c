import {
  errorCode,
  type SaslHandshakeRequest,
  type SaslHandshakeResponseInput,
  saslHandshakeRequest,
  saslHandshakeResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * SaslHandshake, v0-v1: which way a client is to authenticate.
 *
 * - A listener that asks nobody who he is has nothing to shake hands on: ILLEGAL_SASL_STATE; the connection goes on.
 * - Not done: SASL listeners.
 */
export const saslHandshake: Handler<SaslHandshakeRequest, SaslHandshakeResponseInput> = {
  request: saslHandshakeRequest,
  response: saslHandshakeResponse,
  versions: [0, 1],

  handle(request, context, reply) {
    reply(this.refuse(request, 'ILLEGAL_SASL_STATE', context.apiVersion));
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
