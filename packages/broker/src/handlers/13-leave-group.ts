import {
  errorCode,
  type LeaveGroupRequest,
  type LeaveGroupResponseInput,
  leaveGroupRequest,
  leaveGroupResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

/**
 * LeaveGroup, v0-v5: members go, or an administrator removes them.
 *
 * - v3 names several, static ones by their instance id alone if need be (KIP-345); each has its own error.
 * - Before that there is one, and its error stands for the whole. The reason a client gives (v5) is not kept.
 */
export const leaveGroup: Handler<LeaveGroupRequest, LeaveGroupResponseInput> = {
  request: leaveGroupRequest,
  response: leaveGroupResponse,
  versions: [0, 5],

  handle(request, context, reply) {
    const { groupId, memberId, members } = request;
    if (!context.allowed('read', 'group', groupId))
      return reply(this.refuse(request, 'GROUP_AUTHORIZATION_FAILED', context.apiVersion));
    const single = context.apiVersion < 3;
    const leaving = single ? [{ memberId, groupInstanceId: null }] : members;
    context.groups.classic.leave(groupId, leaving, ({ error, members: left }) => {
      const [first] = left;
      if (single) return reply({ errorCode: errorCode(error === 'NONE' ? (first?.error ?? 'NONE') : error) });
      reply({
        errorCode: errorCode(error),
        members: left.map((one) => ({
          memberId: one.memberId,
          groupInstanceId: one.groupInstanceId,
          errorCode: errorCode(one.error),
        })),
      });
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
