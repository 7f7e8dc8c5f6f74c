import {
  errorCode,
  type SaslAuthenticateRequest,
  type SaslAuthenticateResponseInput,
  saslAuthenticateRequest,
  saslAuthenticateResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * SaslAuthenticate, v0-v2: a step of a client's authentication.
 *
 * - Without a handshake that asked for one: ILLEGAL_SASL_STATE, and the connection goes on.
 * - Not done: SASL listeners.
 */
export const saslAuthenticate: Handler<SaslAuthenticateRequest, SaslAuthenticateResponseInput> = {
  request: saslAuthenticateRequest,
  response: saslAuthenticateResponse,
  versions: [0, 2],

  handle(_request, _context, reply) {
    const errorMessage = 'This listener asks nobody to authenticate: use security.protocol=PLAINTEXT.';
    reply({ errorCode: errorCode('ILLEGAL_SASL_STATE'), errorMessage });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
