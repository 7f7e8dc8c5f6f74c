/** What all members of a consumer group are to have: computed as a whole when its epoch was raised. */
import type { Uuid } from '@skerry/base';
import type { TopicView } from '../contract.ts';
import { type Assignment, samePartitions } from './assignment.ts';
import { type AssignedMember, assignors, defaultAssignor } from './assignor.ts';
import type { GroupChange } from './changes.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { type ConsumerMember, sameNames } from './member.ts';
import { topicsOf } from './topics.ts';

export interface NewTarget {
  readonly changes: readonly GroupChange[];
  readonly of: (memberId: string) => Assignment | undefined;
}

/** `before`: what a member had that is to have it under another id. */
export function newTarget(
  group: ConsumerGroup,
  members: ReadonlyMap<string, ConsumerMember>,
  at: { readonly epoch: number; readonly wallMs: number; readonly view: TopicView },
  before: (memberId: string) => Assignment = (memberId) => group.target(memberId),
): NewTarget {
  const { epoch, wallMs, view } = at;
  const counts = new Map<Uuid, number>();
  const assigned: AssignedMember[] = [];
  for (const member of members.values()) {
    const topics = topicsOf(member, group.regexes, view);
    for (const id of topics) counts.set(id, view.topicById(id)?.partitions ?? 0);
    assigned.push({
      memberId: member.memberId,
      instanceId: member.instanceId,
      topics,
      before: before(member.memberId),
    });
  }
  const [first] = assigned;
  const homogeneous = assigned.every(({ topics }) => first !== undefined && sameNames(topics, first.topics));
  const assign = assignors.get(preferredAssignor(members.values()));
  const target = assign?.({ members: assigned, partitionCounts: counts, homogeneous }) ?? new Map<string, Assignment>();
  const changes: GroupChange[] = [];
  for (const [memberId, value] of target) {
    const held = group.targets.get(memberId);
    if (held === undefined || !samePartitions(held, value)) changes.push({ kind: 'target', memberId, value });
  }
  changes.push({ kind: 'targetEpoch', value: { epoch, timestampMs: wallMs } });
  return { changes, of: (memberId) => target.get(memberId) };
}

/** What the most members ask for. */
export function preferredAssignor(members: Iterable<ConsumerMember>): string {
  const votes = new Map<string, number>();
  for (const { serverAssignor } of members) {
    if (serverAssignor !== null) votes.set(serverAssignor, (votes.get(serverAssignor) ?? 0) + 1);
  }
  let best = defaultAssignor;
  for (const [name, count] of votes) if (assignors.has(name) && count > (votes.get(best) ?? 0)) best = name;
  return best;
}
