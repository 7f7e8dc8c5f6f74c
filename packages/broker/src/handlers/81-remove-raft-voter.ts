import {
  errorCode,
  type RemoveRaftVoterRequest,
  type RemoveRaftVoterResponseInput,
  removeRaftVoterRequest,
  removeRaftVoterResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';
import { refuseVoters } from '../voters.ts';

/**
 * RemoveRaftVoter, v0: takes a node from those that vote on the metadata log (KIP-853).
 * Always refused: see {@link refuseVoters}.
 */
export const removeRaftVoter: Handler<RemoveRaftVoterRequest, RemoveRaftVoterResponseInput> = {
  request: removeRaftVoterRequest,
  response: removeRaftVoterResponse,
  versions: [0, 0],

  handle: (request, context, reply) => reply(refuseVoters(request, context)),

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
