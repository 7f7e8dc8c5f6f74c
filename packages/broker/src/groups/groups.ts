/**
 * All groups of this node, and the offsets that they have committed. One per node, on its event loop, called by the
 * handlers. How groups of each kind live is in classic-groups.ts and in consumer/.
 *
 * What must survive is in `__consumer_offsets`: offsets, and of each group its last generation with its assignments.
 * What a restart may forget is not: ids given to members that have not joined, who has joined the rebalance under way,
 * when a member was last heard. After one, members have their session time-out to be heard.
 *
 * A group is written only when a generation completes or it becomes empty. One that never came that far is forgotten
 * some time after its last candidate; Kafka writes an empty record for it, which clients can tell apart only after a
 * restart.
 */
import { assert, limits, uuidFrom } from '@skerry/base';
import { EncodeError, type ErrorName } from '@skerry/wire';
import type { Claim } from '../transactions/state.ts';
import { BareGroups } from './bare-groups.ts';
import { ClassicGroups } from './classic-groups.ts';
import { commitClaim, fetchRefusal } from './consumer/claims.ts';
import { ConsumerGroup } from './consumer/consumer-group.ts';
import { ConsumerGroups } from './consumer/consumer-groups.ts';
import { closeConsumerGroup, openConsumerGroup } from './consumer/opening.ts';
import type { ReadGroupChange } from './consumer/records.ts';
import { groupTombstones } from './consumer/tombstones.ts';
import {
  type CommitAnswer,
  type CommitRequest,
  type DescribedGroup,
  type FetchOffsetsAnswer,
  type FetchOffsetsRequest,
  type GroupRecord,
  type GroupsWorld,
  type ListedGroup,
} from './contract.ts';
import { coordinatorError } from './coordinator-error.ts';
import { describeGroup, listGroup } from './describe.ts';
import type { ClassicGroup, Moment } from './group.ts';
import { loadGroup, loadOffset } from './load.ts';
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
import { bytesOf, groupTombstone, readRecord } from './records.ts';
import { GroupRoom } from './room.ts';
import { type Deadline, Timers } from './timers.ts';
import { TransactionalCommits } from './transactional-commits.ts';

type Group = ClassicGroup | ConsumerGroup;

/** Offsets that one append removes: far from the size of a batch, whatever the names. */
const removalsMax = 500;

export class Groups {
  readonly classic: ClassicGroups;
  readonly consumer: ConsumerGroups;
  readonly #world: GroupsWorld;
  readonly #groups = new Map<string, Group>();
  readonly #room: GroupRoom;
  readonly #timers: Timers;
  readonly #nextCheck: Deadline;
  readonly #bare = new BareGroups((group) => this.#removed(group));
  readonly transactional: TransactionalCommits;

