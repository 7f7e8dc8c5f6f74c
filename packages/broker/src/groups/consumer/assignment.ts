/** Partitions by topic id: what a member is to have, has, or says that it has. */
import type { Uuid } from '@skerry/base';

/** What a member is to have. */
export type Assignment = ReadonlyMap<Uuid, ReadonlySet<number>>;

/** What a member has, with the epoch in which it was given each partition (KIP-1251). */
export type Owned = ReadonlyMap<Uuid, ReadonlyMap<number, number>>;

/** As the messages of the protocol have it. */
export interface TopicPartitions {
  readonly topicId: Uuid;
  readonly partitions: readonly number[];
}

export const nothingAssigned: Assignment = new Map();
export const nothingOwned: Owned = new Map();

const inOrder = (a: number, b: number): number => a - b;

/** Topics by id and partitions by number, so that the same assignment is always the same bytes. */
export function listed(assignment: Assignment | Owned): TopicPartitions[] {
  return [...assignment.keys()].sort().map((topicId) => ({
    topicId,
    partitions: [...(assignment.get(topicId)?.keys() ?? [])].sort(inOrder),
  }));
}

export function assignmentOf(topics: readonly TopicPartitions[]): Assignment {
  return new Map(topics.map(({ topicId, partitions }) => [topicId, new Set(partitions)]));
}

/** Does `outer` have all of `inner`? */
export function isWithin(inner: readonly TopicPartitions[], outer: Assignment | Owned): boolean {
  return inner.every(({ topicId, partitions }) => {
    const held = outer.get(topicId);
    return held !== undefined && partitions.every((partition) => held.has(partition));
  });
}

/** The same partitions, whatever their epochs? */
export function samePartitions(a: Assignment | Owned, b: Assignment | Owned): boolean {
  if (a.size !== b.size) return false;
  for (const [topicId, held] of a) {
    const other = b.get(topicId);
    if (other?.size !== held.size) return false;
    for (const partition of held.keys()) if (!other.has(partition)) return false;
  }
  return true;
}

export function partitionCount(assignment: Assignment | Owned): number {
  let count = 0;
  for (const partitions of assignment.values()) count += partitions.size;
  return count;
}
