/** What can be wrong with a ConsumerGroupHeartbeat, in the order in which Kafka looks. */

import { isWithin, type TopicPartitions } from './assignment.ts';
import { assignors } from './assignor.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { type ConsumerHeartbeat, consumerGroupLimits, type Refusal } from './contract.ts';
import { type ConsumerMember, leaveEpochs } from './member.ts';

const invalid = (message: string): Refusal => ({ error: 'INVALID_REQUEST', message });

const isBlank = (text: string | null): boolean => text !== null && text.trim() === '';

/** The request alone: what cannot be right in any group. */
export function requestRefusal(request: ConsumerHeartbeat): Refusal | undefined {
  const { memberEpoch, memberId } = request;
  const idNeeded = request.memberIdRequired || memberEpoch > 0 || memberEpoch === leaveEpochs.forGood;
  if (idNeeded && isBlank(memberId)) return invalid('A member has an id.');
  if (isBlank(request.groupId)) return invalid('A group has a name.');
  if (isBlank(request.instanceId)) return invalid('An instance id is not empty.');
  if (isBlank(request.rackId)) return invalid('A rack id is not empty.');
  const refusal = memberEpoch === 0 ? firstRefusal(request) : laterRefusal(request);
  if (refusal !== undefined) return refusal;
  if ((request.subscribedTopicNames?.length ?? 0) > consumerGroupLimits.topicNamesMax) {
    return invalid(`A member names at most ${consumerGroupLimits.topicNamesMax} topics.`);
  }
  const { serverAssignor } = request;
  if (serverAssignor === null || assignors.has(serverAssignor)) return undefined;
  const known = [...assignors.keys()].join(', ');
  return { error: 'UNSUPPORTED_ASSIGNOR', message: `There is no assignor ${serverAssignor} here, but ${known}.` };
}

function firstRefusal(request: ConsumerHeartbeat): Refusal | undefined {
  if (request.rebalanceTimeoutMs === -1) return invalid('Who joins tells its rebalance time-out.');
  if (request.topicPartitions?.length !== 0) return invalid('Who joins owns no partitions, and says so.');
  if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null) {
    return invalid('Who joins tells topics or a regular expression.');
  }
  return undefined;
}

function laterRefusal({ memberEpoch, instanceId }: ConsumerHeartbeat): Refusal | undefined {
  if (memberEpoch === leaveEpochs.forNow) {
    return instanceId === null ? invalid('Only a static member leaves for a while.') : undefined;
  }
  return memberEpoch < leaveEpochs.forNow ? invalid('There is no such member epoch.') : undefined;
}

export function unknownMember(memberId: string, groupId: string): Refusal {
  return { error: 'UNKNOWN_MEMBER_ID', message: `${memberId} is not a member of group ${groupId}.` };
}

/** The static member with that instance id, held against who claims to be it. */
export function staticRefusal(group: ConsumerGroup, instanceId: string, memberId: string): Refusal | undefined {
  const holder = group.staticMember(instanceId);
  if (holder === undefined) {
    return { error: 'UNKNOWN_MEMBER_ID', message: `Instance ${instanceId} is not a member of group ${group.groupId}.` };
  }
  if (holder.memberId === memberId) return undefined;
  return { error: 'FENCED_INSTANCE_ID', message: `Instance ${instanceId} is now member ${holder.memberId}.` };
}

/**
 * The epoch that a member claims. The one before the last is right if the member owns no more than it was given since:
 * then it has missed the answer with the new one.
 */
export function epochRefusal(
  member: ConsumerMember,
  claimed: number,
  told: readonly TopicPartitions[] | null,
): Refusal | undefined {
  if (claimed === 0 || claimed === member.epoch) return undefined;
  if (claimed < member.epoch && claimed === member.previousEpoch && told !== null && isWithin(told, member.owned)) {
    return undefined;
  }
  const message = `The member is in epoch ${member.epoch}, not ${claimed}: it must join anew without its partitions.`;
  return { error: 'FENCED_MEMBER_EPOCH', message };
}
