/**
 * What members of a group tell one another through the coordinator: Kafka's embedded "consumer" protocol, as Java's
 * and JavaScript's clients speak it, with the range strategy.
 *
 * We write version 0, which every client reads, and read them all: a newer one only adds at the end.
 */
import { ProtocolError } from '@skerry/base';
import {
  codec,
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  type Message,
  Reader,
  Writer,
} from '@skerry/wire';
import type { TopicPartition } from './offsets.ts';

export const consumerProtocol = 'consumer';
export const rangeStrategy = 'range';

export interface GroupMember {
  readonly memberId: string;
  readonly topics: readonly string[];
}

const versionMax = 3;

export function writeSubscription(topics: readonly string[]): Uint8Array {
  return written(consumerProtocolSubscription, { topics });
}

export function readSubscription(bytes: Uint8Array): readonly string[] {
  return read(consumerProtocolSubscription, bytes)?.topics ?? [];
}

export function writeAssignment(partitions: readonly TopicPartition[]): Uint8Array {
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
  const assignedPartitions = [...byTopic].map(([topic, of]) => ({
    topic,
    partitions: of.map(({ partition }) => partition),
  }));
  return written(consumerProtocolAssignment, { assignedPartitions });
}

export function readAssignment(bytes: Uint8Array): TopicPartition[] {
  const assigned = read(consumerProtocolAssignment, bytes)?.assignedPartitions ?? [];
  return assigned.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}

/**
 * Java's RangeAssignor: of each topic, its readers in the order of their ids get runs of partitions, the first ones
 * one more where they do not share out evenly.
 */
export function assignRanges(
  members: readonly GroupMember[],
  partitionsOf: (topic: string) => number,
): Map<string, TopicPartition[]> {
  const assigned = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]));
  const topics = new Set(members.flatMap((member) => member.topics));
  const inOrder = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  for (const topic of [...topics].sort()) {
    const readers = inOrder.filter((member) => member.topics.includes(topic));
    const count = partitionsOf(topic);
    const each = Math.floor(count / readers.length);
    const more = count % readers.length;
    let partition = 0;
    for (const [i, { memberId }] of readers.entries()) {
      const end = partition + each + (i < more ? 1 : 0);
      for (; partition < end; partition++) assigned.get(memberId)?.push({ topic, partition });
    }
  }
  return assigned;
}

function written<I>(message: Message<unknown, I>, value: I): Uint8Array {
  const writer = new Writer();
  writer.int16(0);
  codec(message, 0).write(writer, value);
  const [bytes] = writer.finish() as readonly Uint8Array[];
  return bytes ?? new Uint8Array(0);
}

/**
 * Undefined for no bytes at all, which a leader of another make may give a member that gets nothing; and for bytes that
 * make no sense, since one bad member must not cost the others their connection.
 */
function read<T>(message: Message<T, never>, bytes: Uint8Array): T | undefined {
  if (bytes.length === 0) return undefined;
  const reader = new Reader(bytes);
  try {
    const version = reader.int16();
    return codec(message, Math.min(Math.max(version, 0), versionMax)).read(reader);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}
