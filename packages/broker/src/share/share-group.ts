/** A share group (KIP-932): its members, and which partitions each of them reads. Partitions are shared, not owned. */
import type { Uuid } from '@skerry/base';
import type { Deadline } from '../groups/timers.ts';

/** Partitions by topic. */
export type Assignment = ReadonlyMap<Uuid, readonly number[]>;

export interface ShareMember {
  readonly memberId: string;
  rackId: string | null;
  clientId: string;
  clientHost: string;
  /** Sorted, each once. */
  topics: readonly string[];
  epoch: number;
  previousEpoch: number;
  assigned: Assignment;
  readonly session: Deadline;
}

export interface ShareGroup {
  readonly groupId: string;
  epoch: number;
  assignmentEpoch: number;
  /** Of the topics that members read, as they were at `epoch`. */
  metadataHash: bigint;
  readonly members: Map<string, ShareMember>;
  /** By member. */
  readonly target: Map<string, Assignment>;
  /** What was written last did not reach the log: all is written again with the next change. */
  isUnwritten: boolean;
}

export const noPartitions: Assignment = new Map();

/** A topic as it is assigned. */
export interface AssignedTopic {
  readonly id: Uuid;
  readonly partitions: number;
}

/**
 * Shares each topic's partitions among the members that read it: each partition has at least one reader, and members
 * have equally many partitions, but for one. With more members than partitions, partitions have several readers.
 * A member keeps what it has where that fits.
 */
export function assign(
  members: Iterable<ShareMember>,
  topicOf: (name: string) => AssignedTopic | undefined,
  before: ReadonlyMap<string, Assignment>,
): Map<string, Assignment> {
  const readers = new Map<string, string[]>();
  const target = new Map<string, Map<Uuid, number[]>>();
  for (const { memberId, topics } of members) {
    target.set(memberId, new Map());
    for (const topic of topics) {
      const known = readers.get(topic);
      if (known === undefined) readers.set(topic, [memberId]);
      else known.push(memberId);
    }
  }
  for (const [name, ids] of [...readers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const topic = topicOf(name);
    if (topic === undefined || topic.partitions === 0) continue;
    for (const [memberId, partitions] of share(topic, ids.sort(), before)) {
      if (partitions.length > 0) target.get(memberId)?.set(topic.id, partitions);
    }
  }
  return target;
}

function share(
  topic: AssignedTopic,
  ids: readonly string[],
  before: ReadonlyMap<string, Assignment>,
): Map<string, number[]> {
  const total = topic.partitions * Math.ceil(ids.length / topic.partitions);
  const least = Math.floor(total / ids.length);
  const readers = Array.from({ length: topic.partitions }, () => 0);
  let withOneMore = total % ids.length;
  const shared = new Map<string, number[]>();
  for (const memberId of ids) {
    const most = withOneMore > 0 ? least + 1 : least;
    const kept = keep(before.get(memberId)?.get(topic.id) ?? [], most, Math.ceil(total / topic.partitions), readers);
    if (kept.length > least) withOneMore--;
    shared.set(memberId, kept);
  }
  for (const kept of shared.values()) {
    fill(kept, least, readers);
    if (kept.length === least && withOneMore > 0) {
      withOneMore--;
      fill(kept, least + 1, readers);
    }
    kept.sort((a, b) => a - b);
  }
  return shared;
}

/** What of `had` a member may go on with: `most` partitions, none with more than `readersEach`. */
function keep(had: readonly number[], most: number, readersEach: number, readers: number[]): number[] {
  const kept: number[] = [];
  for (const index of had) {
    const count = readers[index];
    if (count === undefined || count >= readersEach || kept.length >= most) continue;
    kept.push(index);
    readers[index] = count + 1;
  }
  return kept;
}

/** Adds the partitions that have the fewest readers. */
function fill(kept: number[], size: number, readers: number[]): void {
  while (kept.length < size) {
    let best = -1;
    readers.forEach((count, index) => {
      if (kept.includes(index)) return;
      if (best < 0 || count < (readers[best] ?? 0)) best = index;
    });
    if (best < 0) return;
    kept.push(best);
    readers[best] = (readers[best] ?? 0) + 1;
  }
}

export function isSameAssignment(a: Assignment, b: Assignment): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([topic, partitions]) => String(b.get(topic)) === String(partitions));
}
