/** The records of `__consumer_offsets` that keep share groups (KIP-932), in Kafka's formats. */
import type { Uuid } from '@skerry/base';
import {
  codec,
  type Message,
  Reader,
  shareGroupCurrentMemberAssignmentKey,
  shareGroupCurrentMemberAssignmentValue,
  shareGroupMemberMetadataKey,
  shareGroupMemberMetadataValue,
  shareGroupMetadataKey,
  shareGroupMetadataValue,
  shareGroupTargetAssignmentMemberKey,
  shareGroupTargetAssignmentMemberValue,
  shareGroupTargetAssignmentMetadataKey,
  shareGroupTargetAssignmentMetadataValue,
} from '@skerry/wire';
import type { GroupRecord } from '../groups/contract.ts';
import { encodeRecord } from '../record-codec.ts';
import type { Assignment, ShareGroup, ShareMember } from './share-group.ts';

/** What a record says; a value of undefined: it was removed. */
export type ShareGroupRecord =
  | {
      readonly kind: 'member';
      readonly groupId: string;
      readonly memberId: string;
      readonly value:
        | {
            readonly rackId: string | null;
            readonly clientId: string;
            readonly clientHost: string;
            readonly topics: readonly string[];
          }
        | undefined;
    }
  | {
      readonly kind: 'group';
      readonly groupId: string;
      readonly value: { readonly epoch: number; readonly metadataHash: bigint } | undefined;
    }
  | { readonly kind: 'targetEpoch'; readonly groupId: string; readonly value: number | undefined }
  | {
      readonly kind: 'target';
      readonly groupId: string;
      readonly memberId: string;
      readonly value: Assignment | undefined;
    }
  | {
      readonly kind: 'current';
      readonly groupId: string;
      readonly memberId: string;
      readonly value:
        | { readonly epoch: number; readonly previousEpoch: number; readonly assigned: Assignment }
        | undefined;
    };

/** KIP-848's number for a member that has all that it is to have. */
const stable = 0;

export function memberRecord(groupId: string, { memberId, ...member }: ShareMember): GroupRecord {
  const { rackId, clientId, clientHost, topics } = member;
  return record(shareGroupMemberMetadataKey, { groupId, memberId }, shareGroupMemberMetadataValue, {
    rackId,
    clientId,
    clientHost,
    subscribedTopicNames: topics,
  });
}

export function epochRecord({ groupId, epoch, metadataHash }: ShareGroup): GroupRecord {
  return record(shareGroupMetadataKey, { groupId }, shareGroupMetadataValue, { epoch, metadataHash });
}

export function targetEpochRecord({ groupId, assignmentEpoch }: ShareGroup, wallMs: number): GroupRecord {
  return record(shareGroupTargetAssignmentMetadataKey, { groupId }, shareGroupTargetAssignmentMetadataValue, {
    assignmentEpoch,
    assignmentTimestamp: BigInt(wallMs),
  });
}

export function targetRecord(groupId: string, memberId: string, target: Assignment): GroupRecord {
  const topicPartitions = [...target].map(([topicId, partitions]) => ({ topicId, partitions }));
  const value = { topicPartitions };
  return record(
    shareGroupTargetAssignmentMemberKey,
    { groupId, memberId },
    shareGroupTargetAssignmentMemberValue,
    value,
  );
}

export function currentRecord(groupId: string, member: ShareMember): GroupRecord {
  const { memberId, epoch, previousEpoch, assigned } = member;
  return record(shareGroupCurrentMemberAssignmentKey, { groupId, memberId }, shareGroupCurrentMemberAssignmentValue, {
    memberEpoch: epoch,
    previousMemberEpoch: previousEpoch,
    state: stable,
    assignedPartitions: [...assigned].map(([topicId, partitions]) => ({ topicId, partitions })),
  });
}

