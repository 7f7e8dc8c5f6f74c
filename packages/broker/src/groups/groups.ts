/**
 * All classic groups of this node: membership, generations, committed offsets. One per node, on its event loop, called
 * by the handlers.
 *
 * What must survive is in `__consumer_offsets`: offsets, and of each group its last generation with its assignments.
 * What a restart may forget is not: ids given to members that have not joined, who has joined the rebalance under way,
 * when a member was last heard. After one, members have their session time-out to be heard.
 *
 * A group is written only when a generation completes or it becomes empty. One that never came that far is forgotten
 * some time after its last candidate; Kafka writes an empty record for it, which clients can tell apart only after a
 * restart.
 */
import { assert, limits } from '@skerry/base';
import { EncodeError, type ErrorName } from '@skerry/wire';
import type { Claim } from '../transactions/state.ts';
import { BareGroups } from './bare-groups.ts';
import {
  type CommitAnswer,
  type CommitRequest,
  type DescribedGroup,
  type FetchOffsetsAnswer,
  type FetchOffsetsRequest,
  type GroupRecord,
  type GroupsWorld,
  type JoinAnswer,
  type JoinRequest,
  type LeaveAnswer,
  type LeavingMember,
  type ListedGroup,
  type MemberClaim,
  type SyncAnswer,
  type SyncRequest,
} from './contract.ts';
import { coordinatorError } from './coordinator-error.ts';
import { describeGroup, listGroup } from './describe.ts';
import { ClassicGroup, type Moment } from './group.ts';
import { type JoinWorld, join } from './join.ts';
import { loadGroup, loadOffset } from './load.ts';
import { joinRefused, syncRefused } from './member.ts';
import { heartbeat, leave, type MembershipWorld, sync } from './membership.ts';
import {
  commitChanges,
  commitRefusal,
  commitRefused,
  expired,
  fetched,
  type OffsetChange,
  offsetRecords,
  removalOfAll,
} from './offsets.ts';
import { Rebalance } from './rebalance.ts';
import { bytesOf, groupRecord, groupTombstone, readRecord } from './records.ts';
import { GroupRoom } from './room.ts';
import { type Deadline, Timers } from './timers.ts';
import { TransactionalCommits } from './transactional-commits.ts';

/** Offsets that one append removes: far from the size of a batch, whatever the names. */
const removalsMax = 500;

export class Groups {
  readonly #world: GroupsWorld;
  readonly #groups = new Map<string, ClassicGroup>();
  readonly #room: GroupRoom;
  readonly #timers: Timers;
  readonly #rebalance: Rebalance;
  readonly #inside: JoinWorld & MembershipWorld;
  readonly #nextCheck: Deadline;
  readonly #bare = new BareGroups((group) => this.#removed(group));
  readonly transactional: TransactionalCommits;

