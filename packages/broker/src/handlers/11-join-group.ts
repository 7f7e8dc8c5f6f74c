import {
  errorCode,
  type JoinGroupRequest,
  type JoinGroupResponseInput,
  joinGroupRequest,
  joinGroupResponse,
} from '@skerry/wire';
import type { JoinAnswer } from '../groups/contract.ts';
import { joinRefused } from '../groups/member.ts';
import type { Handler } from '../handler.ts';

/**
 * JoinGroup, v0-v9: a client wants to be a member of a group (KIP-62, KIP-345, KIP-394, KIP-814). The rules are in
 * groups/join.ts.
 *
 * - The answer may take as long as the rebalance time-out: it comes when the generation is complete.
 * - v0 has no rebalance time-out of its own, so its session time-out is that too. v4 makes a new member join twice, the
 *   second time with the id it was given. The reason a client gives (v8) is not kept.
 *
 * Not done: joining a consumer group (KIP-848) that has members, which is INCONSISTENT_GROUP_PROTOCOL.
 */
export const joinGroup: Handler<JoinGroupRequest, JoinGroupResponseInput> = {
  request: joinGroupRequest,
  response: joinGroupResponse,
  versions: [0, 9],

  handle(request, context, reply) {
    const { groupId } = request;
    const { apiVersion } = context;
    const answer = (joined: JoinAnswer): void => reply(respond(joined, apiVersion));
    if (!context.allowed('read', 'group', groupId)) return answer(joinRefused('GROUP_AUTHORIZATION_FAILED', ''));
    if (context.share.groups.get(groupId) !== undefined) return answer(joinRefused('INCONSISTENT_GROUP_PROTOCOL', ''));
    context.groups.classic.join(
      {
        ...request,
        rebalanceTimeoutMs: apiVersion === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
        clientId: context.clientId,
        // As Java prints an address, and as tools expect it.
        clientHost: `/${context.client.host}`,
        memberIdRequired: apiVersion >= 4,
        skipAssignmentSupported: apiVersion >= 9,
      },
      answer,
    );
  },

  refuse: (_request, error) => respond(joinRefused(error, ''), 0),
};

/** Before v7 a protocol's name cannot be null. */
function respond({ error, protocolName, ...joined }: JoinAnswer, apiVersion: number): JoinGroupResponseInput {
  return { ...joined, errorCode: errorCode(error), protocolName: apiVersion < 7 ? (protocolName ?? '') : protocolName };
}
