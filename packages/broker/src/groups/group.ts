/**
 * One classic group: its members, its generation, its offsets. It decides nothing about time or the log; rebalance.ts
 * does.
 *
 *   Empty               --a member joins-->                                   PreparingRebalance
 *   PreparingRebalance  --members have joined, or their time is up-->          CompletingRebalance, next generation
 *   PreparingRebalance  --no member is left-->                                 Empty, next generation
 *   CompletingRebalance --the leader's assignment is in the log-->             Stable
 *   CompletingRebalance --a member joins, changes, leaves, fails-->            PreparingRebalance
 *   Stable              --a member joins, changes, leaves, fails-->            PreparingRebalance
 *   any                 --deleted, or all its offsets expired-->               Dead
 *   (start)             --read from the log-->                                 Stable with members, Empty without
 *
 * Members are kept in the order in which they came: where Kafka leaves the choice open (a new leader, a draw in a
 * vote), the first one has it.
 */
import { assert } from '@skerry/base';
import type { JoinAnswer, JoinedMember, Protocol, SyncAnswer } from './contract.ts';
import { type Member, memberBytes, metadataOf, noBytes } from './member.ts';
import { OffsetTable } from './offset-table.ts';
import type { GroupRoom } from './room.ts';
import { consumerProtocolType, subscribedTopics } from './subscription.ts';
import type { Deadline } from './timers.ts';
import { Writes } from './writes.ts';

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

/** From where each state may be reached. */
const reachedFrom: Readonly<Record<GroupState, readonly GroupState[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Empty', 'CompletingRebalance', 'Stable'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable'],
};

/** A moment on both clocks: one to measure from, one to write down. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** What the log says of a group. */
export interface LoadedGroup {
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly generationId: number;
  readonly leaderId: string | undefined;
  readonly members: readonly Member[];
}

/** What a group hands on to one of another kind that takes its place. */
export interface Predecessor {
  readonly offsets: OffsetTable;
  readonly writes: Writes;
}

export interface Deadlines {
  readonly join: Deadline;
  readonly sync: Deadline;
}

export class ClassicGroup {
  readonly kind = 'classic';
  readonly groupId: string;
  readonly offsets: OffsetTable;
  readonly writes: Writes;
  /** Ids given to members that have not joined with them yet (KIP-394), each with the time left for it. */
  readonly pendingJoins = new Map<string, Deadline>();
  /** Members that have not asked for their assignment of this generation. */
  readonly pendingSyncs = new Set<string>();
  /** Ends the wait for members to join. */
  readonly joinDeadline: Deadline;
  /** Ends the wait for members to ask for their assignment. */
  readonly syncDeadline: Deadline;
  readonly #room: GroupRoom;
  /** What is left of the rebalance time-out while a new group waits for more members; undefined outside that. */
  initialRemainingMs: number | undefined;
  /** Has a member come during the present stretch of that wait? */
  newMemberAdded = false;
  /** Its removal is on the way to the log: nothing may join or commit until that has succeeded or failed. */
  deleting = false;
  /** Does the log hold a metadata record of the group? */
  persisted = false;
  #state: GroupState = 'Empty';
  #previousState: GroupState = 'Dead';
  #since: Moment;
  #generationId = 0;
  #protocolType: string | null = null;
  #protocolName: string | null = null;
  #leaderId: string | undefined;
  #subscribedTopics: ReadonlySet<string> | undefined;
  readonly #members = new Map<string, Member>();
  readonly #staticIds = new Map<string, string>();
  /** How many members support each protocol. */
  readonly #supporters = new Map<string, number>();
  #awaitingJoins = 0;

  /** `before`: the group that it takes the place of, with its offsets. */
  constructor(
    groupId: string,
    since: Moment,
    { room, before }: { readonly room: GroupRoom; readonly before?: Predecessor | undefined },
    deadlines: (group: ClassicGroup) => Deadlines,
  ) {
    this.groupId = groupId;
    this.#since = since;
    this.#room = room;
    this.offsets = before?.offsets ?? new OffsetTable(room);
    this.writes = before?.writes ?? new Writes();
    const { join, sync } = deadlines(this);
    this.joinDeadline = join;
    this.syncDeadline = sync;
  }

  get state(): GroupState {
    return this.#state;
  }
  get previousState(): GroupState {
    return this.#previousState;
  }
  /** When it entered its state. */
  get since(): Moment {
    return this.#since;
  }
  get generationId(): number {
    return this.#generationId;
  }
  get protocolType(): string | null {
    return this.#protocolType;
  }
  get protocolName(): string | null {
    return this.#protocolName;
  }
  get leaderId(): string | undefined {
    return this.#leaderId;
  }
  get members(): ReadonlyMap<string, Member> {
    return this.#members;
  }
  get awaitingJoins(): number {
    return this.#awaitingJoins;
  }