  constructor(world: GroupsWorld) {
    this.#world = world;
    const timers = new Timers(world.clock);
    this.#timers = timers;
    this.#nextCheck = timers.deadline(() => this.#check());
    const now = (): Moment => this.#now();
    const append = this.#append.bind(this);
    const [groups, bare] = [this.#groups, this.#bare];
    const room = new GroupRoom(world.memory, () => groups.size);
    this.#room = room;
    const toClassic = (group: ConsumerGroup, done: (error?: ErrorName) => void): void =>
      closeConsumerGroup(
        group,
        {
          groups,
          append,
          inTurn: (one, run) => this.consumer.inTurn(one, run),
          create: (groupId, before) => this.classic.create(groupId, before),
        },
        done,
      );
    this.classic = new ClassicGroups({ world, timers, room, bare, groups, now, append, toClassic });
    this.consumer = new ConsumerGroups({
      ...world,
      timers,
      now,
      append,
      soon: (run) => world.clock.soon(run),
      newMemberId: () => uuidFrom(world.random.bytes(16)),
      roomForMember: () => room.forMember,
      find: (groupId) => {
        const group = groups.get(groupId);
        return group === undefined || group.kind === 'consumer' ? group : 'other';
      },
      open: (groupId) => openConsumerGroup(groupId, { groups, room, bare }),
    });
    this.transactional = new TransactionalCommits({
      world,
      room,
      timers,
      now,
      find: (groupId) => groups.get(groupId),
      create: (groupId) => this.classic.create(groupId),
      createRefusal: (request) => this.#commitRefusal(undefined, request),
      append,
      look: (group) => bare.look(group),
    });
  }

  /** Takes in a record at start (rows in any order, then the log's tail), and one whose transaction has committed. */
  replay(key: Uint8Array, value: Uint8Array | null): void {
    const record = readRecord(key, value);
    if (record === undefined) return;
    if (record.kind === 'consumer') return this.#replayChange(record);
    const { groupId } = record;
    const [now, { settings }] = [this.#now(), this.#world];
    const known = this.#groups.get(groupId);
    if (record.value === undefined) {
      if (record.kind === 'offset') known?.offsets.delete(record.topic, record.partition);
      else if (known?.kind === 'classic') this.#ended(known);
      return;
    }
    if (record.kind === 'offset') {
      const group = known ?? this.classic.create(groupId);
      return loadOffset(group, record, record.value, { now, settings });
    }
    const group = known?.kind === 'classic' ? known : this.classic.create(groupId, known);
    loadGroup(group, record.value, { now, settings, rebalance: this.classic.rebalance });
  }

  #replayChange({ groupId, change }: ReadGroupChange): void {
    const known = this.#groups.get(groupId);
    if (known?.kind === 'consumer') return known.apply(change);
    // Its end came before: as with a group that was deleted.
    if (change.value === undefined) return;
    const group = new ConsumerGroup(groupId, this.#room, known);
    this.#groups.set(groupId, group);
    group.apply(change);
  }

  /** The group is no more; offsets that have not been removed with it stay. */
  #ended(group: Group): void {
    const { groupId, offsets } = group;
    if (offsets.size === 0 && !offsets.hasPending) this.#removed(group);
    else this.classic.create(groupId, group);
  }

  /** All records are read: what is measured of members is measured from now. */
  start(): void {
    for (const group of this.#groups.values()) {
      if (group.kind === 'classic') this.classic.start(group);
      else if (group.persisted) this.consumer.start(group);
      else this.#ended(group);
    }
    this.#nextCheck.set(this.#world.settings['offsets.retention.check.interval.ms']);
  }

  /** The node stops: no more deadlines. Who waits is answered by the end of the connections. */
  close(): void {
    this.#timers.close();
  }

  commit(request: CommitRequest, reply: (answer: CommitAnswer) => void): void {
    const { groupId, generationId, memberId } = request;
    const known = this.#groups.get(groupId);
    const refusal = this.#world.refusal(groupId) ?? this.#commitRefusal(known, request);
    if (refusal !== undefined) return reply(commitRefused(request, refusal));
    const group = known ?? this.classic.create(groupId);
    const member = group.kind === 'classic' && generationId >= 0 ? group.member(memberId) : undefined;
    if (member !== undefined) this.classic.rebalance.prolong(member);
    const { changes, answer } = commitChanges(request, group.offsets, {
      now: this.#now(),
      settings: this.#world.settings,
      room: this.#room,
      claim: group.kind === 'consumer' ? commitClaim(group, request, this.#world.topics) : undefined,
    });
    // The client is told to try again when the log takes too long; what it then takes still counts.
    const late = (): CommitAnswer => commitRefused(request, 'COORDINATOR_NOT_AVAILABLE');
    const inTime = this.#timers.within(this.#world.settings['offsets.commit.timeout.ms'], late, reply);
    this.#writeOffsets(group, changes, (error) => {
      inTime(error === undefined ? answer : commitRefused(request, error));
    });
    // A commit whose every partition was refused is not in the log.
    if (group.kind === 'classic') this.#bare.look(group);
  }

  fetchOffsets(request: FetchOffsetsRequest, reply: (answer: FetchOffsetsAnswer) => void): void {
    const group = this.#groups.get(request.groupId);
    const error = this.#world.refusal(request.groupId) ?? fetchRefusal(group, request);
    if (error !== undefined) return reply({ error, topics: [] });
    const answer = (): void => reply({ error: 'NONE', topics: fetched(group?.offsets, request) });
    if (request.requireStable && group !== undefined) group.writes.whenSettled(answer);
    else answer();
  }

