/**
 * ConsumerGroupHeartbeat within one group: what it changes, and what is answered once that is committed.
 *
 * 1. The member joins, or tells what of it has changed. Where that changes what the group reads, or a topic has come,
 *    gone or grown meanwhile, the group's epoch is raised.
 * 2. With a raised epoch all members get a new target, not oftener than the assignment interval allows.
 * 3. The member takes one step towards its own.
 */
import type { Uuid } from '@skerry/base';
import type { TopicView } from '../contract.ts';
import type { Moment } from '../group.ts';
import { type Assignment, listed, samePartitions } from './assignment.ts';
import type { GroupChange } from './changes.ts';
import { epochRefusal, staticRefusal, unknownMember } from './check.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { type ConsumerHeartbeat, type ConsumerHeartbeatAnswer, consumerGroupLimits, type Refusal } from './contract.ts';
import { type ConsumerMember, leaveEpochs, newMember, ownNames, sameNames, sameTerms } from './member.ts';
import { reconcile, sameProgress } from './reconcile.ts';
import { newTarget } from './target.ts';
import { membersWith, metadataHash, topicsOf } from './topics.ts';

export interface HeartbeatWorld {
  readonly topics: TopicView;
  readonly now: Moment;
  readonly heartbeatIntervalMs: number;
  readonly assignmentIntervalMs: number;
  readonly sizeMax: number;
  readonly roomForMember: boolean;
  newMemberId(): string;
  regexProblem(regex: string): string | undefined;
}

/** What is to be written, and what then follows. */
export interface Plan {
  readonly changes: readonly GroupChange[];
  readonly answer: ConsumerHeartbeatAnswer;
  /** The member as it will be; undefined if it is leaving. */
  readonly member: ConsumerMember | undefined;
  /** Members whose time is no longer measured. */
  readonly gone: readonly string[];
  /** Has the member's own assignment changed? */
  readonly moved: boolean;
  /** What the group's topics were when this was computed, if they were looked at. */
  readonly topicsVersion?: number;
}

export function planHeartbeat(group: ConsumerGroup, request: ConsumerHeartbeat, world: HeartbeatWorld): Plan | Refusal {
  const { memberEpoch } = request;
  if (memberEpoch === leaveEpochs.forGood || memberEpoch === leaveEpochs.forNow)
    return planLeave(group, request, world);
  const found = findMember(group, request, world);
  if ('error' in found) return found;
  const { member: before, replaced } = found;
  const told = updated(before, request);
  const subscription = subscriptionChange(group, before, told, world);
  if ('error' in subscription) return subscription;
  const changes: GroupChange[] = [...found.changes];
  if (!sameTerms(before, told) || !group.members.has(told.memberId)) {
    changes.push({ kind: 'member', memberId: told.memberId, value: told });
  }
  changes.push(...subscription.changes);
  const gone = replaced === undefined ? [] : [replaced];
  const assigned = assign(group, told, { gone: new Set(gone), raise: subscription.raises }, world);
  changes.push(...assigned.changes);

  const reads = new Set(topicsOf(told, group.regexes, world.topics));
  const after = reconcile(told, {
    targetEpoch: assigned.targetEpoch,
    target: assigned.target,
    reads: (topicId: Uuid) => reads.has(topicId),
    subscriptionChanged: subscription.changed,
    holderEpoch: (topicId, partition) => group.holderEpoch(topicId, partition),
    told: request.topicPartitions,
  });
  const moved = !sameProgress(told, after);
  if (moved) changes.push({ kind: 'progress', memberId: after.memberId, value: after });
  const full =
    request.rebalanceTimeoutMs !== -1 &&
    (request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null) &&
    request.topicPartitions !== null;
  const tells = memberEpoch === 0 || full || !samePartitions(before.owned, after.owned);
  const answer = {
    error: 'NONE',
    message: null,
    memberId: after.memberId,
    memberEpoch: after.epoch,
    heartbeatIntervalMs: world.heartbeatIntervalMs,
    assignment: tells ? listed(after.owned) : null,
  } as const;
  return { changes, answer, member: after, gone, moved, topicsVersion: world.topics.version };
}

