/**
 * One consumer group (KIP-848): the table that its records in `__consumer_offsets` add up to. Whoever changes it writes
 * records and, once they are committed, has them taken in here; nothing else changes it.
 *
 * A partition has at most one holder: the member that owns it or has not given it up yet. Its entry is the epoch of
 * that member.
 */
import type { Uuid } from '@skerry/base';
import type { Predecessor } from '../group.ts';
import { OffsetTable } from '../offset-table.ts';
import type { GroupRoom } from '../room.ts';
import { Writes } from '../writes.ts';
import { type Assignment, nothingAssigned, nothingOwned, type Owned } from './assignment.ts';
import type { GroupChange, MemberProgress, ResolvedRegex } from './changes.ts';
import { type ConsumerMember, memberStates, newMember } from './member.ts';

export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable';

export class ConsumerGroup {
  readonly kind = 'consumer';
  readonly groupId: string;
  readonly offsets: OffsetTable;
  readonly writes: Writes;
  /** Is anything of it in the log? */
  persisted = false;
  /** Its removal is on the way to the log. */
  deleting = false;
  /** Version of the topics that its metadata hash was computed with. */
  topicsVersion = -1;
  /** Version of the topics, and the time, when its regular expressions were last resolved. */
  regexVersion = -1;
  regexMonotonicMs = Number.NEGATIVE_INFINITY;
  /** Kafka's groups begin here: the first member to read something finds them in the next one. */
  #epoch = firstEpoch;
  #metadataHash = 0n;
  #targetEpoch = 0;
  #targetTimestampMs = 0;
  readonly #members = new Map<string, ConsumerMember>();
  readonly #statics = new Map<string, string>();
  readonly #targets = new Map<string, Assignment>();
  readonly #holders = new Map<Uuid, Map<number, number>>();
  readonly #readers = new Map<string, number>();
  readonly #regexReaders = new Map<string, number>();
  readonly #regexes = new Map<string, ResolvedRegex>();
  readonly #room: GroupRoom;

  /** `before`: the group that it takes the place of, with its offsets. */
  constructor(groupId: string, room: GroupRoom, before?: Predecessor) {
    this.groupId = groupId;
    this.#room = room;
    this.offsets = before?.offsets ?? new OffsetTable(room);
    this.writes = before?.writes ?? new Writes();
  }

  get epoch(): number {
    return this.#epoch;
  }
  /** What its topics were when the epoch was last raised. */
  get metadataHash(): bigint {
    return this.#metadataHash;
  }
  get targetEpoch(): number {
    return this.#targetEpoch;
  }
  get targetTimestampMs(): number {
    return this.#targetTimestampMs;
  }
  get members(): ReadonlyMap<string, ConsumerMember> {
    return this.#members;
  }
  /** How many members name each topic. */
  get readers(): ReadonlyMap<string, number> {
    return this.#readers;
  }
  /** How many members subscribe to each regular expression. */
  get regexReaders(): ReadonlyMap<string, number> {
    return this.#regexReaders;
  }
  get regexes(): ReadonlyMap<string, ResolvedRegex> {
    return this.#regexes;
  }

