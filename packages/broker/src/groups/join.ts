/**
 * JoinGroup within one group: who is let in, under which id, and whether that starts a rebalance.
 *
 * - A new dynamic member is given an id and must join with it (KIP-394); old clients are taken in at once.
 * - A static member that comes back without its id takes its place again, and whoever held it is fenced (KIP-345). In a
 *   stable group whose protocol stays the same that needs no rebalance: it gets the assignment it had (KIP-814 tells it
 *   not to compute one if it led).
 * - A known member that joins again starts a rebalance if it leads, or if its metadata changed; else it is told how
 *   things are.
 */
import { type Random, utf8Length } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import { groupLimits, type JoinAnswer, type JoinRequest } from './contract.ts';
import type { ClassicGroup } from './group.ts';
import {
  joinRefused,
  type Member,
  type MemberTerms,
  noBytes,
  ownProtocols,
  sameProtocols,
  syncRefused,
} from './member.ts';
import { newMemberJoinTimeoutMs, type Rebalance } from './rebalance.ts';

type Reply = (answer: JoinAnswer) => void;

/** What joining needs of the coordinator. */
export interface JoinWorld {
  readonly random: Random;
  readonly rebalance: Rebalance;
  /** Members that one group may have. */
  sizeMax(): number;
  /** Is there room for what another member tells? */
  roomForMember(): boolean;
  /** Writes down the group as it is; calls back once that is committed, or with why it is not. */
  writeGroup(group: ClassicGroup, done: (error?: ErrorName) => void): void;
}

export function join(group: ClassicGroup, request: JoinRequest, world: JoinWorld, reply: Reply): void {
  const { memberId } = request;
  if (!accepts(group, memberId, world)) {
    const member = group.member(memberId);
    if (member === undefined) group.removePending(memberId);
    else world.rebalance.remove(group, member);
    world.rebalance.maybeCompleteJoin(group);
    return reply(joinRefused('GROUP_MAX_SIZE_REACHED', ''));
  }
  if (!group.supports(request.protocolType, request.protocols)) {
    return reply(joinRefused('INCONSISTENT_GROUP_PROTOCOL', memberId));
  }
  if (memberId === '') return joinNew(group, request, world, reply);
  if (group.pendingJoins.has(memberId)) {
    // An id is only ever given to a dynamic member.
    if (request.groupInstanceId !== null) return reply(joinRefused('UNKNOWN_SERVER_ERROR', memberId));
    return add(group, memberId, request, world, reply);
  }
  joinAgain(group, request, world, reply);
}

/** Who a request claims to be, held against who is there: undefined if it is right. */
export function memberRefusal(
  group: ClassicGroup,
  claim: { readonly memberId: string; readonly groupInstanceId: string | null },
): ErrorName | undefined {
  if (claim.groupInstanceId !== null) {
    const holder = group.staticMemberId(claim.groupInstanceId);
    if (holder === undefined) return 'UNKNOWN_MEMBER_ID';
    if (holder !== claim.memberId) return 'FENCED_INSTANCE_ID';
  }
  return group.member(claim.memberId) === undefined ? 'UNKNOWN_MEMBER_ID' : undefined;
}

function accepts(group: ClassicGroup, memberId: string, world: JoinWorld): boolean {
  const member = group.member(memberId);
  if (member === undefined && !world.roomForMember()) return false;
  if (group.state === 'Empty') return true;
  const sizeMax = world.sizeMax();
  // While members gather, those who are here count: the last to come are turned away, also if they were members before.
  if (group.state === 'PreparingRebalance') {
    return member?.awaitingJoin !== undefined || group.awaitingJoins < sizeMax;
  }
  return member !== undefined || group.members.size < sizeMax;
}

function joinNew(group: ClassicGroup, request: JoinRequest, world: JoinWorld, reply: Reply): void {
  const { groupInstanceId } = request;
  const memberId = `${groupInstanceId ?? request.clientId}-${randomUuid(world.random)}`;
  // An id travels as a string of at most 32,767 bytes, here and in the log.
  if (utf8Length(memberId) > 0x7fff) return reply(joinRefused('INVALID_REQUEST', ''));
  if (groupInstanceId !== null) {
    const holder = group.member(group.staticMemberId(groupInstanceId) ?? '');
    if (holder !== undefined) return replace(group, holder, memberId, request, world, reply);
  } else if (request.memberIdRequired) {
    if (group.pendingJoins.size >= groupLimits.pendingMembersMax) {
      return reply(joinRefused('COORDINATOR_NOT_AVAILABLE', ''));
    }
    world.rebalance.addPending(group, memberId, request.sessionTimeoutMs);
    return reply(joinRefused('MEMBER_ID_REQUIRED', memberId));
  }
  add(group, memberId, request, world, reply);
}