  describe(groupId: string): DescribedGroup {
    const group = this.#groups.get(groupId);
    return describeGroup(groupId, this.#world.refusal(groupId) ?? (group?.kind === 'classic' ? group : undefined));
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
    if (group.kind === 'classic') return this.#delete(group, (error) => done(error ?? 'NONE'));
    // A member may be on its way in.
    this.consumer.inTurn(group, (settled) => {
      const ended = (error: ErrorName): void => {
        settled();
        done(error);
      };
      if (group.state !== 'Empty') ended('NON_EMPTY_GROUP');
      else this.#delete(group, (error) => ended(error ?? 'NONE'));
    });
  }

  /** Removes offsets; those of a topic that the group reads stay, and are answered GROUP_SUBSCRIBED_TO_TOPIC. */
  deleteOffsets(
    groupId: string,
    asked: readonly { readonly topic: string; readonly partition: number }[],
    done: (error: ErrorName, refused: ReadonlySet<string>) => void,
  ): void {
    const subscribed = new Set<string>();
    const refusal = groupId === '' ? 'INVALID_GROUP_ID' : this.#world.refusal(groupId);
    const group = this.#groups.get(groupId);
    if (refusal !== undefined || group === undefined) return done(refusal ?? 'GROUP_ID_NOT_FOUND', subscribed);
    const reads = group.kind === 'consumer' || group.state === 'Empty' || group.usesConsumerProtocol();
    if (!reads) return done('NON_EMPTY_GROUP', subscribed);
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

  #commitRefusal(group: Group | undefined, request: CommitRequest): ErrorName | undefined {
    if (group?.kind === 'classic') return commitRefusal(group, request);
    if (group !== undefined) {
      const claim = commitClaim(group, request, this.#world.topics);
      return typeof claim === 'string' ? claim : undefined;
    }
    if (request.generationId >= 0) return request.groupIdNotFoundKnown ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION';
    return this.#room.forGroup ? undefined : 'COORDINATOR_NOT_AVAILABLE';
  }

  #writeOffsets(group: Group, changes: readonly OffsetChange[], done: (error?: ErrorName) => void): void {
    if (changes.length === 0) return done();
    this.#append(
      group,
      () => offsetRecords(group, changes),
      (error) => {
        if (error === undefined && this.#groups.has(group.groupId)) {
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
  #removeOffsets(group: Group, changes: readonly OffsetChange[], done: (error?: ErrorName) => void): void {
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
  #append(group: Group, make: () => readonly GroupRecord[], done: (error?: ErrorName) => void, claim?: Claim): void {
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
      if (group.kind !== 'classic') return;
      // What the log did not take has not been.
      if (error === undefined) this.#bare.look(group);
      else this.#bare.forget(group);
    };
    this.#world.append(group.groupId, records, ended, claim);
  }

  #delete(group: Group, done: (error?: ErrorName) => void): void {
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
      const end = (): readonly GroupRecord[] =>
        group.kind === 'classic' ? [groupTombstone(group.groupId)] : groupTombstones(group);
      this.#append(group, () => [...last, ...end()], ended);
    });
  }

  #removed(group: Group): void {
    if (group.kind === 'classic') group.die(this.#now());
    else {
      this.consumer.stop(group);
      group.die();
    }
    // One that another has replaced takes nothing with it.
    if (this.#groups.get(group.groupId) === group) this.#groups.delete(group.groupId);
  }

  /** Looks for offsets that have outlived their retention, and for groups with nothing left. */
  #check(): void {
    const [now, { settings }] = [this.#now(), this.#world];
    this.#bare.forgetAll();
    for (const group of this.#groups.values()) {
      // A commit on its way may renew what looks old.
      if (group.writes.underWay > 0 || group.deleting) continue;
      const { changes, all } = expired(group, now, settings);
      const isIdle = group.state === 'Empty' && (group.kind === 'consumer' || group.pendingJoins.size === 0);
      if (all && isIdle) this.deleteGroup(group.groupId, () => undefined);
      else this.#removeOffsets(group, changes, () => undefined);
    }
    this.#nextCheck.set(settings['offsets.retention.check.interval.ms']);
  }

  #now(): Moment {
    const { clock } = this.#world;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }
}
