import {
  type AddRaftVoterRequest,
  type AddRaftVoterResponseInput,
  addRaftVoterRequest,
  addRaftVoterResponse,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';
import { refuseVoters } from '../voters.ts';

/**
 * AddRaftVoter, v0-v1: adds a node to those that vote on the metadata log (KIP-853).
 * Always refused: see {@link refuseVoters}.
 */
export const addRaftVoter: Handler<AddRaftVoterRequest, AddRaftVoterResponseInput> = {
  request: addRaftVoterRequest,
  response: addRaftVoterResponse,
  versions: [0, 1],

  handle: (request, context, reply) => reply(refuseVoters(request, context)),

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};