function add(group: ClassicGroup, memberId: string, request: JoinRequest, world: JoinWorld, reply: Reply): void {
  const member: Member = {
    memberId,
    groupInstanceId: request.groupInstanceId,
    clientId: request.clientId,
    clientHost: request.clientHost,
    terms: termsOf(request),
    assignment: noBytes,
    isNew: true,
    awaitingJoin: reply,
    awaitingSync: undefined,
    session: world.rebalance.session(group, memberId),
  };
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.newMemberAdded = true;
  group.add(member, request.protocolType);
  world.rebalance.prolong(member, newMemberJoinTimeoutMs);
  world.rebalance.changed(group);
}

function joinAgain(group: ClassicGroup, request: JoinRequest, world: JoinWorld, reply: Reply): void {
  const { memberId } = request;
  const refusal = memberRefusal(group, request);
  const member = group.member(memberId);
  if (refusal !== undefined || member === undefined)
    return reply(joinRefused(refusal ?? 'UNKNOWN_MEMBER_ID', memberId));
  const unchanged = sameProtocols(member.terms.protocols, request.protocols);
  const leads = group.isLeader(memberId);
  const answerNow =
    (group.state === 'CompletingRebalance' && unchanged) || (group.state === 'Stable' && unchanged && !leads);
  if (answerNow) return reply(current(group, memberId, { leads, skipAssignment: false }));
  // Its client gave up the join before, or it would not ask again.
  group.answerJoin(member, joinRefused('REBALANCE_IN_PROGRESS', memberId));
  group.update(member, termsOf(request), reply);
  world.rebalance.changed(group);
}

function replace(
  group: ClassicGroup,
  old: Member,
  memberId: string,
  request: JoinRequest,
  world: JoinWorld,
  reply: Reply,
): void {
  const before = group.leaderId ?? '';
  group.answerJoin(old, joinRefused('FENCED_INSTANCE_ID', old.memberId));
  group.answerSync(old, syncRefused('FENCED_INSTANCE_ID'));
  const member: Member = {
    ...old,
    memberId,
    terms: termsOf(request),
    isNew: false,
    awaitingJoin: reply,
    session: world.rebalance.session(group, memberId),
  };
  const hadNotSynced = group.pendingSyncs.has(old.memberId);
  group.replaceStatic(old, member);
  world.rebalance.prolong(member);
  if (group.state === 'CompletingRebalance') return world.rebalance.prepare(group);
  if (group.state === 'PreparingRebalance') return world.rebalance.maybeCompleteJoin(group);
  if (group.selectProtocol() !== group.protocolName) return world.rebalance.changed(group);
  if (hadNotSynced) group.pendingSyncs.add(memberId);
  const { generationId } = group;
  world.writeGroup(group, (error) => {
    if (member.awaitingJoin !== reply) return;
    if (error !== undefined) return restore(group, member, old, { before, error, world });
    // A rebalance that started meanwhile answers all who wait.
    if (group.state !== 'Stable' || group.generationId !== generationId) return;
    const leads = group.isLeader(memberId);
    const answer = request.skipAssignmentSupported
      ? current(group, memberId, { leads, skipAssignment: leads })
      : { ...current(group, memberId, { leads: false, skipAssignment: false }), leader: before };
    group.answerJoin(member, answer);
  });
}

/** The log did not take the new id: the member keeps the old one, and its client tries again. */
function restore(
  group: ClassicGroup,
  member: Member,
  old: Member,
  why: { readonly before: string; readonly error: ErrorName; readonly world: JoinWorld },
): void {
  const { before, error, world } = why;
  const answer = { ...current(group, '', { leads: false, skipAssignment: false }), leader: before, error };
  group.answerJoin(member, answer);
  group.answerSync(member, syncRefused(error));
  const back: Member = { ...old, session: world.rebalance.session(group, old.memberId) };
  group.replaceStatic(member, back);
  world.rebalance.prolong(back);
}

/** The answer of the present generation, for a member that needs no rebalance. */
function current(
  group: ClassicGroup,
  memberId: string,
  told: { readonly leads: boolean; readonly skipAssignment: boolean },
): JoinAnswer {
  return {
    error: 'NONE',
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    skipAssignment: told.skipAssignment,
    memberId,
    members: told.leads ? group.joinedMembers() : [],
  };
}

function termsOf(request: JoinRequest): MemberTerms {
  return {
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    sessionTimeoutMs: request.sessionTimeoutMs,
    protocols: ownProtocols(request.protocols),
  };
}

/** A random UUID (RFC 9562, version 4) in the form that Java prints. */
function randomUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
