/**
 * The records of `__consumer_offsets` that this broker writes, in Kafka's formats and versions: its tools and its
 * brokers read them.
 *
 * A key starts with the type of the record as an int16 (0 and 1: an offset, 2: a classic group, 3 and up: the newer
 * kinds of groups), a value with its version.
 */
import { type Offset, type Uuid, zeroUuid } from '@skerry/base';
import {
  codec,
  type GroupMetadataValue,
  groupMetadataKey,
  groupMetadataValue,
  offsetCommitKey,
  offsetCommitValue,
  Reader,
} from '@skerry/wire';
import { encodeRecord, readVersion } from '../record-codec.ts';
import { type ReadGroupChange, readChange } from './consumer/records.ts';
import type { GroupRecord } from './contract.ts';
import type { ClassicGroup } from './group.ts';
import { metadataOf, noBytes } from './member.ts';

/** Kafka writes this version, though it can read the flexible one that follows (KIP-915). */
const groupValueVersion = 3;
/** The version that carries a topic id, and the last that carries a time to expire. */
const offsetValueVersions = { topicId: 4, expireTimestamp: 1 } as const;

/** An offset as it is written down. */
export interface WrittenOffset {
  readonly offset: Offset;
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** −1: as the setting says. */
  readonly expireTimestampMs: number;
  readonly topicId: Uuid;
}

/** A record that was read; `value` undefined: it was removed. */
export type ReadRecord =
  | {
      readonly kind: 'offset';
      readonly groupId: string;
      readonly topic: string;
      readonly partition: number;
      readonly value: WrittenOffset | undefined;
    }
  | { readonly kind: 'group'; readonly groupId: string; readonly value: GroupMetadataValue | undefined }
  | ({ readonly kind: 'consumer' } & ReadGroupChange);

/** What a record takes in a batch beside its key and value, at most. */
const recordOverheadBytes = 32;

export function offsetRecord(groupId: string, topic: string, partition: number, written?: WrittenOffset): GroupRecord {
  const key = encodeRecord(offsetCommitKey, offsetCommitKey.apiKey, 0, { group: groupId, topic, partition });
  if (written === undefined) return { key, value: null };
  const { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId } = written;
  const version = expireTimestampMs === -1 ? offsetValueVersions.topicId : offsetValueVersions.expireTimestamp;
  const value = encodeRecord(offsetCommitValue, version, version, {
    offset,
    leaderEpoch,
    metadata,
    commitTimestamp: BigInt(commitTimestampMs),
    expireTimestamp: BigInt(expireTimestampMs),
    topicId,
  });
  return { key, value };
}

/** What records take in a batch, at most. */
export function bytesOf(records: readonly GroupRecord[]): number {
  return records.reduce((sum, { key, value }) => sum + recordOverheadBytes + key.length + (value?.length ?? 0), 0);
}

/** The group as it is, with `assignments` in place of those that its members hold. */
export function groupRecord(group: ClassicGroup, assignments?: ReadonlyMap<string, Uint8Array>): GroupRecord {
  const value = encodeRecord(groupMetadataValue, groupValueVersion, groupValueVersion, {
    protocolType: group.protocolType ?? '',
    generation: group.generationId,
    protocol: group.protocolName,
    leader: group.leaderId ?? null,
    currentStateTimestamp: BigInt(group.since.wallMs),
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.terms.rebalanceTimeoutMs,
      sessionTimeout: member.terms.sessionTimeoutMs,
      subscription: metadataOf(member, group.protocolName),
      assignment: assignments === undefined ? member.assignment : (assignments.get(member.memberId) ?? noBytes),
    })),
  });
  return { key: groupKey(group.groupId), value };
}

export function groupTombstone(groupId: string): GroupRecord {
  return { key: groupKey(groupId), value: null };
}

/** What a record says; undefined for a kind that this broker does not know: it stays in the log and has no effect. */
export function readRecord(key: Uint8Array, value: Uint8Array | null): ReadRecord | undefined {
  const keyReader = new Reader(key);
  const kind = keyReader.int16();
  if (kind === 0 || kind === offsetCommitKey.apiKey) {
    const { group: groupId, topic, partition } = codec(offsetCommitKey, 0).read(keyReader);
    return { kind: 'offset', groupId, topic, partition, value: value === null ? undefined : readOffset(value) };
  }
  if (kind !== groupMetadataKey.apiKey) {
    const change = readChange(kind, keyReader, value);
    return change && { kind: 'consumer', ...change };
  }
  const { group: groupId } = codec(groupMetadataKey, 0).read(keyReader);
  if (value === null) return { kind: 'group', groupId, value: undefined };
  const reader = new Reader(value);
  return {
    kind: 'group',
    groupId,
    value: codec(groupMetadataValue, readVersion(reader, groupMetadataValue)).read(reader),
  };
}

function readOffset(bytes: Uint8Array): WrittenOffset {
  const reader = new Reader(bytes);
  const read = codec(offsetCommitValue, readVersion(reader, offsetCommitValue)).read(reader);
  return {
    offset: read.offset,
    leaderEpoch: read.leaderEpoch,
    metadata: read.metadata,
    commitTimestampMs: Number(read.commitTimestamp),
    expireTimestampMs: Number(read.expireTimestamp),
    topicId: read.topicId ?? zeroUuid,
  };
}

function groupKey(groupId: string): Uint8Array {
  return encodeRecord(groupMetadataKey, groupMetadataKey.apiKey, 0, { group: groupId });
}
