/**
 * How a group comes to its next generation: who is waited for, how long, and who is given up (KIP-62, KIP-134,
 * KIP-394).
 *
 * - A new group waits group.initial.rebalance.delay.ms for more members, again after each that came, up to the
 *   rebalance time-out.
 * - Any other waits until all known members have joined, for the longest rebalance time-out among them. Then members
 *   that have not joined are removed; static ones stay, since their session decides.
 * - A member that has joined and does not ask for its assignment within the rebalance time-out is removed.
 * - A member that waits for an answer of ours cannot heartbeat, so its session does not end; a new member's first join
 *   ends after five minutes, or clients that try again and again would fill the group.
 */
import { assert } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import type { GroupSettings } from './contract.ts';
import type { ClassicGroup, Deadlines, Moment } from './group.ts';
import { joinRefused, type Member, syncRefused } from './member.ts';
import type { Timers } from './timers.ts';

/** Kafka's time for the first join of a new member. */
export const newMemberJoinTimeoutMs = 5 * 60_000;

/** What a rebalance needs of the coordinator. */
export interface RebalanceWorld {
  readonly timers: Timers;
  readonly settings: GroupSettings;
  now(): Moment;
  /** Writes down who the group is, without members: it has become empty. */
  writeEmpty(group: ClassicGroup): void;
  /**
   * The last id given to a member that has not joined is gone: an empty group that was never written may be forgotten.
   */
  pendingGone(group: ClassicGroup): void;
}

export class Rebalance {
  readonly #world: RebalanceWorld;

  constructor(world: RebalanceWorld) {
    this.#world = world;
  }

