import {
  errorCode,
  type HeartbeatRequest,
  type HeartbeatResponseInput,
  heartbeatRequest,
  heartbeatResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * Heartbeat, v0-v4: a member is alive, and learns whether a rebalance is under way.
 *
 * REBALANCE_IN_PROGRESS is said while members are to join again; it prolongs the session like any other answer to a
 * member.
 */
export const heartbeat: Handler<HeartbeatRequest, HeartbeatResponseInput> = {
  request: heartbeatRequest,
  response: heartbeatResponse,
  versions: [0, 4],

  handle(request, context, reply) {
    if (!context.allowed('read', 'group', request.groupId)) {
      return reply(this.refuse(request, 'GROUP_AUTHORIZATION_FAILED', context.apiVersion));
    }
    reply({ errorCode: errorCode(context.groups.classic.heartbeat(request)) });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
