/**
 * Committing, fetching and forgetting offsets of one group.
 *
 * - A commit is visible once it is in the log. `requireStable` waits for those on the way there (KIP-447).
 * - A commit without a generation is a simple consumer's, or an administrator's: accepted while the group has no
 *   members (KIP-211).
 * - Offsets go offsets.retention.minutes after the group became empty, or, where it has members, after the commit, for
 *   topics it no longer reads (KIP-211, KIP-496). Ages are measured by the monotonic clock; over a restart by the wall
 *   clock, if that is plausible: a device that starts in 1970 and learns the time later must not lose what its
 *   consumers have done.
 * - An offset committed within a transaction counts when that commits (KIP-98). Until then the group is not forgotten,
 *   and `requireStable` is told UNSTABLE_OFFSET_COMMIT (KIP-447).
 */
import { Offset, type Uuid, zeroUuid } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import type { CommitClaim } from './consumer/claims.ts';
import type { ConsumerGroup } from './consumer/consumer-group.ts';
import {
  type CommitAnswer,
  type CommitPartition,
  type CommitRequest,
  type FetchedOffset,
  type FetchOffsetsAnswer,
  type FetchOffsetsRequest,
  type GroupRecord,
  type GroupSettings,
} from './contract.ts';
import type { ClassicGroup, Moment } from './group.ts';
import { claimRefusal } from './membership.ts';
import type { CommittedOffset, OffsetTable } from './offset-table.ts';
import { offsetRecord } from './records.ts';
import type { GroupRoom } from './room.ts';

/** Beyond its retention, the age that the wall clock may claim for something read at start. */
const plausibleAgeMsMax = 30 * 24 * 3_600_000;

/** One offset to write, or with `committed` undefined to remove. */
export interface OffsetChange {
  readonly topic: string;
  readonly partition: number;
  readonly committed: CommittedOffset | undefined;
}

/** Why the group takes no commit from this claimant, if so. */
export function commitRefusal(group: ClassicGroup, request: CommitRequest): ErrorName | undefined {
  const { generationId, memberId, groupInstanceId } = request;
  if (group.state === 'Dead' || group.deleting) return 'COORDINATOR_NOT_AVAILABLE';
  if (generationId < 0 && group.state === 'Empty') return undefined;
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return 'UNKNOWN_MEMBER_ID';
  const refusal = claimRefusal(group, request);
  if (refusal !== undefined) return refusal;
  // The member knows of the new generation and not of its partitions yet.
  return group.state === 'CompletingRebalance' ? 'REBALANCE_IN_PROGRESS' : undefined;
}

/**
 * Why the group takes no commit within a transaction, if so. Clients that do not say who they are, as before KIP-447,
 * are only fenced by their transaction's epoch.
 */
export function transactionalRefusal(group: ClassicGroup, request: CommitRequest): ErrorName | undefined {
  const { generationId, memberId, groupInstanceId } = request;
  if (group.state === 'Dead' || group.deleting) return 'COORDINATOR_NOT_AVAILABLE';
  if (generationId < 0 && (group.state === 'Empty' || (memberId === '' && groupInstanceId === null))) return undefined;
  return claimRefusal(group, request);
}

/** What a commit changes, and what is answered for each partition once that is in the log. */
export function commitChanges(
  request: CommitRequest,
  table: OffsetTable,
  at: {
    readonly now: Moment;
    readonly settings: GroupSettings;
    readonly room: GroupRoom;
    readonly claim?: CommitClaim | undefined;
  },
): { readonly changes: readonly OffsetChange[]; readonly answer: CommitAnswer } {
  const { now, settings, room, claim } = at;
  const changes: OffsetChange[] = [];
  let added = 0;
  const refusal = (topic: string, { partitionIndex, committedMetadata }: CommitPartition): ErrorName => {
    const stale = typeof claim === 'function' ? claim(topic, partitionIndex) : undefined;
    if (stale !== undefined) return stale;
    if ((committedMetadata ?? '').length > settings['offset.metadata.max.bytes']) return 'OFFSET_METADATA_TOO_LARGE';
    if (table.get(topic, partitionIndex) !== undefined) return 'NONE';
    return room.forOffsets(++added) ? 'NONE' : 'INVALID_COMMIT_OFFSET_SIZE';
  };
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map((partition) => {
      const error = refusal(name, partition);
      if (error === 'NONE') {
        const committed = offsetOf(partition, topicId, request.retentionTimeMs, now);
        changes.push({ topic: name, partition: partition.partitionIndex, committed });
      }
      return { partitionIndex: partition.partitionIndex, error };
    }),
  }));
  return { changes, answer: { topics } };
}

export function offsetRecords(
  { groupId }: { readonly groupId: string },
  changes: readonly OffsetChange[],
): readonly GroupRecord[] {
  return changes.map(({ topic, partition, committed }) => offsetRecord(groupId, topic, partition, committed));
}

/** The answer that says `error` of every partition. */
export function commitRefused({ topics }: CommitRequest, error: ErrorName): CommitAnswer {
  return {
    topics: topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, error })),
    })),
  };
}