  /** The deadlines of a new group. */
  deadlines(group: ClassicGroup): Deadlines {
    const { timers } = this.#world;
    return {
      join: timers.deadline(() => this.#joinTimeIsUp(group)),
      sync: timers.deadline(() => this.#syncTimeIsUp(group)),
    };
  }

  /** The session of a member about to be added. */
  session(group: ClassicGroup, memberId: string): Member['session'] {
    return this.#world.timers.deadline(() => this.#sessionIsOver(group, memberId));
  }

  /** Keeps an id for a member that is to join with it within `sessionTimeoutMs`. */
  addPending(group: ClassicGroup, memberId: string, sessionTimeoutMs: number): void {
    const deadline = this.#world.timers.deadline(() => this.#sessionIsOver(group, memberId));
    group.pendingJoins.set(memberId, deadline);
    deadline.set(sessionTimeoutMs);
  }

  prolong(member: Member, timeoutMs: number = member.terms.sessionTimeoutMs): void {
    member.session.set(timeoutMs);
  }

  /** Something changed: starts a rebalance, or ends the one under way if nobody is missing any more. */
  changed(group: ClassicGroup): void {
    if (group.canRebalance()) this.prepare(group);
    else this.maybeCompleteJoin(group);
  }

  prepare(group: ClassicGroup): void {
    if (group.state === 'CompletingRebalance') this.propagateError(group, 'REBALANCE_IN_PROGRESS');
    group.pendingSyncs.clear();
    group.syncDeadline.clear();
    const initial = group.state === 'Empty';
    group.prepareRebalance(this.#world.now());
    if (initial) {
      const delayMs = this.#world.settings['group.initial.rebalance.delay.ms'];
      group.newMemberAdded = false;
      group.initialRemainingMs = Math.max(group.rebalanceTimeoutMs() - delayMs, 0);
      group.joinDeadline.set(delayMs);
    } else if (group.allMembersJoined()) {
      this.#completeJoin(group);
    } else {
      group.joinDeadline.set(group.rebalanceTimeoutMs());
    }
  }

  /** Ends the join phase if everybody is here; the first one of a new group has its own time. */
  maybeCompleteJoin(group: ClassicGroup): void {
    if (group.state !== 'PreparingRebalance' || group.previousState === 'Empty') return;
    if (group.allMembersJoined()) this.#completeJoin(group);
  }

  /** Tells all who wait for an assignment that there will be none. */
  propagateError(group: ClassicGroup, error: ErrorName): void {
    assert(group.state === 'CompletingRebalance', 'only then somebody waits for an assignment');
    group.clearAssignments();
    for (const member of group.members.values()) {
      if (group.answerSync(member, syncRefused(error))) this.prolong(member);
    }
  }

  /** Answers what the member waits for, and removes it. */
  remove(group: ClassicGroup, member: Member): void {
    group.answerJoin(member, joinRefused('UNKNOWN_MEMBER_ID', ''));
    group.answerSync(member, syncRefused('UNKNOWN_MEMBER_ID'));
    group.remove(member.memberId);
  }

  /** The member has asked for its assignment. */
  synced(group: ClassicGroup, memberId: string): void {
    group.pendingSyncs.delete(memberId);
    if (group.pendingSyncs.size === 0) group.syncDeadline.clear();
  }

  #sessionIsOver(group: ClassicGroup, memberId: string): void {
    if (group.state === 'Dead') return;
    if (group.pendingJoins.has(memberId)) {
      group.removePending(memberId);
      this.#somebodyIsGone(group);
      return this.#world.pendingGone(group);
    }
    const member = group.member(memberId);
    if (member === undefined) return;
    const waitsForUs = member.awaitingJoin !== undefined || member.awaitingSync !== undefined;
    if (waitsForUs && !member.isNew) return;
    this.remove(group, member);
    if (group.state === 'Stable' || group.state === 'CompletingRebalance') this.changed(group);
    else this.#somebodyIsGone(group);
  }

  #somebodyIsGone(group: ClassicGroup): void {
    if (group.state === 'PreparingRebalance' && group.allMembersJoined()) this.#completeJoin(group);
  }

  #joinTimeIsUp(group: ClassicGroup): void {
    if (group.state !== 'PreparingRebalance') return;
    const remainingMs = group.initialRemainingMs ?? 0;
    if (!group.newMemberAdded || remainingMs === 0) return this.#completeJoin(group);
    const delayMs = Math.min(this.#world.settings['group.initial.rebalance.delay.ms'], remainingMs);
    group.newMemberAdded = false;
    group.initialRemainingMs = remainingMs - delayMs;
    group.joinDeadline.set(delayMs);
  }

  #completeJoin(group: ClassicGroup): void {
    group.joinDeadline.clear();
    group.initialRemainingMs = undefined;
    for (const member of group.members.values()) {
      if (member.awaitingJoin === undefined && member.groupInstanceId === null) this.remove(group, member);
    }
    if (!group.electJoinedLeader()) {
      // Only static members are left, and none of them is here: their sessions decide how long the group waits.
      group.joinDeadline.set(group.rebalanceTimeoutMs());
      return;
    }
    group.nextGeneration(this.#world.now());
    if (group.state === 'Empty') return this.#world.writeEmpty(group);
    for (const { memberId } of group.members.values()) group.pendingSyncs.add(memberId);
    group.syncDeadline.set(group.rebalanceTimeoutMs());
    const { generationId, protocolName, protocolType } = group;
    const leader = group.leaderId ?? '';
    const joined = group.joinedMembers();
    for (const member of group.members.values()) {
      this.prolong(member);
      member.isNew = false;
      group.answerJoin(member, {
        error: 'NONE',
        generationId,
        protocolType,
        protocolName,
        leader,
        skipAssignment: false,
        memberId: member.memberId,
        members: group.isLeader(member.memberId) ? joined : [],
      });
    }
  }

  #syncTimeIsUp(group: ClassicGroup): void {
    if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return;
    if (group.pendingSyncs.size === 0) return;
    for (const memberId of group.pendingSyncs) {
      const member = group.member(memberId);
      if (member !== undefined) this.remove(group, member);
    }
    this.prepare(group);
  }
}
