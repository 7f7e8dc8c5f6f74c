/**
 * The share groups of this node (KIP-932): who is in them, and which partitions each member reads. One per node.
 *
 * A member has its assignment with the answer to the heartbeat that made it: since partitions are shared, nobody has to
 * give one up first. What a heartbeat changes is in `__consumer_offsets` before it is answered.
 */
import type { Clock } from '@skerry/base';
import { EncodeError, type ErrorName } from '@skerry/wire';
import type { Catalog } from '../catalog.ts';
import type { GroupRecord } from '../groups/contract.ts';
import { Timers } from '../groups/timers.ts';
import type { Settings } from '../settings/settings.ts';
import {
  currentRecord,
  epochRecord,
  groupTombstones,
  memberRecord,
  memberTombstones,
  readShareGroupRecord,
  targetEpochRecord,
  targetRecord,
} from './group-records.ts';
import { shareSettings } from './settings-of.ts';
import {
  type Assignment,
  assign,
  isSameAssignment,
  noPartitions,
  type ShareGroup,
  type ShareMember,
} from './share-group.ts';

interface GroupsWorld {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly catalog: Pick<Catalog, 'topic' | 'resources'>;
  append(groupId: string, records: readonly GroupRecord[], done: (error?: ErrorName) => void): void;
  /** Why the group cannot be served now, if so. */
  refusal(groupId: string): ErrorName | undefined;
  /** Whether a group of another kind has that name. */
  isTaken(groupId: string): boolean;
}

export interface ShareHeartbeat {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly rackId: string | null;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly clientId: string;
  readonly clientHost: string;
}

export interface Refused {
  readonly error: ErrorName;
  readonly message: string | null;
}

export interface HeartbeatAnswer {
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** Undefined where it is as before. */
  readonly assignment: Assignment | undefined;
}

/** Share groups of a node, at most; one more is refused with COORDINATOR_NOT_AVAILABLE, which clients try again. */
export const shareGroupsMax = 10_000;

export class ShareGroups {
  readonly #world: GroupsWorld;
  readonly #timers: Timers;
  readonly #groups = new Map<string, ShareGroup>();

  constructor(world: GroupsWorld) {
    this.#world = world;
    this.#timers = new Timers(world.clock);
  }