  constructor(world: GroupsWorld) {
    this.#world = world;
    this.#room = new GroupRoom(world.memory, () => this.#groups.size);
    this.#timers = new Timers(world.clock);
    this.#nextCheck = this.#timers.deadline(() => this.#check());
    const now = (): Moment => this.#now();
    this.#rebalance = new Rebalance({
      timers: this.#timers,
      settings: world.settings,
      now,
      writeEmpty: (group) => this.#writeGroup(group, () => undefined),
      pendingGone: (group) => this.#bare.look(group),
    });
    this.#inside = {
      random: world.random,
      rebalance: this.#rebalance,
      now,
      sizeMax: () => world.settings['group.max.size'],
      roomForMember: () => this.#room.forMember,
      writeGroup: this.#writeGroup.bind(this),
    };
    this.transactional = new TransactionalCommits({
      world,
      room: this.#room,
      timers: this.#timers,
      now,
      find: (groupId) => this.#groups.get(groupId),
      create: (groupId) => this.#create(groupId),
      createRefusal: (request) => this.#commitRefusal(undefined, request),
      append: this.#append.bind(this),
      look: (group) => this.#bare.look(group),
    });
  }

  /** Takes in a record at start (rows in any order, then the log's tail), and one whose transaction has committed. */
  replay(key: Uint8Array, value: Uint8Array | null): void {
    const record = readRecord(key, value);
    if (record === undefined) return;
    const [now, { settings }] = [this.#now(), this.#world];
    if (record.value === undefined) {
      const group = this.#groups.get(record.groupId);
      if (record.kind === 'offset') group?.offsets.delete(record.topic, record.partition);
      else if (group !== undefined) this.#removed(group);
      return;
    }
    const group = this.#groups.get(record.groupId) ?? this.#create(record.groupId);
    if (record.kind === 'offset') loadOffset(group, record, record.value, { now, settings });
    else loadGroup(group, record.value, { now, settings, rebalance: this.#rebalance });
  }

  /** All records are read: members have their session time-out from now. */
  start(): void {
    for (const group of this.#groups.values()) {
      this.#bare.forget(group);
      for (const member of group.members.values()) this.#rebalance.prolong(member);
      if (group.members.size > this.#world.settings['group.max.size']) this.#rebalance.prepare(group);
    }
    this.#nextCheck.set(this.#world.settings['offsets.retention.check.interval.ms']);
  }

  /** The node stops: no more deadlines. Who waits is answered by the end of the connections. */
  close(): void {
    this.#timers.close();
  }

  join(request: JoinRequest, reply: (answer: JoinAnswer) => void): void {
    const { groupId, memberId } = request;
    const answer = this.#later(reply);
    const refusal = this.#joinRefusal(request);
    if (refusal !== undefined) return answer(joinRefused(refusal, memberId));
    const known = this.#groups.get(groupId);
    if (known === undefined && memberId !== '') return answer(joinRefused('UNKNOWN_MEMBER_ID', memberId));
    if (known?.deleting === true || (known === undefined && !this.#room.forGroup)) {
      return answer(joinRefused('COORDINATOR_NOT_AVAILABLE', memberId));
    }
    const group = known ?? this.#create(groupId);
    join(group, request, this.#inside, answer);
    this.#bare.look(group);
  }

  sync(request: SyncRequest, reply: (answer: SyncAnswer) => void): void {
    const answer = this.#later(reply);
    const refusal = this.#refusal(request.groupId);
    const group = this.#groups.get(request.groupId);
    if (refusal !== undefined || group === undefined) return answer(syncRefused(refusal ?? 'UNKNOWN_MEMBER_ID'));
    sync(group, request, this.#inside, answer);
  }

  heartbeat(claim: MemberClaim): ErrorName {
    const refusal = this.#refusal(claim.groupId);
    // While groups are read nobody's session runs, and the member should not start over.
    if (refusal === 'COORDINATOR_LOAD_IN_PROGRESS') return 'NONE';
    const group = this.#groups.get(claim.groupId);
    if (refusal !== undefined || group === undefined) return refusal ?? 'UNKNOWN_MEMBER_ID';
    return heartbeat(group, claim, this.#inside);
  }

  leave(groupId: string, leaving: readonly LeavingMember[], reply: (answer: LeaveAnswer) => void): void {
    const refusal = this.#refusal(groupId);
    if (refusal !== undefined) return reply({ error: refusal, members: [] });
    const group = this.#groups.get(groupId);
    if (group === undefined) {
      return reply({ error: 'NONE', members: leaving.map((one) => ({ ...one, error: 'UNKNOWN_MEMBER_ID' })) });
    }
    const members = leave(group, leaving, this.#inside);
    group.writes.whenSettled(() => reply({ error: 'NONE', members }));
    this.#bare.look(group);
  }

  commit(request: CommitRequest, reply: (answer: CommitAnswer) => void): void {
    const { groupId, generationId, memberId } = request;
    const known = this.#groups.get(groupId);
    const refusal = this.#world.refusal(groupId) ?? this.#commitRefusal(known, request);
    if (refusal !== undefined) return reply(commitRefused(request, refusal));
    const group = known ?? this.#create(groupId);
    const member = generationId >= 0 ? group.member(memberId) : undefined;
    if (member !== undefined) this.#rebalance.prolong(member);
    const { changes, answer } = commitChanges(request, group.offsets, {
      now: this.#now(),
      settings: this.#world.settings,
      room: this.#room,
    });
    // The client is told to try again when the log takes too long; what it then takes still counts.
    const late = (): CommitAnswer => commitRefused(request, 'COORDINATOR_NOT_AVAILABLE');
    const inTime = this.#timers.within(this.#world.settings['offsets.commit.timeout.ms'], late, reply);
    this.#writeOffsets(group, changes, (error) => {
      inTime(error === undefined ? answer : commitRefused(request, error));
    });
    // A commit whose every partition was refused is not in the log.
    this.#bare.look(group);
  }

  fetchOffsets(request: FetchOffsetsRequest, reply: (answer: FetchOffsetsAnswer) => void): void {
    const error = this.#world.refusal(request.groupId);
    if (error !== undefined) return reply({ error, topics: [] });
    const group = this.#groups.get(request.groupId);
    const answer = (): void => reply({ error: 'NONE', topics: fetched(group?.offsets, request) });
    if (request.requireStable && group !== undefined) group.writes.whenSettled(answer);
    else answer();
  }

  describe(groupId: string): DescribedGroup {
    return describeGroup(groupId, this.#world.refusal(groupId) ?? this.#groups.get(groupId));
  }

  list(): readonly ListedGroup[] {
    return [...this.#groups.values()].map((group) => listGroup(group));
  }

  /** Removes a group without members, and its offsets. */
  deleteGroup(groupId: string, done: (error: ErrorName) => void): void {
    const refusal = this.#world.refusal(groupId);
    const group = this.#groups.get(groupId);
    if (refusal !== undefined || group === undefined) return done(refusal ?? 'GROUP_ID_NOT_FOUND');
    if (group.deleting) return done('COORDINATOR_NOT_AVAILABLE');
    if (group.state !== 'Empty') return done('NON_EMPTY_GROUP');
    this.#delete(group, (error) => done(error ?? 'NONE'));
  }

  /** Removes offsets; those of a topic that the group reads stay, and are answered GROUP_SUBSCRIBED_TO_TOPIC. */
  deleteOffsets(
    groupId: string,
    asked: readonly { readonly topic: string; readonly partition: number }[],
    done: (error: ErrorName, refused: ReadonlySet<string>) => void,
  ): void {
    const subscribed = new Set<string>();
    const refusal = this.#refusal(groupId);
    const group = this.#groups.get(groupId);
    if (refusal !== undefined || group === undefined) return done(refusal ?? 'GROUP_ID_NOT_FOUND', subscribed);
    if (group.state !== 'Empty' && !group.usesConsumerProtocol()) return done('NON_EMPTY_GROUP', subscribed);
    for (const { topic } of asked) if (group.isSubscribedTo(topic)) subscribed.add(topic);
    const changes = asked
      .filter(({ topic, partition }) => !subscribed.has(topic) && group.offsets.get(topic, partition) !== undefined)
      .map(({ topic, partition }) => ({ topic, partition, committed: undefined }));
    this.#removeOffsets(group, changes, (error) => done(error ?? 'NONE', subscribed));
  }

  /** The topic is gone: so are the offsets that groups have committed for it. */
  topicDeleted(topic: string): void {
    for (const group of this.#groups.values()) {
      this.#removeOffsets(group, removalOfAll(group.offsets, topic), () => undefined);
    }
  }

  #refusal(groupId: string): ErrorName | undefined {
    return groupId === '' ? 'INVALID_GROUP_ID' : this.#world.refusal(groupId);
  }

  #joinRefusal({ groupId, sessionTimeoutMs }: JoinRequest): ErrorName | undefined {
    const { settings } = this.#world;
    if (groupId === '') return 'INVALID_GROUP_ID';
    const tooShort = sessionTimeoutMs < settings['group.min.session.timeout.ms'];
    if (tooShort || sessionTimeoutMs > settings['group.max.session.timeout.ms']) return 'INVALID_SESSION_TIMEOUT';
    return this.#world.refusal(groupId);
  }

  #commitRefusal(group: ClassicGroup | undefined, request: CommitRequest): ErrorName | undefined {
    if (group !== undefined) return commitRefusal(group, request);
    if (request.generationId >= 0) return request.groupIdNotFoundKnown ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION';
    return this.#room.forGroup ? undefined : 'COORDINATOR_NOT_AVAILABLE';
  }

  #create(groupId: string): ClassicGroup {
    const group = new ClassicGroup(groupId, this.#now(), this.#room, (made) => this.#rebalance.deadlines(made));
    this.#groups.set(groupId, group);
    return group;
  }

  #writeGroup(
    group: ClassicGroup,
    done: (error?: ErrorName) => void,
    assignments?: ReadonlyMap<string, Uint8Array>,
  ): void {
    const wasPersisted = group.persisted;
    group.persisted = true;
    this.#append(
      group,
      () => [groupRecord(group, assignments)],
      (error) => {
        if (error !== undefined) group.persisted = wasPersisted;
        done(error);
      },
    );
  }

  #writeOffsets(group: ClassicGroup, changes: readonly OffsetChange[], done: (error?: ErrorName) => void): void {
    if (changes.length === 0) return done();
    this.#append(
      group,
      () => offsetRecords(group, changes),
      (error) => {
        if (error === undefined && group.state !== 'Dead') {
          for (const { topic, partition, committed } of changes) {
            if (committed === undefined) group.offsets.delete(topic, partition);
            else group.offsets.set(topic, partition, committed);
          }
        }
        done(error);
      },
    );
  }

  /** Removes offsets, in as many appends as that takes. */
  #removeOffsets(group: ClassicGroup, changes: readonly OffsetChange[], done: (error?: ErrorName) => void): void {
    let due = Math.ceil(changes.length / removalsMax);
    let failed: ErrorName | undefined;
    if (due === 0) return done();
    for (let from = 0; from < changes.length; from += removalsMax) {
      this.#writeOffsets(group, changes.slice(from, from + removalsMax), (error) => {
        failed ??= error;
        if (--due === 0) done(failed);
      });
    }
  }

  /**
   * Appends what `make` gives; what cannot be encoded, or makes too large a batch, is refused like anything else that
   * the log does not take.
   */
  #append(
    group: ClassicGroup,
    make: () => readonly GroupRecord[],
    done: (error?: ErrorName) => void,
    claim?: Claim,
  ): void {
    let records: readonly GroupRecord[];
    try {
      records = make();
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      return done('UNKNOWN_SERVER_ERROR');
    }
    if (bytesOf(records) > limits.batchBytesMax) return done('UNKNOWN_SERVER_ERROR');
    group.writes.begin();
    const ended = (error?: ErrorName): void => {
      done(error === undefined ? undefined : coordinatorError(error));
      group.writes.end();
      // What the log did not take has not been.
      if (error === undefined) this.#bare.look(group);
      else this.#bare.forget(group);
    };
    this.#world.append(group.groupId, records, ended, claim);
  }

  #delete(group: ClassicGroup, done: (error?: ErrorName) => void): void {
    assert(group.state === 'Empty', 'only an empty group is deleted');
    group.deleting = true;
    const ended = (error?: ErrorName): void => {
      group.deleting = false;
      if (error === undefined) this.#removed(group);
      done(error);
    };
    // One batch, so that all is gone or nothing, unless there is too much for one.
    const all = removalOfAll(group.offsets);
    const last = offsetRecords(group, all.slice(-removalsMax));
    this.#removeOffsets(group, all.slice(0, -removalsMax), (error) => {
      if (error !== undefined) return ended(error);
      this.#append(group, () => [...last, groupTombstone(group.groupId)], ended);
    });
  }

  #removed(group: ClassicGroup): void {
    group.die(this.#now());
    this.#groups.delete(group.groupId);
  }

  /** Looks for offsets that have outlived their retention, and for groups with nothing left. */
  #check(): void {
    const [now, { settings }] = [this.#now(), this.#world];
    this.#bare.forgetAll();
    for (const group of this.#groups.values()) {
      // A commit on its way may renew what looks old.
      if (group.writes.underWay > 0 || group.deleting) continue;
      const { changes, all } = expired(group, now, settings);
      if (all && group.state === 'Empty' && group.pendingJoins.size === 0) this.#delete(group, () => undefined);
      else this.#removeOffsets(group, changes, () => undefined);
    }
    this.#nextCheck.set(settings['offsets.retention.check.interval.ms']);
  }

  /** An answer may let the client's next request in, which must not find a group half changed. */
  #later<T>(reply: (answer: T) => void): (answer: T) => void {
    return (answer) => this.#world.clock.soon(() => reply(answer));
  }

  #now(): Moment {
    const { clock } = this.#world;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }
}
