/** Membership of classic groups: joins, syncs, heartbeats, leaves, and the generations that come of them. */
import type { ErrorName } from '@skerry/wire';
import type { BareGroups } from './bare-groups.ts';
import type { ConsumerGroup } from './consumer/consumer-group.ts';
import {
  type GroupRecord,
  type GroupsWorld,
  type JoinAnswer,
  type JoinRequest,
  type LeaveAnswer,
  type LeavingMember,
  type MemberClaim,
  type SyncAnswer,
  type SyncRequest,
} from './contract.ts';
import { ClassicGroup, type Moment, type Predecessor } from './group.ts';
import { type JoinWorld, join } from './join.ts';
import { joinRefused, syncRefused } from './member.ts';
import { heartbeat, leave, type MembershipWorld, sync } from './membership.ts';
import { Rebalance } from './rebalance.ts';
import { groupRecord } from './records.ts';
import type { GroupRoom } from './room.ts';
import type { Timers } from './timers.ts';

/** What membership needs of the coordinator of all groups. */
export interface ClassicGroupsWorld {
  readonly world: GroupsWorld;
  readonly timers: Timers;
  readonly room: GroupRoom;
  readonly bare: BareGroups;
  readonly groups: Map<string, ClassicGroup | ConsumerGroup>;
  readonly now: () => Moment;
  /** Puts a classic group in the place of a consumer group that has no members. */
  toClassic(group: ConsumerGroup, done: (error?: ErrorName) => void): void;
  append(group: ClassicGroup, make: () => readonly GroupRecord[], done: (error?: ErrorName) => void): void;
}

export class ClassicGroups {
  readonly rebalance: Rebalance;
  readonly #inside: JoinWorld & MembershipWorld;
  readonly #shared: ClassicGroupsWorld;

  constructor(shared: ClassicGroupsWorld) {
    this.#shared = shared;
    const { world, timers, bare, room, now } = shared;
    const { settings } = world;
    this.rebalance = new Rebalance({
      timers,
      settings,
      now,
      writeEmpty: (group) => this.#writeGroup(group, () => undefined),
      pendingGone: (group) => bare.look(group),
    });
    this.#inside = {
      random: world.random,
      rebalance: this.rebalance,
      now,
      sizeMax: () => settings['group.max.size'],
      roomForMember: () => room.forMember,
      writeGroup: this.#writeGroup.bind(this),
    };
  }

  /** `before`: the group that it takes the place of, with its offsets. */
  create(groupId: string, before?: Predecessor): ClassicGroup {
    const { room, groups, now } = this.#shared;
    const group = new ClassicGroup(groupId, now(), { room, before }, (made) => this.rebalance.deadlines(made));
    groups.set(groupId, group);
    return group;
  }

  /** All records are read: members have their session time-out from now. */
  start(group: ClassicGroup): void {
    this.#shared.bare.forget(group);
    for (const member of group.members.values()) this.rebalance.prolong(member);
    if (group.members.size > this.#shared.world.settings['group.max.size']) this.rebalance.prepare(group);
  }

  join(request: JoinRequest, reply: (answer: JoinAnswer) => void): void {
    const { groupId, memberId } = request;
    const { groups, room, bare } = this.#shared;
    const answer = this.#later(reply);
    const refusal = this.#joinRefusal(request);
    if (refusal !== undefined) return answer(joinRefused(refusal, memberId));
    const found = groups.get(groupId);
    if (found?.kind === 'consumer') {
      if (found.members.size > 0) return answer(joinRefused('INCONSISTENT_GROUP_PROTOCOL', memberId));
      return this.#shared.toClassic(found, (error) => {
        if (error === undefined) this.join(request, reply);
        else answer(joinRefused(error, memberId));
      });
    }
    const known = found;
    if (known === undefined && memberId !== '') return answer(joinRefused('UNKNOWN_MEMBER_ID', memberId));
    if (known?.deleting === true || (known === undefined && !room.forGroup)) {
      return answer(joinRefused('COORDINATOR_NOT_AVAILABLE', memberId));
    }
    const group = known ?? this.create(groupId);
    join(group, request, this.#inside, answer);
    bare.look(group);
  }

  sync(request: SyncRequest, reply: (answer: SyncAnswer) => void): void {
    const answer = this.#later(reply);
    const refusal = this.#refusal(request.groupId);
    const group = this.#classic(request.groupId);
    if (refusal !== undefined || group === undefined || group === 'other') {
      return answer(syncRefused(refusal ?? 'UNKNOWN_MEMBER_ID'));
    }
    sync(group, request, this.#inside, answer);
  }

  heartbeat(claim: MemberClaim): ErrorName {
    const refusal = this.#refusal(claim.groupId);
    // While groups are read nobody's session runs, and the member should not start over.
    if (refusal === 'COORDINATOR_LOAD_IN_PROGRESS') return 'NONE';
    const group = this.#classic(claim.groupId);
    if (refusal !== undefined || group === undefined || group === 'other') return refusal ?? 'UNKNOWN_MEMBER_ID';
    return heartbeat(group, claim, this.#inside);
  }

  leave(groupId: string, leaving: readonly LeavingMember[], reply: (answer: LeaveAnswer) => void): void {
    const refusal = this.#refusal(groupId);
    if (refusal !== undefined) return reply({ error: refusal, members: [] });
    const group = this.#classic(groupId);
    if (group === undefined || group === 'other') {
      return reply({ error: 'NONE', members: leaving.map((one) => ({ ...one, error: 'UNKNOWN_MEMBER_ID' })) });
    }
    const members = leave(group, leaving, this.#inside);
    group.writes.whenSettled(() => reply({ error: 'NONE', members }));
    this.#shared.bare.look(group);
  }

  /** A group of another kind is none that a member of this one could be in. */
  #classic(groupId: string): ClassicGroup | 'other' | undefined {
    const group = this.#shared.groups.get(groupId);
    return group === undefined || group.kind === 'classic' ? group : 'other';
  }

  #refusal(groupId: string): ErrorName | undefined {
    return groupId === '' ? 'INVALID_GROUP_ID' : this.#shared.world.refusal(groupId);
  }

  #joinRefusal({ groupId, sessionTimeoutMs }: JoinRequest): ErrorName | undefined {
    const { world } = this.#shared;
    const { settings } = world;
    if (groupId === '') return 'INVALID_GROUP_ID';
    const tooShort = sessionTimeoutMs < settings['group.min.session.timeout.ms'];
    if (tooShort || sessionTimeoutMs > settings['group.max.session.timeout.ms']) return 'INVALID_SESSION_TIMEOUT';
    return world.refusal(groupId);
  }

  #writeGroup(
    group: ClassicGroup,
    done: (error?: ErrorName) => void,
    assignments?: ReadonlyMap<string, Uint8Array>,
  ): void {
    const wasPersisted = group.persisted;
    group.persisted = true;
    this.#shared.append(
      group,
      () => [groupRecord(group, assignments)],
      (error) => {
        if (error !== undefined) group.persisted = wasPersisted;
        done(error);
      },
    );
  }

  /** An answer may let the client's next request in, which must not find a group half changed. */
  #later<T>(reply: (answer: T) => void): (answer: T) => void {
    return (answer) => this.#shared.world.clock.soon(() => reply(answer));
  }
}
