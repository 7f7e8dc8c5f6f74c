import {
  type ErrorName,
  errorCode,
  type ShareGroupHeartbeatRequest,
  type ShareGroupHeartbeatResponseInput,
  shareGroupHeartbeatRequest,
  shareGroupHeartbeatResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';
import { shareRefusal } from '../share/refusal.ts';

/**
 * ShareGroupHeartbeat, v1: a member of a share group joins (epoch 0), is alive, or leaves (−1), and learns which
 * partitions it reads (KIP-932). Answered once what it changes is in the log.
 */
export const shareGroupHeartbeat: Handler<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponseInput> = {
  request: shareGroupHeartbeatRequest,
  response: shareGroupHeartbeatResponse,
  versions: [1, 1],

  handle(request, context, reply) {
    const { groupId, memberId } = request;
    const refuse = (error: ErrorName, message: string | null = null): void =>
      reply({ errorCode: errorCode(error), errorMessage: message });
    const refusal = shareRefusal(groupId, context);
    if (refusal !== undefined) return refuse(refusal);
    const names = request.subscribedTopicNames;
    if (names?.some((name) => !context.allowed('describe', 'topic', name)) === true) {
      return refuse('TOPIC_AUTHORIZATION_FAILED');
    }
    const invalid = problemOf(request);
    if (invalid !== undefined) return refuse('INVALID_REQUEST', invalid);
    const told = { ...request, clientId: context.clientId, clientHost: `/${context.client.host}` };
    context.share.groups.heartbeat(told, (refused, answer) => {
      if (refused !== undefined || answer === undefined) {
        return refuse(refused?.error ?? 'UNKNOWN_SERVER_ERROR', refused?.message ?? null);
      }
      const { memberEpoch, heartbeatIntervalMs, assignment } = answer;
      if (assignment === undefined) return reply({ memberId, memberEpoch, heartbeatIntervalMs });
      const topicPartitions = [...assignment].map(([topicId, partitions]) => ({ topicId, partitions }));
      reply({ memberId, memberEpoch, heartbeatIntervalMs, assignment: { topicPartitions } });
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};

function problemOf(request: ShareGroupHeartbeatRequest): string | undefined {
  const { groupId, memberId, memberEpoch, rackId, subscribedTopicNames } = request;
  if (memberId.trim() === '') return "MemberId can't be empty.";
  if (groupId.trim() === '') return "GroupId can't be empty.";
  if (rackId !== null && rackId.trim() === '') return "RackId can't be empty.";
  if (memberEpoch < -1) return 'MemberEpoch is invalid.';
  if (memberEpoch === 0 && (subscribedTopicNames === null || subscribedTopicNames.length === 0)) {
    return 'SubscribedTopicNames must be set in first request.';
  }
  return undefined;
}