  member(memberId: string): Member | undefined {
    return this.#members.get(memberId);
  }
  isLeader(memberId: string): boolean {
    return this.#leaderId === memberId;
  }
  staticMemberId(groupInstanceId: string): string | undefined {
    return this.#staticIds.get(groupInstanceId);
  }
  allMembersJoined(): boolean {
    return this.#members.size === this.#awaitingJoins && this.pendingJoins.size === 0;
  }
  canRebalance(): boolean {
    return reachedFrom.PreparingRebalance.includes(this.#state);
  }
  /** The longest time that a member asks for to finish its work and join. */
  rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const { terms } of this.#members.values()) longest = Math.max(longest, terms.rebalanceTimeoutMs);
    return longest;
  }
  /** A group used for its offsets alone. */
  isSimple(): boolean {
    return this.#protocolType === null && this.#state === 'Empty' && this.pendingJoins.size === 0;
  }
  usesConsumerProtocol(): boolean {
    return this.#protocolType === consumerProtocolType;
  }
  /**
   * Where the subscriptions cannot be read, a consumer group counts as subscribed to everything: what is in use is not
   * removed.
   */
  isSubscribedTo(topic: string): boolean {
    return this.#subscribedTopics?.has(topic) ?? this.usesConsumerProtocol();
  }
  get subscriptionsKnown(): boolean {
    return this.#subscribedTopics !== undefined;
  }

