/** What the members of a consumer group read, and what of that exists. */
import { crc32c, type Uuid, utf8Encode } from '@skerry/base';
import type { TopicView } from '../contract.ts';
import type { ResolvedRegex } from './changes.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { ConsumerMember } from './member.ts';

/** Regular expressions of a group, by what they are. */
type Regexes = ReadonlyMap<string, ResolvedRegex>;

/** The members of `group` without those in `gone`, and with `updated` in the place of its old self. */
export function membersWith(
  group: ConsumerGroup,
  updated: ConsumerMember | undefined,
  gone: ReadonlySet<string>,
): ReadonlyMap<string, ConsumerMember> {
  const members = new Map(group.members);
  for (const memberId of gone) members.delete(memberId);
  if (updated !== undefined) members.set(updated.memberId, updated);
  return members;
}

/** All names that a member reads: those it tells, and those that its regular expression matches. */
function namesOf(member: ConsumerMember, regexes: Regexes): readonly string[] {
  const matched = member.topicRegex === '' ? undefined : regexes.get(member.topicRegex)?.topics;
  if (matched === undefined || matched.length === 0) return member.topicNames;
  return member.topicNames.length === 0 ? matched : [...new Set([...member.topicNames, ...matched])];
}

/** Ids of the topics that the member reads and that exist, in the order of their names. */
export function topicsOf(member: ConsumerMember, regexes: Regexes, view: TopicView): readonly Uuid[] {
  const ids: Uuid[] = [];
  for (const name of namesOf(member, regexes)) {
    const topic = view.topic(name);
    if (topic !== undefined) ids.push(topic.id);
  }
  return ids;
}

/**
 * A number that changes when a topic that members read comes, goes, or gets more partitions; 0 where none exists.
 *
 * Kafka uses another function (XXH3). A broker that takes the group over from the other kind finds another number, and
 * computes one assignment more.
 */
export function metadataHash(members: ReadonlyMap<string, ConsumerMember>, regexes: Regexes, view: TopicView): bigint {
  const names = new Set<string>();
  for (const member of members.values()) for (const name of namesOf(member, regexes)) names.add(name);
  let [high, low] = [0, 0x9e3779b9];
  let found = false;
  for (const name of [...names].sort()) {
    const topic = view.topic(name);
    if (topic === undefined) continue;
    found = true;
    const bytes = utf8Encode(`${name} ${topic.id} ${topic.partitions}`);
    high = crc32c(bytes, 0, bytes.length, high);
    low = crc32c(bytes, 0, bytes.length, low);
  }
  return found ? BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) : 0n;
}