  /** Takes in one record of `__consumer_offsets` at start, in any order; others than those of share groups pass. */
  replay({ key, value }: GroupRecord): void {
    const read = readShareGroupRecord(key, value);
    if (read === undefined) return;
    if (read.value === undefined) {
      const group = this.#groups.get(read.groupId);
      if (read.kind === 'group') this.#groups.delete(read.groupId);
      else if (read.kind === 'member') group?.members.delete(read.memberId);
      else if (read.kind === 'target') group?.target.delete(read.memberId);
      return;
    }
    const group = this.#groups.get(read.groupId) ?? this.#create(read.groupId);
    if (read.kind === 'group') Object.assign(group, read.value);
    else if (read.kind === 'targetEpoch') group.assignmentEpoch = read.value;
    else if (read.kind === 'target') group.target.set(read.memberId, read.value);
    else Object.assign(this.#member(group, read.memberId), read.value);
  }

  /** All records are read: members have their session time-out from now. */
  start(): void {
    for (const group of this.#groups.values())
      for (const member of group.members.values()) this.#prolong(group, member);
  }

  close(): void {
    this.#timers.close();
  }

  get(groupId: string): ShareGroup | undefined {
    return this.#groups.get(groupId);
  }

  get size(): number {
    return this.#groups.size;
  }

  list(): ShareGroup[] {
    return [...this.#groups.values()];
  }

  heartbeat(request: ShareHeartbeat, reply: (refused: Refused | undefined, answer?: HeartbeatAnswer) => void): void {
    const refuse = (error: ErrorName, message: string | null = null): void => reply({ error, message });
    const { groupId, memberId, memberEpoch } = request;
    const unserved = this.#world.refusal(groupId);
    if (unserved !== undefined) return refuse(unserved);
    let group = this.#groups.get(groupId);
    if (group === undefined) {
      if (memberEpoch !== 0) return refuse('GROUP_ID_NOT_FOUND', `Share group ${groupId} not found.`);
      if (this.#world.isTaken(groupId)) return refuse('GROUP_ID_NOT_FOUND', `Group ${groupId} is not a share group.`);
      if (this.#groups.size >= shareGroupsMax) return refuse('COORDINATOR_NOT_AVAILABLE');
      group = this.#create(groupId);
    }
    const known = group.members.get(memberId);
    if (memberEpoch === -1) {
      if (known === undefined) return refuse('UNKNOWN_MEMBER_ID', notMember(groupId, memberId));
      return this.#remove(group, known, (error) => {
        if (error !== undefined) return refuse(error);
        reply(undefined, { memberEpoch: -1, heartbeatIntervalMs: 0, assignment: undefined });
      });
    }
    if (known === undefined) {
      if (memberEpoch > 0) return refuse('UNKNOWN_MEMBER_ID', notMember(groupId, memberId));
      if (group.members.size >= this.#world.settings['group.share.max.size']) {
        return refuse('GROUP_MAX_SIZE_REACHED', 'The share group has reached its maximum capacity of members.');
      }
    } else if (isFenced(known, memberEpoch)) {
      return refuse('FENCED_MEMBER_EPOCH', `The member epoch is not ${known.epoch}, the one that the member has.`);
    }
    this.#update(group, this.#member(group, memberId), request, known === undefined, (error, answer) => {
      if (error !== undefined) refuse(error);
      else reply(undefined, answer);
    });
  }

  /** Removes a group without members. */
  remove(groupId: string, done: (error?: ErrorName) => void): void {
    const group = this.#groups.get(groupId);
    if (group === undefined) return done('GROUP_ID_NOT_FOUND');
    if (group.members.size > 0) return done('NON_EMPTY_GROUP');
    this.#world.append(groupId, groupTombstones(groupId), (error) => {
      if (error === undefined && group.members.size === 0) this.#groups.delete(groupId);
      done(error);
    });
  }

  #update(
    group: ShareGroup,
    member: ShareMember,
    request: ShareHeartbeat,
    isNew: boolean,
    done: (error: ErrorName | undefined, answer?: HeartbeatAnswer) => void,
  ): void {
    const { groupId } = group;
    const isChanged = takeIn(member, request) || isNew;
    const records: GroupRecord[] = isChanged ? [memberRecord(groupId, member)] : [];
    const metadataHash = this.#hashOf(group);
    if (isChanged || metadataHash !== group.metadataHash || group.isUnwritten) {
      group.epoch++;
      group.metadataHash = metadataHash;
      records.push(epochRecord(group), ...this.#retarget(group));
    }
    const target = group.target.get(member.memberId) ?? noPartitions;
    const isSame = isSameAssignment(target, member.assigned);
    if (member.epoch !== group.assignmentEpoch || !isSame) {
      member.previousEpoch = member.epoch;
      member.epoch = group.assignmentEpoch;
      member.assigned = target;
      records.push(currentRecord(groupId, member));
    }
    this.#prolong(group, member);
    const { heartbeatIntervalMs } = this.#settings(groupId);
    const isTold = request.subscribedTopicNames !== null || request.memberEpoch === 0 || !isSame;
    const answer = { memberEpoch: member.epoch, heartbeatIntervalMs, assignment: isTold ? member.assigned : undefined };
    if (records.length === 0) return done(undefined, answer);
    this.#append(group, records, (error) => done(error, answer));
  }

  #retarget(group: ShareGroup): GroupRecord[] {
    const records: GroupRecord[] = [];
    const topicOf = (name: string) => {
      const topic = this.#world.catalog.topic(name);
      return topic === undefined ? undefined : { id: topic.id, partitions: topic.partitions.length };
    };
    for (const [memberId, target] of assign(group.members.values(), topicOf, group.target)) {
      const before = group.target.get(memberId);
      if (before !== undefined && isSameAssignment(before, target) && !group.isUnwritten) continue;
      group.target.set(memberId, target);
      records.push(targetRecord(group.groupId, memberId, target));
    }
    group.assignmentEpoch = group.epoch;
    records.push(targetEpochRecord(group, this.#world.clock.wallMs()));
    return records;
  }

  #remove(group: ShareGroup, member: ShareMember, done: (error?: ErrorName) => void): void {
    const { memberId } = member;
    member.session.clear();
    group.members.delete(memberId);
    group.target.delete(memberId);
    group.epoch++;
    group.metadataHash = this.#hashOf(group);
    // Whoever is left hears of its new share with its next heartbeat.
    const records = [...memberTombstones(group.groupId, memberId), epochRecord(group), ...this.#retarget(group)];
    this.#append(group, records, done);
  }

  #append(group: ShareGroup, records: readonly GroupRecord[], done: (error?: ErrorName) => void): void {
    try {
      this.#world.append(group.groupId, records, (error) => {
        group.isUnwritten = error !== undefined;
        done(error === undefined ? undefined : 'COORDINATOR_NOT_AVAILABLE');
      });
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      group.isUnwritten = true;
      done('UNKNOWN_SERVER_ERROR');
    }
  }

  #create(groupId: string): ShareGroup {
    const fresh = { epoch: 0, assignmentEpoch: 0, metadataHash: 0n, isUnwritten: false };
    const group: ShareGroup = { groupId, ...fresh, members: new Map(), target: new Map() };
    this.#groups.set(groupId, group);
    return group;
  }

  #member(group: ShareGroup, memberId: string): ShareMember {
    const known = group.members.get(memberId);
    if (known !== undefined) return known;
    const session = this.#timers.deadline(() => this.#remove(group, member, () => undefined));
    const nothing = { rackId: null, clientId: '', clientHost: '', topics: [], assigned: noPartitions };
    const member: ShareMember = { memberId, ...nothing, epoch: 0, previousEpoch: -1, session };
    group.members.set(memberId, member);
    return member;
  }

  #prolong(group: ShareGroup, member: ShareMember): void {
    member.session.set(this.#settings(group.groupId).sessionTimeoutMs);
  }

  #settings(groupId: string) {
    return shareSettings(groupId, this.#world.settings, this.#world.catalog.resources);
  }

  /** Changes when a topic that members read is made, removed, or gets more partitions. */
  #hashOf({ members }: ShareGroup): bigint {
    const names = new Set<string>();
    for (const { topics } of members.values()) for (const topic of topics) names.add(topic);
    let hash = 0n;
    for (const name of [...names].sort()) {
      const topic = this.#world.catalog.topic(name);
      if (topic === undefined) continue;
      for (const char of `${topic.id} ${topic.partitions.length} `) {
        hash = BigInt.asIntN(64, hash * 31n + BigInt(char.charCodeAt(0)));
      }
    }
    return hash;
  }
}

function notMember(groupId: string, memberId: string): string {
  return `Member ${memberId} is not a member of group ${groupId}.`;
}

/** The epoch before is still good: the answer with the new one may have been lost. Zero joins again. */
function isFenced({ epoch, previousEpoch }: ShareMember, claimed: number): boolean {
  return claimed !== 0 && claimed !== epoch && claimed !== previousEpoch;
}

/** Takes in what a member says of itself; returns whether that changes anything. */
function takeIn(member: ShareMember, request: ShareHeartbeat): boolean {
  const { rackId, subscribedTopicNames, clientId, clientHost } = request;
  const topics = subscribedTopicNames === null ? member.topics : [...new Set(subscribedTopicNames)].sort();
  const rack = rackId ?? member.rackId;
  const isSame = rack === member.rackId && clientId === member.clientId && clientHost === member.clientHost;
  if (isSame && String(topics) === String(member.topics)) return false;
  Object.assign(member, { rackId: rack, topics, clientId, clientHost });
  return true;
}