  get state(): ConsumerGroupState {
    if (this.#members.size === 0) return 'Empty';
    if (this.#epoch > this.#targetEpoch) return 'Assigning';
    for (const { state, epoch } of this.#members.values()) {
      if (state !== memberStates.stable || epoch !== this.#targetEpoch) return 'Reconciling';
    }
    return 'Stable';
  }

  member(memberId: string): ConsumerMember | undefined {
    return this.#members.get(memberId);
  }
  staticMember(instanceId: string): ConsumerMember | undefined {
    return this.#members.get(this.#statics.get(instanceId) ?? '');
  }
  target(memberId: string): Assignment {
    return this.#targets.get(memberId) ?? nothingAssigned;
  }
  get targets(): ReadonlyMap<string, Assignment> {
    return this.#targets;
  }
  holderEpoch(topicId: Uuid, partition: number): number | undefined {
    return this.#holders.get(topicId)?.get(partition);
  }
  isSubscribedTo(topic: string): boolean {
    if (this.#readers.has(topic)) return true;
    for (const { topics } of this.#regexes.values()) if (topics.includes(topic)) return true;
    return false;
  }

  /** It is no more: what it took is free again. */
  die(): void {
    this.offsets.clear();
    for (const member of this.#members.values()) this.#replace(member, undefined);
  }

  apply(change: GroupChange): void {
    this.persisted = true;
    switch (change.kind) {
      case 'epoch':
        return this.#applyEpoch(change);
      case 'partitions':
        return;
      case 'member':
        return this.#applyTerms(change);
      case 'targetEpoch':
        this.#targetEpoch = change.value?.epoch ?? 0;
        this.#targetTimestampMs = change.value?.timestampMs ?? 0;
        return;
      case 'target':
        return put(this.#targets, change.memberId, change.value);
      case 'progress':
        return this.#applyProgress(change);
      case 'regex':
        return put(this.#regexes, change.regex, change.value);
    }
  }

  #applyEpoch({ value }: Extract<GroupChange, { kind: 'epoch' }>): void {
    this.#epoch = value?.epoch ?? firstEpoch;
    this.#metadataHash = value?.metadataHash ?? 0n;
    if (value === undefined) this.persisted = false;
  }

  #applyProgress({ memberId, value }: Extract<GroupChange, { kind: 'progress' }>): void {
    const old = this.#members.get(memberId);
    // Its end, of a member that is gone already.
    if (old === undefined && value === undefined) return;
    this.#replace(old, { ...(old ?? newMember(memberId)), ...(value ?? noProgress) });
  }

  #applyTerms({ memberId, value }: Extract<GroupChange, { kind: 'member' }>): void {
    const old = this.#members.get(memberId);
    if (value !== undefined) return this.#replace(old, { ...(old ?? newMember(memberId)), ...value });
    if (old !== undefined) this.#replace(old, undefined);
  }

  #replace(old: ConsumerMember | undefined, next: ConsumerMember | undefined): void {
    if (old !== undefined) {
      this.#release(old.owned, old.epoch);
      this.#release(old.revoking, old.epoch);
      this.#count(old, -1);
      if (next === undefined) this.#members.delete(old.memberId);
      const { instanceId } = old;
      if (instanceId !== null && this.#statics.get(instanceId) === old.memberId) this.#statics.delete(instanceId);
    }
    if (next === undefined) return;
    this.#members.set(next.memberId, next);
    this.#hold(next.owned, next.epoch);
    this.#hold(next.revoking, next.epoch);
    this.#count(next, 1);
    if (next.instanceId !== null) this.#statics.set(next.instanceId, next.memberId);
  }

  #count(member: ConsumerMember, by: 1 | -1): void {
    for (const name of member.topicNames) add(this.#readers, name, by);
    if (member.topicRegex !== '') add(this.#regexReaders, member.topicRegex, by);
    this.#room.memberBytes += by * bytesOf(member);
  }

  #hold(owned: Owned, epoch: number): void {
    for (const [topicId, partitions] of owned) {
      let held = this.#holders.get(topicId);
      if (held === undefined) this.#holders.set(topicId, (held = new Map()));
      for (const partition of partitions.keys()) held.set(partition, epoch);
    }
  }

  /** Records of members come one by one, so a partition may have its next holder before the last one's record. */
  #release(owned: Owned, epoch: number): void {
    for (const [topicId, partitions] of owned) {
      const held = this.#holders.get(topicId);
      if (held === undefined) continue;
      for (const partition of partitions.keys()) if (held.get(partition) === epoch) held.delete(partition);
      if (held.size === 0) this.#holders.delete(topicId);
    }
  }
}

const firstEpoch = 1;
/** Of a member whose record of it was removed. */
const noProgress: MemberProgress = {
  epoch: -1,
  previousEpoch: -1,
  state: memberStates.stable,
  owned: nothingOwned,
  revoking: nothingOwned,
};

function put<V>(map: Map<string, V>, key: string, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}

/** What a member takes beside its assignment, roughly. */
function bytesOf({ topicNames, topicRegex, classic, memberId, clientId }: ConsumerMember): number {
  let bytes = 200 + 2 * (memberId.length + clientId.length + topicRegex.length);
  for (const name of topicNames) bytes += 16 + name.length;
  for (const { name, metadata } of classic?.protocols ?? []) bytes += name.length + metadata.length;
  return bytes;
}
