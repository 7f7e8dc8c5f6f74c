/** Who may commit and fetch offsets of a consumer group: members by their epoch, and anybody while there is none. */
import type { ErrorName } from '@skerry/wire';
import type { CommitRequest, FetchOffsetsRequest, TopicView } from '../contract.ts';
import type { ConsumerGroup } from './consumer-group.ts';

/** Why all of a commit is refused, or what refuses it for a partition; undefined if nothing stands against it. */
export type CommitClaim = ErrorName | ((topic: string, partition: number) => ErrorName | undefined) | undefined;

/**
 * A member may be an epoch behind: it has not heard of the new one yet. For each partition what counts is whether it
 * has had it since the epoch that it claims (KIP-1251).
 */
export function commitClaim(group: ConsumerGroup, request: CommitRequest, topics: TopicView): CommitClaim {
  const { memberId, generationId: claimed } = request;
  if (claimed < 0 && group.members.size === 0) return undefined;
  const member = group.member(memberId);
  if (member === undefined) return 'UNKNOWN_MEMBER_ID';
  const isClassic = member.classic !== null;
  const stale = isClassic ? 'ILLEGAL_GENERATION' : 'STALE_MEMBER_EPOCH';
  if (!isClassic && !request.groupIdNotFoundKnown) return 'UNSUPPORTED_VERSION';
  if (claimed === member.epoch) return undefined;
  if (claimed > member.epoch) return stale;
  return (topic, partition) => {
    const id = topics.topic(topic)?.id;
    const since = id && (member.owned.get(id)?.get(partition) ?? member.revoking.get(id)?.get(partition));
    return since !== undefined && claimed >= since ? undefined : stale;
  };
}

/** The same within a transaction, where who does not say who it is is fenced by its producer's epoch alone. */
export function transactionalClaim(group: ConsumerGroup, request: CommitRequest, topics: TopicView): CommitClaim {
  const { memberId, generationId, groupInstanceId } = request;
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return undefined;
  return commitClaim(group, { ...request, groupIdNotFoundKnown: true }, topics);
}

export function fetchRefusal(
  group: { readonly kind: 'classic' } | ConsumerGroup | undefined,
  { memberId, memberEpoch }: FetchOffsetsRequest,
): ErrorName | undefined {
  if (group?.kind !== 'consumer' || (memberId === null && memberEpoch < 0)) return undefined;
  const member = group.member(memberId ?? '');
  if (member === undefined) return 'UNKNOWN_MEMBER_ID';
  if (memberEpoch === member.epoch) return undefined;
  return member.classic === null ? 'STALE_MEMBER_EPOCH' : 'ILLEGAL_GENERATION';
}
