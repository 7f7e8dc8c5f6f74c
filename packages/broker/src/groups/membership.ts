/**
 * SyncGroup, Heartbeat and LeaveGroup within one group.
 *
 * The leader's assignment is answered to anybody only after it is in the log: a coordinator that forgot it would give
 * out another one.
 */
import type { ErrorName } from '@skerry/wire';
import type { LeaveAnswer, LeavingMember, MemberClaim, SyncAnswer, SyncRequest } from './contract.ts';
import type { ClassicGroup, Moment } from './group.ts';
import { memberRefusal } from './join.ts';
import { noBytes, syncRefused } from './member.ts';
import type { Rebalance } from './rebalance.ts';

/** What these requests need of the coordinator. */
export interface MembershipWorld {
  readonly rebalance: Rebalance;
  now(): Moment;
  /** Writes down the group with these assignments; calls back once that is committed, or with why it is not. */
  writeGroup(
    group: ClassicGroup,
    done: (error?: ErrorName) => void,
    assignments?: ReadonlyMap<string, Uint8Array>,
  ): void;
}

export function sync(
  group: ClassicGroup,
  request: SyncRequest,
  world: MembershipWorld,
  reply: (answer: SyncAnswer) => void,
): void {
  const { memberId, generationId } = request;
  const refusal = claimRefusal(group, request) ?? protocolRefusal(group, request);
  const member = group.member(memberId);
  if (refusal !== undefined || member === undefined) return reply(syncRefused(refusal ?? 'UNKNOWN_MEMBER_ID'));
  if (group.state === 'PreparingRebalance') return reply(syncRefused('REBALANCE_IN_PROGRESS'));
  world.rebalance.synced(group, memberId);
  if (group.state === 'Stable') return reply(assigned(group, member.assignment));

  // Its client gave up the sync before, or it would not ask again.
  group.answerSync(member, syncRefused('REBALANCE_IN_PROGRESS'));
  member.awaitingSync = reply;
  if (!group.isLeader(memberId)) return;
  const assignments = ownAssignments(group, request);
  const done = (error?: ErrorName): void => {
    // Whoever changed the group meanwhile has answered all who waited.
    if (group.state !== 'CompletingRebalance' || group.generationId !== generationId) return;
    if (error === undefined) return assign(group, assignments, world);
    world.rebalance.propagateError(group, error);
    world.rebalance.changed(group);
  };
  world.writeGroup(group, done, assignments);
}

export function heartbeat(group: ClassicGroup, claim: MemberClaim, world: MembershipWorld): ErrorName {
  const refusal = claimRefusal(group, claim);
  const member = group.member(claim.memberId);
  if (refusal !== undefined || member === undefined) return refusal ?? 'UNKNOWN_MEMBER_ID';
  world.rebalance.prolong(member);
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE';
}

export function leave(
  group: ClassicGroup,
  leaving: readonly LeavingMember[],
  world: MembershipWorld,
): LeaveAnswer['members'] {
  const members = leaving.map((one) => ({ ...one, error: leaveOne(group, one, world) }));
  if (members.some(({ error }) => error === 'NONE')) {
    if (group.state === 'Stable' || group.state === 'CompletingRebalance') world.rebalance.changed(group);
    else world.rebalance.maybeCompleteJoin(group);
  }
  return members;
}

/** Is the claim that of a member, and of this generation? Undefined if so. */
export function claimRefusal(group: ClassicGroup, claim: MemberClaim): ErrorName | undefined {
  const refusal = memberRefusal(group, claim);
  if (refusal !== undefined) return refusal;
  return claim.generationId === group.generationId ? undefined : 'ILLEGAL_GENERATION';
}

function protocolRefusal(group: ClassicGroup, { protocolType, protocolName }: SyncRequest): ErrorName | undefined {
  return differs(protocolType, group.protocolType) || differs(protocolName, group.protocolName)
    ? 'INCONSISTENT_GROUP_PROTOCOL'
    : undefined;
}

function differs(told: string | null, held: string | null): boolean {
  return told !== null && held !== null && told !== held;
}

/** What the leader decided for each member there is; nothing for those it left out. */
function ownAssignments(group: ClassicGroup, { assignments }: SyncRequest): ReadonlyMap<string, Uint8Array> {
  const owned = new Map<string, Uint8Array>();
  for (const memberId of group.members.keys()) owned.set(memberId, noBytes);
  for (const { memberId, assignment } of assignments) {
    if (owned.has(memberId)) owned.set(memberId, assignment.slice());
  }
  return owned;
}

function assign(group: ClassicGroup, assignments: ReadonlyMap<string, Uint8Array>, world: MembershipWorld): void {
  group.stabilize(world.now());
  for (const member of group.members.values()) group.assign(member, assignments.get(member.memberId) ?? noBytes);
  for (const member of group.members.values()) {
    if (group.answerSync(member, assigned(group, member.assignment))) world.rebalance.prolong(member);
  }
}

function assigned({ protocolType, protocolName }: ClassicGroup, assignment: Uint8Array): SyncAnswer {
  return { error: 'NONE', protocolType, protocolName, assignment };
}

function leaveOne(
  group: ClassicGroup,
  { memberId, groupInstanceId }: LeavingMember,
  world: MembershipWorld,
): ErrorName {
  if (memberId !== '' && group.pendingJoins.has(memberId)) {
    group.removePending(memberId);
    return 'NONE';
  }
  const named = memberId === '' ? (group.staticMemberId(groupInstanceId ?? '') ?? '') : memberId;
  const refusal = memberId === '' ? undefined : memberRefusal(group, { memberId, groupInstanceId });
  const member = group.member(named);
  if (refusal !== undefined || member === undefined) return refusal ?? 'UNKNOWN_MEMBER_ID';
  world.rebalance.remove(group, member);
  return 'NONE';
}