  /** Could a member with these protocols be one of this group? */
  supports(protocolType: string, protocols: readonly Protocol[]): boolean {
    if (this.#state === 'Empty') return protocolType !== '' && protocols.length > 0;
    return (
      protocolType === this.#protocolType &&
      protocols.some(({ name }) => (this.#supporters.get(name) ?? 0) === this.#members.size)
    );
  }

  /** Takes in a member; the first one leads, and sets the protocol type. */
  add(member: Member, protocolType: string): void {
    const { memberId, groupInstanceId } = member;
    assert(!this.#members.has(memberId), 'a member is added once');
    if (groupInstanceId !== null) {
      assert(!this.#staticIds.has(groupInstanceId), 'a static member is there once');
      this.#staticIds.set(groupInstanceId, memberId);
    }
    if (this.#members.size === 0) this.#protocolType = protocolType;
    assert(this.#protocolType === protocolType, 'members share a protocol type');
    this.#leaderId ??= memberId;
    this.#members.set(memberId, member);
    this.#count(member, 1);
    if (member.awaitingJoin !== undefined) this.#awaitingJoins++;
    this.removePending(memberId);
  }

  /**
   * Takes out a member, or an id that was given to one; a new leader is found if it led. What it waits for must be
   * answered before.
   */
  remove(memberId: string): void {
    this.removePending(memberId);
    this.pendingSyncs.delete(memberId);
    const member = this.#members.get(memberId);
    if (member === undefined) return;
    assert(member.awaitingJoin === undefined && member.awaitingSync === undefined, 'nobody is removed unanswered');
    this.#members.delete(memberId);
    member.session.clear();
    this.#count(member, -1);
    if (member.groupInstanceId !== null) this.#staticIds.delete(member.groupInstanceId);
    if (this.#leaderId === memberId) this.#leaderId = this.#members.keys().next().value;
  }

  removePending(memberId: string): void {
    this.pendingJoins.get(memberId)?.clear();
    this.pendingJoins.delete(memberId);
  }

  /** Puts `next` in the place of the member with the same instance id, which must wait for nothing. */
  replaceStatic(old: Member, next: Member): void {
    const { groupInstanceId } = next;
    assert(groupInstanceId !== null && groupInstanceId === old.groupInstanceId, 'the same instance');
    assert(this.#members.get(old.memberId) === old, 'only a member can be replaced');
    assert(old.awaitingJoin === undefined && old.awaitingSync === undefined, 'nobody is replaced unanswered');
    this.#members.delete(old.memberId);
    old.session.clear();
    this.pendingSyncs.delete(old.memberId);
    this.#count(old, -1);
    this.#members.set(next.memberId, next);
    this.#count(next, 1);
    this.#staticIds.set(groupInstanceId, next.memberId);
    if (next.awaitingJoin !== undefined) this.#awaitingJoins++;
    if (this.#leaderId === old.memberId) this.#leaderId = next.memberId;
  }

  /** The member joins again, perhaps on other terms. */
  update(member: Member, terms: Member['terms'], awaitingJoin: Member['awaitingJoin']): void {
    assert(member.awaitingJoin === undefined, 'the join before was answered');
    this.#count(member, -1);
    member.terms = terms;
    this.#count(member, 1);
    member.awaitingJoin = awaitingJoin;
    if (awaitingJoin !== undefined) this.#awaitingJoins++;
  }

  answerJoin(member: Member, answer: JoinAnswer): void {
    const reply = member.awaitingJoin;
    if (reply === undefined) return;
    member.awaitingJoin = undefined;
    this.#awaitingJoins--;
    reply(answer);
  }

  /** Returns whether the member was waiting. */
  answerSync(member: Member, answer: SyncAnswer): boolean {
    const reply = member.awaitingSync;
    if (reply === undefined) return false;
    member.awaitingSync = undefined;
    reply(answer);
    return true;
  }

  /** Makes sure that a member leads who is here to do it; false if members are left and none is. */
  electJoinedLeader(): boolean {
    const leader = this.#leaderId === undefined ? undefined : this.#members.get(this.#leaderId);
    if (leader === undefined) return this.#members.size === 0;
    if (leader.awaitingJoin !== undefined) return true;
    for (const { memberId, awaitingJoin } of this.#members.values()) {
      if (awaitingJoin === undefined) continue;
      this.#leaderId = memberId;
      return true;
    }
    return false;
  }

  /** What the most members prefer among what all of them support; null if there is no such protocol. */
  selectProtocol(): string | null {
    const votes = new Map<string, number>();
    for (const { terms } of this.#members.values()) {
      const vote = terms.protocols.find(({ name }) => this.#supporters.get(name) === this.#members.size);
      if (vote !== undefined) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1);
    }
    let best: string | null = null;
    for (const [name, count] of votes) if (best === null || count > (votes.get(best) ?? 0)) best = name;
    return best;
  }

  prepareRebalance(now: Moment): void {
    this.#transitionTo('PreparingRebalance', now);
  }

  /** Ends the join phase: the members that are here make the next generation. */
  nextGeneration(now: Moment): void {
    this.#generationId++;
    this.#protocolName = this.#members.size === 0 ? null : this.selectProtocol();
    assert(this.#members.size === 0 || this.#protocolName !== null, 'members have a protocol in common');
    this.#subscribedTopics = this.#readSubscriptions();
    this.pendingSyncs.clear();
    this.#transitionTo(this.#members.size === 0 ? 'Empty' : 'CompletingRebalance', now);
  }

  stabilize(now: Moment): void {
    this.#transitionTo('Stable', now);
  }

  die(now: Moment): void {
    for (const memberId of this.pendingJoins.keys()) this.removePending(memberId);
    this.joinDeadline.clear();
    this.syncDeadline.clear();
    this.offsets.clear();
    this.#transitionTo('Dead', now);
  }

  /** Takes over what the log says, in place of what was known; the offsets stay. */
  load(loaded: LoadedGroup, since: Moment): void {
    for (const memberId of this.#members.keys()) this.remove(memberId);
    this.#protocolType = loaded.protocolType;
    this.#protocolName = loaded.protocolName;
    this.#generationId = loaded.generationId;
    this.#leaderId = loaded.leaderId;
    for (const member of loaded.members) this.add(member, loaded.protocolType ?? '');
    if (this.#leaderId !== undefined && !this.#members.has(this.#leaderId)) {
      this.#leaderId = this.#members.keys().next().value;
    }
    this.#state = this.#members.size === 0 ? 'Empty' : 'Stable';
    this.#since = since;
    this.#subscribedTopics = this.#readSubscriptions();
    this.persisted = true;
  }

  /** All members as the leader is told of them. */
  joinedMembers(): readonly JoinedMember[] {
    return [...this.#members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      metadata: metadataOf(member, this.#protocolName),
    }));
  }

  /** Forgets all assignments: they belong to a generation that does not come about. */
  clearAssignments(): void {
    for (const member of this.#members.values()) this.assign(member, noBytes);
  }

  assign(member: Member, assignment: Uint8Array): void {
    this.#room.memberBytes += assignment.length - member.assignment.length;
    member.assignment = assignment;
  }

  #transitionTo(state: GroupState, now: Moment): void {
    assert(reachedFrom[state].includes(this.#state), `a group goes from ${this.#state} to ${state}`);
    this.#previousState = this.#state;
    this.#state = state;
    this.#since = now;
  }

  #count(member: Member, by: 1 | -1): void {
    this.#room.memberBytes += by * memberBytes(member.terms, member.assignment);
    for (const { name } of member.terms.protocols) {
      const count = (this.#supporters.get(name) ?? 0) + by;
      if (count > 0) this.#supporters.set(name, count);
      else this.#supporters.delete(name);
    }
  }

  #readSubscriptions(): ReadonlySet<string> | undefined {
    if (!this.usesConsumerProtocol()) return undefined;
    const topics = new Set<string>();
    for (const member of this.#members.values()) {
      const own = subscribedTopics(metadataOf(member, this.#protocolName));
      if (own === undefined) return undefined;
      for (const topic of own) topics.add(topic);
    }
    return topics;
  }
}
