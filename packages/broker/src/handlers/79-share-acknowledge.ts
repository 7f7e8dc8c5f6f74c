import {
  type ErrorName,
  errorCode,
  type ShareAcknowledgeRequest,
  type ShareAcknowledgeResponseInput,
  shareAcknowledgeRequest,
  shareAcknowledgeResponse,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';
import { acknowledgeAll, settleSession } from '../share/acknowledge.ts';
import { shareRefusal } from '../share/refusal.ts';

/**
 * ShareAcknowledge, v1-v2: a member says what became of records that it holds (KIP-932); v2 may ask to hold them longer
 * (KIP-1222).
 *
 * - Each partition has its own answer, once what was said of it is durable. All of a partition's acknowledgements
 *   count, or none.
 * - Epoch −1 ends the session: what the member still holds is given back.
 */
export const shareAcknowledge: Handler<ShareAcknowledgeRequest, ShareAcknowledgeResponseInput> = {
  request: shareAcknowledgeRequest,
  response: shareAcknowledgeResponse,
  versions: [1, 2],

  handle(request, context, reply) {
    const refuse = (error: ErrorName): void => reply({ errorCode: errorCode(error) });
    const groupId = request.groupId ?? '';
    const refusal = shareRefusal(groupId, context);
    if (refusal !== undefined) return refuse(refusal);
    const claim = { groupId, memberId: request.memberId ?? '', epoch: request.shareSessionEpoch };
    if (claim.epoch === 0) return refuse('INVALID_SHARE_SESSION_EPOCH');
    const session = context.share.reads.sessions.next(claim);
    if (typeof session === 'string') return refuse(session);
    acknowledgeAll(request.topics, session, request.isRenewAck, context, (errors) => {
      settleSession(session, claim.epoch, context, () => {
        reply({
          acquisitionLockTimeoutMs: context.share.reads.settingsOf(groupId).lockMs,
          responses: request.topics.map(({ topicId, partitions }) => ({
            topicId,
            partitions: partitions.map(({ partitionIndex }) => ({
              partitionIndex,
              errorCode: errorCode(errors.get(`${topicId}:${partitionIndex}`) ?? 'NONE'),
              currentLeader: { leaderId: 0, leaderEpoch: 0 },
            })),
          })),
        });
      });
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error) }),
};
