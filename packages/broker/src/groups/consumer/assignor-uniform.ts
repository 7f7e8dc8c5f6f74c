/**
 * The uniform assignor: all members have as many partitions, give or take one where it does not divide, and keep what
 * they had as far as that goes.
 *
 * Where members read different topics, each partition that nobody keeps goes to the reader with the fewest; then
 * partitions move from the member with the most to one with at least two fewer that reads the topic, until none is left
 * to move. Each move lessens the sum of the squares of what members have, so that ends.
 */
import { assert, type Uuid } from '@skerry/base';
import type { Assignment } from './assignment.ts';
import type { AssignedMember, GroupToAssign } from './assignor.ts';

export function assignUniform(group: GroupToAssign): Map<string, Assignment> {
  const [first] = group.members;
  if (first === undefined) return new Map();
  return group.homogeneous ? sameTopics(group, first.topics) : differentTopics(group);
}

interface Part {
  readonly topic: Uuid;
  readonly partition: number;
}

class Draft {
  readonly memberId: string;
  readonly topics: ReadonlySet<Uuid>;
  readonly #parts = new Map<Uuid, Set<number>>();
  size = 0;

  constructor({ memberId, topics }: AssignedMember) {
    this.memberId = memberId;
    this.topics = new Set(topics);
  }

  get parts(): ReadonlyMap<Uuid, ReadonlySet<number>> {
    return this.#parts;
  }

  add({ topic, partition }: Part): void {
    const held = this.#parts.get(topic);
    if (held === undefined) this.#parts.set(topic, new Set([partition]));
    else held.add(partition);
    this.size++;
  }

  remove({ topic, partition }: Part): void {
    const held = this.#parts.get(topic);
    assert(held?.delete(partition) === true, 'only what is held is removed');
    if (held.size === 0) this.#parts.delete(topic);
    this.size--;
  }
}

function sameTopics({ members, partitionCounts }: GroupToAssign, topics: readonly Uuid[]): Map<string, Assignment> {
  const free = freeParts(members, topics, partitionCounts);
  let total = 0;
  for (const topic of topics) total += partitionCounts.get(topic) ?? 0;
  const share = Math.floor(total / members.length);
  let extra = total % members.length;
  const drafts: { readonly draft: Draft; readonly quota: number }[] = [];
  for (const member of members) {
    const quota = share + (extra-- > 0 ? 1 : 0);
    const draft = new Draft(member);
    for (const part of kept(member, partitionCounts)) {
      if (draft.size < quota) draft.add(part);
      else free.push(part);
    }
    drafts.push({ draft, quota });
  }
  let next = 0;
  for (const { draft, quota } of drafts) {
    for (let part = free[next]; draft.size < quota && part !== undefined; part = free[++next]) draft.add(part);
  }
  assert(next === free.length, 'every partition has its reader');
  return finished(drafts.map(({ draft }) => draft));
}

function differentTopics({ members, partitionCounts }: GroupToAssign): Map<string, Assignment> {
  const readers = new Map<Uuid, Draft[]>();
  const drafts = members.map((member) => {
    const draft = new Draft(member);
    for (const topic of member.topics) {
      const others = readers.get(topic);
      if (others === undefined) readers.set(topic, [draft]);
      else others.push(draft);
    }
    for (const part of kept(member, partitionCounts)) draft.add(part);
    return draft;
  });
  // Topics that few read have the least choice, so they choose first.
  const topics = [...readers.keys()].sort((a, b) => (readers.get(a)?.length ?? 0) - (readers.get(b)?.length ?? 0));
  for (const part of freeParts(members, topics, partitionCounts)) least(readers.get(part.topic) ?? [])?.add(part);
  let moved = true;
  while (moved) {
    moved = false;
    for (const from of [...drafts].sort((a, b) => b.size - a.size)) moved = giveAway(from, readers) || moved;
  }
  return finished(drafts);
}

/** Moves what `from` has too much of; returns whether anything moved. */
function giveAway(from: Draft, readers: ReadonlyMap<Uuid, readonly Draft[]>): boolean {
  let moved = false;
  for (const [topic, partitions] of from.parts) {
    for (const partition of [...partitions].toReversed()) {
      const to = least(readers.get(topic) ?? []);
      if (to === undefined || from.size < to.size + 2) break;
      from.remove({ topic, partition });
      to.add({ topic, partition });
      moved = true;
    }
  }
  return moved;
}

function least(drafts: readonly Draft[]): Draft | undefined {
  let found: Draft | undefined;
  for (const draft of drafts) if (found === undefined || draft.size < found.size) found = draft;
  return found;
}

/** What the member had of the topics that it still reads. */
function* kept({ before, topics }: AssignedMember, counts: ReadonlyMap<Uuid, number>): Generator<Part> {
  const read = new Set(topics);
  for (const [topic, partitions] of before) {
    const count = counts.get(topic) ?? 0;
    if (!read.has(topic)) continue;
    for (const partition of partitions) if (partition < count) yield { topic, partition };
  }
}

/** Partitions that no reader had. */
function freeParts(
  members: readonly AssignedMember[],
  topics: readonly Uuid[],
  counts: ReadonlyMap<Uuid, number>,
): Part[] {
  const held = new Map<Uuid, Set<number>>(topics.map((topic) => [topic, new Set()]));
  for (const member of members)
    for (const { topic, partition } of kept(member, counts)) held.get(topic)?.add(partition);
  const free: Part[] = [];
  for (const topic of topics) {
    const taken = held.get(topic);
    for (let partition = 0; partition < (counts.get(topic) ?? 0); partition++) {
      if (taken?.has(partition) !== true) free.push({ topic, partition });
    }
  }
  return free;
}

function finished(drafts: readonly Draft[]): Map<string, Assignment> {
  return new Map(drafts.map((draft) => [draft.memberId, draft.parts]));
}
