/**
 * How a member comes from what it has to what it is to have (KIP-848), one step a heartbeat.
 *
 *   stable      --another target, with less-->   unrevoked     in its old epoch, until it no longer says it owns that
 *   stable      --another target-->              stable, or unreleased while others still hold what it is to get
 *   unrevoked   --gave up what it had to-->      as from stable
 *   unreleased  --somebody let go-->             gets that; stable once it has all
 *
 * A partition is never given out while its owner may still read it. A member that changed its subscription loses what
 * it no longer reads at once, whatever its target says.
 */
import type { Uuid } from '@skerry/base';
import { type Assignment, nothingOwned, type Owned, partitionCount, type TopicPartitions } from './assignment.ts';
import { type ConsumerMember, memberStates } from './member.ts';

export interface Reconciliation {
  readonly targetEpoch: number;
  readonly target: Assignment;
  /** Topics that the member reads, as far as they exist. */
  readonly reads: (topicId: Uuid) => boolean;
  readonly subscriptionChanged: boolean;
  /** The epoch of the member that holds a partition, or undefined. */
  readonly holderEpoch: (topicId: Uuid, partition: number) => number | undefined;
  /** What the member says that it owns; null: nothing changed since it last said. */
  readonly told: readonly TopicPartitions[] | null;
}

/** The member one step further, or the same one. */
export function reconcile(member: ConsumerMember, to: Reconciliation): ConsumerMember {
  if (member.state === memberStates.stable && member.epoch === to.targetEpoch) return keepSubscribed(member, to);
  if (member.state === memberStates.unrevoked && stillOwns(member.revoking, to.told)) return keepSubscribed(member, to);
  return next(member, to);
}

function stillOwns(given: Owned, told: readonly TopicPartitions[] | null): boolean {
  if (told === null) return true;
  return told.some(({ topicId, partitions }) => {
    const asked = given.get(topicId);
    return asked !== undefined && partitions.some((partition) => asked.has(partition));
  });
}

function keepSubscribed(member: ConsumerMember, { reads, subscriptionChanged, told }: Reconciliation): ConsumerMember {
  if (!subscriptionChanged) return member;
  const owned = new Map(member.owned);
  const revoking = new Map(member.revoking);
  for (const [topicId, partitions] of member.owned) {
    if (reads(topicId)) continue;
    owned.delete(topicId);
    revoking.set(topicId, new Map([...(revoking.get(topicId) ?? []), ...partitions]));
  }
  if (owned.size === member.owned.size) return member;
  if (stillOwns(revoking, told)) return moved(member, { state: memberStates.unrevoked, owned, revoking }, member.epoch);
  return moved(member, { owned }, member.epoch);
}

function next(member: ConsumerMember, to: Reconciliation): ConsumerMember {
  const { owned, revoking } = kept(member, to);
  if (revoking.size > 0 && stillOwns(revoking, to.told)) {
    return moved(member, { state: memberStates.unrevoked, owned, revoking }, member.epoch);
  }
  const unreleased = addFree(member, to, owned);
  const state = unreleased ? memberStates.unreleased : memberStates.stable;
  return moved(member, { state, owned, revoking: nothingOwned }, to.targetEpoch);
}

type Draft = Map<Uuid, Map<number, number>>;

/** What the member has, by whether it is to keep it. */
function kept(member: ConsumerMember, { target, reads }: Reconciliation): { owned: Draft; revoking: Draft } {
  const owned: Draft = new Map();
  const revoking: Draft = new Map();
  for (const [topicId, held] of member.owned) {
    const wanted = reads(topicId) ? target.get(topicId) : undefined;
    for (const [partition, epoch] of held) put(wanted?.has(partition) ? owned : revoking, topicId, partition, epoch);
  }
  return { owned, revoking };
}

/** Adds to `owned` what of the target nobody holds; returns whether somebody still holds some of it. */
function addFree(member: ConsumerMember, to: Reconciliation, owned: Draft): boolean {
  let unreleased = false;
  for (const [topicId, partitions] of to.target) {
    if (!to.reads(topicId)) continue;
    for (const partition of partitions) {
      if (member.owned.get(topicId)?.has(partition)) continue;
      // What it is itself giving up nobody else can hold.
      const own = member.revoking.get(topicId)?.has(partition) === true;
      if (own || to.holderEpoch(topicId, partition) === undefined) put(owned, topicId, partition, to.targetEpoch);
      else unreleased = true;
    }
  }
  return unreleased;
}

function put(into: Draft, topicId: Uuid, partition: number, epoch: number): void {
  const partitions = into.get(topicId);
  if (partitions === undefined) into.set(topicId, new Map([[partition, epoch]]));
  else partitions.set(partition, epoch);
}

/** The member with `change`; the same one if nothing of it differs. */
function moved(
  member: ConsumerMember,
  change: Partial<Pick<ConsumerMember, 'state' | 'owned' | 'revoking'>>,
  epoch: number,
): ConsumerMember {
  const after: ConsumerMember = { ...member, ...change, epoch, previousEpoch: member.epoch };
  return sameProgress(member, after) ? member : after;
}

/** What is written of a member's assignment: is it the same? */
export function sameProgress(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.epoch === b.epoch &&
    a.previousEpoch === b.previousEpoch &&
    a.state === b.state &&
    sameOwned(a.owned, b.owned) &&
    sameOwned(a.revoking, b.revoking)
  );
}

function sameOwned(a: Owned, b: Owned): boolean {
  if (a === b) return true;
  if (a.size !== b.size || partitionCount(a) !== partitionCount(b)) return false;
  for (const [topicId, partitions] of a) {
    for (const [partition, epoch] of partitions) if (b.get(topicId)?.get(partition) !== epoch) return false;
  }
  return true;
}