/** What removes a member. */
export function memberTombstones(groupId: string, memberId: string): GroupRecord[] {
  const key = { groupId, memberId };
  return [
    {
      key: encodeRecord(shareGroupCurrentMemberAssignmentKey, shareGroupCurrentMemberAssignmentKey.apiKey, 0, key),
      value: null,
    },
    {
      key: encodeRecord(shareGroupTargetAssignmentMemberKey, shareGroupTargetAssignmentMemberKey.apiKey, 0, key),
      value: null,
    },
    { key: encodeRecord(shareGroupMemberMetadataKey, shareGroupMemberMetadataKey.apiKey, 0, key), value: null },
  ];
}

/** What removes a group that has no members. */
export function groupTombstones(groupId: string): GroupRecord[] {
  const metadataKind = shareGroupTargetAssignmentMetadataKey.apiKey;
  return [
    { key: encodeRecord(shareGroupTargetAssignmentMetadataKey, metadataKind, 0, { groupId }), value: null },
    { key: encodeRecord(shareGroupMetadataKey, shareGroupMetadataKey.apiKey, 0, { groupId }), value: null },
  ];
}

/** What a record says, if it is of a share group. */
export function readShareGroupRecord(key: Uint8Array, bytes: Uint8Array | null): ShareGroupRecord | undefined {
  const reader = new Reader(key);
  const kind = reader.int16();
  switch (kind) {
    case shareGroupMemberMetadataKey.apiKey: {
      const read = codec(shareGroupMemberMetadataKey, 0).read(reader);
      const value = valueOf(shareGroupMemberMetadataValue, bytes);
      if (value === undefined) return { kind: 'member', ...read, value };
      const { rackId, clientId, clientHost, subscribedTopicNames } = value;
      return { kind: 'member', ...read, value: { rackId, clientId, clientHost, topics: subscribedTopicNames } };
    }
    case shareGroupMetadataKey.apiKey: {
      const { groupId } = codec(shareGroupMetadataKey, 0).read(reader);
      return { kind: 'group', groupId, value: valueOf(shareGroupMetadataValue, bytes) };
    }
    case shareGroupTargetAssignmentMetadataKey.apiKey: {
      const { groupId } = codec(shareGroupTargetAssignmentMetadataKey, 0).read(reader);
      const value = valueOf(shareGroupTargetAssignmentMetadataValue, bytes)?.assignmentEpoch;
      return { kind: 'targetEpoch', groupId, value };
    }
    case shareGroupTargetAssignmentMemberKey.apiKey: {
      const read = codec(shareGroupTargetAssignmentMemberKey, 0).read(reader);
      const value = valueOf(shareGroupTargetAssignmentMemberValue, bytes);
      return { kind: 'target', ...read, value: value && assignmentOf(value.topicPartitions) };
    }
    case shareGroupCurrentMemberAssignmentKey.apiKey: {
      const read = codec(shareGroupCurrentMemberAssignmentKey, 0).read(reader);
      const value = valueOf(shareGroupCurrentMemberAssignmentValue, bytes);
      if (value === undefined) return { kind: 'current', ...read, value };
      const { memberEpoch: epoch, previousMemberEpoch: previousEpoch, assignedPartitions } = value;
      return { kind: 'current', ...read, value: { epoch, previousEpoch, assigned: assignmentOf(assignedPartitions) } };
    }
    default:
      return undefined;
  }
}

function assignmentOf(read: readonly { readonly topicId: Uuid; readonly partitions: readonly number[] }[]): Assignment {
  return new Map(read.map(({ topicId, partitions }) => [topicId, [...partitions]]));
}

function valueOf<T>(table: Message<T, never>, bytes: Uint8Array | null): T | undefined {
  if (bytes === null) return undefined;
  const reader = new Reader(bytes);
  return codec(table, reader.int16()).read(reader);
}

function record<K, V>(keyTable: Message<unknown, K>, key: K, valueTable: Message<unknown, V>, value: V): GroupRecord {
  return { key: encodeRecord(keyTable, keyTable.apiKey, 0, key), value: encodeRecord(valueTable, 0, 0, value) };
}