interface Found {
  readonly member: ConsumerMember;
  readonly changes: readonly GroupChange[];
  /** Id of the member whose place it takes. */
  readonly replaced?: string;
}

function findMember(group: ConsumerGroup, request: ConsumerHeartbeat, world: HeartbeatWorld): Found | Refusal {
  const { memberEpoch, instanceId, topicPartitions } = request;
  const joins = memberEpoch === 0;
  const isMember = group.members.has(request.memberId);
  if (!isMember && (group.members.size >= world.sizeMax || (joins && !world.roomForMember))) {
    return { error: 'GROUP_MAX_SIZE_REACHED', message: `The group has ${group.members.size} members and no room.` };
  }
  const memberId = request.memberId === '' ? world.newMemberId() : request.memberId;
  if (instanceId !== null && joins) return joinStatic(group, memberId, instanceId);
  const refusal = instanceId === null ? undefined : staticRefusal(group, instanceId, memberId);
  if (refusal !== undefined) return refusal;
  const member = group.member(memberId);
  if (member === undefined) {
    return joins ? { member: newMember(memberId), changes: [] } : unknownMember(memberId, group.groupId);
  }
  return epochRefusal(member, memberEpoch, topicPartitions) ?? { member, changes: [] };
}

/** A static member that left for a while is replaced by who comes with its instance id (KIP-345). */
function joinStatic(group: ConsumerGroup, memberId: string, instanceId: string): Found | Refusal {
  const holder = group.staticMember(instanceId);
  if (holder === undefined) return { member: group.member(memberId) ?? newMember(memberId), changes: [] };
  if (holder.classic === null && holder.epoch !== leaveEpochs.forNow) {
    const message = `Instance ${instanceId} is still member ${holder.memberId}.`;
    return { error: 'UNRELEASED_INSTANCE_ID', message };
  }
  const member: ConsumerMember = { ...holder, memberId, epoch: 0, previousEpoch: 0 };
  const changes: GroupChange[] = [
    ...removal(holder.memberId),
    { kind: 'member', memberId, value: member },
    { kind: 'target', memberId, value: group.target(holder.memberId) },
    { kind: 'progress', memberId, value: member },
  ];
  return { member, changes, replaced: holder.memberId };
}

function removal(memberId: string): readonly GroupChange[] {
  return [
    { kind: 'progress', memberId, value: undefined },
    { kind: 'target', memberId, value: undefined },
    { kind: 'member', memberId, value: undefined },
  ];
}

function updated(member: ConsumerMember, request: ConsumerHeartbeat): ConsumerMember {
  const { rebalanceTimeoutMs, subscribedTopicNames } = request;
  return {
    ...member,
    instanceId: request.instanceId ?? member.instanceId,
    rackId: request.rackId ?? member.rackId,
    rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? member.serverAssignor,
    topicNames: subscribedTopicNames === null ? member.topicNames : ownNames(subscribedTopicNames),
    topicRegex: request.subscribedTopicRegex ?? member.topicRegex,
    clientId: request.clientId,
    clientHost: request.clientHost,
    classic: null,
  };
}

interface SubscriptionChange {
  readonly changes: readonly GroupChange[];
  readonly changed: boolean;
  /** Does it change what the group reads, as far as that is known by now? */
  readonly raises: boolean;
}

function subscriptionChange(
  group: ConsumerGroup,
  before: ConsumerMember,
  after: ConsumerMember,
  world: Pick<HeartbeatWorld, 'regexProblem'>,
): SubscriptionChange | Refusal {
  const names = !sameNames(before.topicNames, after.topicNames);
  const [old, next] = [before.topicRegex, after.topicRegex];
  if (old === next) return { changes: [], changed: names, raises: names };
  const changes: GroupChange[] = [];
  if (old !== '' && group.regexReaders.get(old) === 1 && group.regexes.has(old)) {
    changes.push({ kind: 'regex', regex: old, value: undefined });
  }
  // A new one is resolved later; until then it matches nothing, and nobody has to move.
  if (next !== '' && !group.regexReaders.has(next)) {
    const full = group.regexReaders.size >= consumerGroupLimits.regexesMax;
    const limit = `The group has ${consumerGroupLimits.regexesMax} regular expressions already.`;
    const problem = full ? limit : world.regexProblem(next);
    if (problem !== undefined) return { error: 'INVALID_REGULAR_EXPRESSION', message: problem };
    return { changes, changed: true, raises: names };
  }
  return { changes, changed: true, raises: names || next === '' || group.regexes.has(next) };
}

