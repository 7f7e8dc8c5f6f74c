import {
  errorCode,
  type SyncGroupRequest,
  type SyncGroupResponseInput,
  syncGroupRequest,
  syncGroupResponse,
} from '@skerry/wire';
import type { SyncAnswer } from '../groups/contract.ts';
import { syncRefused } from '../groups/member.ts';
import type { Handler } from '../handler.ts';

/**
 * SyncGroup, v0-v5: the leader hands in who gets what, each member asks for its part. The rules are in
 * groups/membership.ts.
 *
 * The answer comes when the leader's decision is in the log. v5 says which protocol the client believes in, and must.
 */
export const syncGroup: Handler<SyncGroupRequest, SyncGroupResponseInput> = {
  request: syncGroupRequest,
  response: syncGroupResponse,
  versions: [0, 5],

  handle(request, context, reply) {
    const answer = (synced: SyncAnswer): void => reply(respond(synced));
    const unsaid = request.protocolType === null || request.protocolName === null;
    if (context.apiVersion >= 5 && unsaid) return answer(syncRefused('INCONSISTENT_GROUP_PROTOCOL'));
    if (!context.allowed('read', 'group', request.groupId)) return answer(syncRefused('GROUP_AUTHORIZATION_FAILED'));
    context.groups.classic.sync(request, answer);
  },

  refuse: (_request, error) => respond(syncRefused(error)),
};

function respond({ error, ...synced }: SyncAnswer): SyncGroupResponseInput {
  return { ...synced, errorCode: errorCode(error) };
}
