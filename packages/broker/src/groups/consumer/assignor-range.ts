/**
 * The range assignor: of each topic, its readers get consecutive partitions, the first ones one more where it does not
 * divide. Members are taken in the order of instance id, then of member id, so that topics with as many partitions and
 * the same readers come together: partition n of each with the same member.
 */
import type { Uuid } from '@skerry/base';
import type { Assignment } from './assignment.ts';
import type { AssignedMember, GroupToAssign } from './assignor.ts';

export function assignRange({ members, partitionCounts }: GroupToAssign): Map<string, Assignment> {
  const sorted = [...members].sort(byName);
  const ranges = new Map<Uuid, Range>();
  for (const { topics } of sorted) {
    for (const topic of topics) {
      const range = ranges.get(topic);
      if (range === undefined) ranges.set(topic, { readers: 1, given: 0, next: 0 });
      else range.readers++;
    }
  }
  const assigned = new Map<string, Assignment>();
  for (const { memberId, topics } of sorted) {
    const own = new Map<Uuid, ReadonlySet<number>>();
    for (const topic of topics) {
      const partitions = take(ranges.get(topic), partitionCounts.get(topic) ?? 0);
      if (partitions.size > 0) own.set(topic, partitions);
    }
    assigned.set(memberId, own);
  }
  return assigned;
}

interface Range {
  readers: number;
  /** Readers that have had their part. */
  given: number;
  /** First partition that nobody has. */
  next: number;
}

function take(range: Range | undefined, count: number): ReadonlySet<number> {
  const taken = new Set<number>();
  if (range === undefined) return taken;
  const share = Math.floor(count / range.readers) + (range.given < count % range.readers ? 1 : 0);
  for (let i = 0; i < share; i++) taken.add(range.next++);
  range.given++;
  return taken;
}

/** Static members come first. Java compares by UTF-16 code unit, as `<` does. */
function byName(a: AssignedMember, b: AssignedMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId);
  if (a.instanceId !== null) return -1;
  if (b.instanceId !== null) return 1;
  return compare(a.memberId, b.memberId);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