interface Assigned {
  readonly changes: readonly GroupChange[];
  readonly targetEpoch: number;
  readonly target: Assignment;
}

/** Raises the epoch if there is reason to, and computes the target of a raised one. */
function assign(
  group: ConsumerGroup,
  member: ConsumerMember,
  { gone, raise }: { readonly gone: ReadonlySet<string>; readonly raise: boolean },
  world: Pick<HeartbeatWorld, 'topics' | 'now' | 'assignmentIntervalMs'>,
): Assigned {
  const { topics, now, assignmentIntervalMs } = world;
  const changes: GroupChange[] = [];
  const [replaced] = gone;
  const before = (memberId: string): Assignment =>
    group.target(memberId === member.memberId && replaced !== undefined ? replaced : memberId);
  let { epoch } = group;
  const look = raise || group.topicsVersion !== topics.version;
  const members = look || epoch > group.targetEpoch ? membersWith(group, member, gone) : group.members;
  if (look) {
    const hash = metadataHash(members, group.regexes, topics);
    if (raise || hash !== group.metadataHash) {
      epoch++;
      changes.push({ kind: 'epoch', value: { epoch, metadataHash: hash } });
    }
  }
  const old = { changes, targetEpoch: group.targetEpoch, target: before(member.memberId) };
  if (epoch <= group.targetEpoch) return old;
  const since = group.targetTimestampMs;
  // A clock that was set back must not hold assignments up for longer than the interval.
  const tooSoon = since !== 0 && now.wallMs >= since && now.wallMs < since + assignmentIntervalMs;
  if (tooSoon) return old;
  const target = newTarget(group, members, { epoch, wallMs: now.wallMs, view: topics }, before);
  changes.push(...target.changes);
  return { changes, targetEpoch: epoch, target: target.of(member.memberId) ?? old.target };
}

function planLeave(group: ConsumerGroup, request: ConsumerHeartbeat, world: HeartbeatWorld): Plan | Refusal {
  const { instanceId, memberId, memberEpoch } = request;
  const refusal = instanceId === null ? undefined : staticRefusal(group, instanceId, memberId);
  if (refusal !== undefined) return refusal;
  const member = instanceId === null ? group.member(memberId) : group.staticMember(instanceId);
  if (member === undefined) return unknownMember(memberId, group.groupId);
  const answer = {
    error: 'NONE',
    message: null,
    memberId,
    memberEpoch,
    heartbeatIntervalMs: 0,
    assignment: null,
  } as const;
  if (memberEpoch === leaveEpochs.forGood) {
    return {
      changes: fencing(group, [member], world.topics),
      answer,
      member: undefined,
      gone: [memberId],
      moved: true,
    };
  }
  const epoch = leaveEpochs.forNow;
  const owned = new Map(
    [...member.owned].map(([id, partitions]) => [id, new Map([...partitions.keys()].map((one) => [one, 0]))]),
  );
  const value: ConsumerMember = { ...member, epoch, owned, revoking: new Map() };
  return { changes: [{ kind: 'progress', memberId, value }], answer, member: value, gone: [], moved: true };
}

/** Takes members out, and raises the epoch. */
export function fencing(
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  topics: TopicView,
): readonly GroupChange[] {
  const changes: GroupChange[] = members.flatMap(({ memberId }) => removal(memberId));
  const left = membersWith(group, undefined, new Set(members.map(({ memberId }) => memberId)));
  const regexes = new Set([...left.values()].map(({ topicRegex }) => topicRegex));
  for (const regex of group.regexes.keys()) {
    if (!regexes.has(regex)) changes.push({ kind: 'regex', regex, value: undefined });
  }
  const hash = metadataHash(left, group.regexes, topics);
  changes.push({ kind: 'epoch', value: { epoch: group.epoch + 1, metadataHash: hash } });
  return changes;
}