export function fetched(
  table: OffsetTable | undefined,
  { topics, requireStable }: FetchOffsetsRequest,
): FetchOffsetsAnswer['topics'] {
  const isUnstable = (topic: string, index: number): boolean =>
    requireStable && table?.isPending(topic, index) === true;
  if (topics === undefined) {
    return [...(table?.topics() ?? [])].map(([name, partitions]) => ({
      name,
      topicId: [...partitions.values()].find(({ topicId }) => topicId !== zeroUuid)?.topicId ?? zeroUuid,
      partitions: [...partitions].map(([index, committed]) =>
        isUnstable(name, index) ? unstable(index) : answered(index, committed),
      ),
    }));
  }
  return topics.map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map((index) =>
      isUnstable(name, index) ? unstable(index) : answered(index, table?.get(name, index), topicId),
    ),
  }));
}

/** What has outlived its retention: removals, and whether they leave nothing. */
export function expired(
  group: ClassicGroup | ConsumerGroup,
  now: Moment,
  settings: GroupSettings,
): { readonly changes: readonly OffsetChange[]; readonly all: boolean } {
  const bornMs = birthOf(group);
  const changes: OffsetChange[] = [];
  const isBare = group.offsets.size === 0 && !group.offsets.hasPending;
  if (bornMs === undefined) return { changes, all: isBare };
  const retentionMs = settings['offsets.retention.minutes'] * 60_000;
  for (const [topic, partitions] of group.offsets.topics()) {
    if (group.isSubscribedTo(topic)) continue;
    for (const [partition, committed] of partitions) {
      if (group.offsets.isPending(topic, partition)) continue;
      const { expireTimestampMs, commitTimestampMs } = committed;
      const over =
        expireTimestampMs === -1
          ? now.monotonicMs - bornMs(committed) >= retentionMs
          : now.monotonicMs - committed.bornMs >= expireTimestampMs - commitTimestampMs;
      if (over) changes.push({ topic, partition, committed: undefined });
    }
  }
  return { changes, all: changes.length === group.offsets.size && !group.offsets.hasPending };
}

/** Removals of all offsets, or of those of one topic; of those too that wait for the end of a transaction. */
export function removalOfAll(table: OffsetTable, only?: string): readonly OffsetChange[] {
  const topics = only === undefined ? new Set([...table.topics().keys(), ...table.pending().keys()]) : [only];
  return [...topics].flatMap((topic) => {
    const partitions = new Set([
      ...(table.topics().get(topic)?.keys() ?? []),
      ...(table.pending().get(topic)?.keys() ?? []),
    ]);
    return [...partitions].map((partition) => ({ topic, partition, committed: undefined }));
  });
}

/** When something happened by the monotonic clock, given the wall time that the log has for it. */
export function bornMs(wallMs: number, retentionMs: number, now: Moment): number {
  const ageMs = now.wallMs - wallMs;
  return ageMs >= 0 && ageMs <= retentionMs + plausibleAgeMsMax ? now.monotonicMs - ageMs : now.monotonicMs;
}

/** From when the retention of an offset counts; undefined where none of the group's expires. */
function birthOf(group: ClassicGroup | ConsumerGroup): ((committed: CommittedOffset) => number) | undefined {
  if (group.kind === 'consumer' || group.protocolType === null) return (committed) => committed.bornMs;
  if (group.state === 'Empty') return () => group.since.monotonicMs;
  const reads = group.usesConsumerProtocol() && group.subscriptionsKnown && group.state === 'Stable';
  return reads ? (committed) => committed.bornMs : undefined;
}

function offsetOf(partition: CommitPartition, topicId: Uuid, retentionMs: number, now: Moment): CommittedOffset {
  return {
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch,
    metadata: partition.committedMetadata ?? '',
    commitTimestampMs: now.wallMs,
    expireTimestampMs: retentionMs === -1 ? -1 : now.wallMs + retentionMs,
    topicId,
    bornMs: now.monotonicMs,
  };
}

function unstable(partitionIndex: number): FetchedOffset {
  const nothing = { committedOffset: Offset(-1), committedLeaderEpoch: -1, metadata: '' };
  return { partitionIndex, ...nothing, error: 'UNSTABLE_OFFSET_COMMIT' };
}

/** An offset that was committed for another topic of the same name is none. */
function answered(partitionIndex: number, committed: CommittedOffset | undefined, topicId = zeroUuid): FetchedOffset {
  const other =
    committed !== undefined && topicId !== zeroUuid && committed.topicId !== zeroUuid && committed.topicId !== topicId;
  if (committed === undefined || other) {
    return { partitionIndex, committedOffset: Offset(-1), committedLeaderEpoch: -1, metadata: '', error: 'NONE' };
  }
  const { offset, leaderEpoch, metadata } = committed;
  return { partitionIndex, committedOffset: offset, committedLeaderEpoch: leaderEpoch, metadata, error: 'NONE' };
}
