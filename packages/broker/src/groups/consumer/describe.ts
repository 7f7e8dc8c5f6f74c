import type { TopicView } from '../contract.ts';
import type { Assignment, Owned } from './assignment.ts';
import { listed } from './assignment.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { DescribedConsumerGroup, NamedPartitions, Refusal } from './contract.ts';
import { preferredAssignor } from './target.ts';

export function describeConsumerGroup(group: ConsumerGroup, view: TopicView): DescribedConsumerGroup {
  return {
    groupId: group.groupId,
    error: 'NONE',
    message: null,
    state: group.state,
    epoch: group.epoch,
    targetEpoch: group.targetEpoch,
    assignor: preferredAssignor(group.members.values()),
    members: [...group.members.values()].map((member) => ({
      ...member,
      memberEpoch: member.epoch,
      subscribedTopicNames: member.topicNames,
      subscribedTopicRegex: member.topicRegex,
      // What it is asked to give up it has until it says that it has not.
      assignment: named(union(member.owned, member.revoking), view),
      targetAssignment: named(group.target(member.memberId), view),
      classic: member.classic !== null,
    })),
  };
}

export function nothingDescribed(groupId: string, { error, message }: Refusal): DescribedConsumerGroup {
  return { groupId, error, message, state: '', epoch: 0, targetEpoch: 0, assignor: '', members: [] };
}

function union(a: Owned, b: Owned): Owned {
  if (b.size === 0) return a;
  const all = new Map(a);
  for (const [topicId, partitions] of b) all.set(topicId, new Map([...(a.get(topicId) ?? []), ...partitions]));
  return all;
}

/** Partitions of topics that are gone are left out: they have no name. */
function named(assignment: Assignment | Owned, view: TopicView): readonly NamedPartitions[] {
  return listed(assignment).flatMap((one) => {
    const topic = view.topicById(one.topicId);
    return topic === undefined ? [] : [{ ...one, topicName: topic.name }];
  });
}
