/**
 * The records of consumer groups in `__consumer_offsets`, in Kafka's formats. Their keys begin with 3 to 8 and 16; a
 * record of kind 4, the partitions of the topics, was written before Kafka 4.1 and is read past.
 */
import type { Uuid } from '@skerry/base';
import {
  codec,
  consumerGroupMetadataKey as epochKey,
  consumerGroupMetadataValue as epochValue,
  consumerGroupMemberMetadataKey as memberKey,
  consumerGroupMemberMetadataValue as memberValue,
  consumerGroupPartitionMetadataKey as partitionsKey,
  consumerGroupCurrentMemberAssignmentKey as progressKey,
  consumerGroupCurrentMemberAssignmentValue as progressValue,
  Reader,
  consumerGroupRegularExpressionKey as regexKey,
  consumerGroupRegularExpressionValue as regexValue,
  consumerGroupTargetAssignmentMetadataKey as targetEpochKey,
  consumerGroupTargetAssignmentMetadataValue as targetEpochValue,
  consumerGroupTargetAssignmentMemberKey as targetKey,
  consumerGroupTargetAssignmentMemberValue as targetValue,
} from '@skerry/wire';
import { encodeRecord, readVersion } from '../../record-codec.ts';
import type { GroupRecord } from '../contract.ts';
import { assignmentOf, listed, type Owned } from './assignment.ts';
import type { GroupChange, MemberProgress, MemberTerms } from './changes.ts';
import { type MemberState, memberStates } from './member.ts';

/** All values are of their first version. */
const version = 0;

export interface ReadGroupChange {
  readonly groupId: string;
  readonly change: GroupChange;
}

export function changeRecord(groupId: string, change: GroupChange): GroupRecord {
  switch (change.kind) {
    case 'epoch':
      return {
        key: encodeRecord(epochKey, epochKey.apiKey, version, { groupId }),
        value: change.value === undefined ? null : encodeRecord(epochValue, version, version, change.value),
      };
    case 'partitions':
      return { key: encodeRecord(partitionsKey, partitionsKey.apiKey, version, { groupId }), value: null };
    case 'member': {
      const key = encodeRecord(memberKey, memberKey.apiKey, version, { groupId, memberId: change.memberId });
      return { key, value: change.value === undefined ? null : termsValue(change.value) };
    }
    case 'targetEpoch': {
      const key = encodeRecord(targetEpochKey, targetEpochKey.apiKey, version, { groupId });
      if (change.value === undefined) return { key, value: null };
      const { epoch, timestampMs } = change.value;
      const value = { assignmentEpoch: epoch, assignmentTimestamp: BigInt(timestampMs) };
      return { key, value: encodeRecord(targetEpochValue, version, version, value) };
    }
    case 'target': {
      const key = encodeRecord(targetKey, targetKey.apiKey, version, { groupId, memberId: change.memberId });
      if (change.value === undefined) return { key, value: null };
      return { key, value: encodeRecord(targetValue, version, version, { topicPartitions: listed(change.value) }) };
    }
    case 'progress': {
      const key = encodeRecord(progressKey, progressKey.apiKey, version, { groupId, memberId: change.memberId });
      return { key, value: change.value === undefined ? null : progressBytes(change.value) };
    }
    case 'regex': {
      const key = encodeRecord(regexKey, regexKey.apiKey, version, { groupId, regularExpression: change.regex });
      if (change.value === undefined) return { key, value: null };
      const { topics, version: metadataVersion, timestampMs } = change.value;
      const value = { topics, version: metadataVersion, timestamp: BigInt(timestampMs) };
      return { key, value: encodeRecord(regexValue, version, version, value) };
    }
  }
}

/** What a record changes; undefined for one of another kind. `key` stands behind the kind. */
export function readChange(kind: number, key: Reader, bytes: Uint8Array | null): ReadGroupChange | undefined {
  const value = bytes === null ? undefined : new Reader(bytes);
  switch (kind) {
    case epochKey.apiKey: {
      const { groupId } = codec(epochKey, 0).read(key);
      return { groupId, change: { kind: 'epoch', value: value && readEpoch(value) } };
    }
    case partitionsKey.apiKey:
      return { groupId: codec(partitionsKey, 0).read(key).groupId, change: { kind: 'partitions', value: undefined } };
    case memberKey.apiKey: {
      const { groupId, memberId } = codec(memberKey, 0).read(key);
      return { groupId, change: { kind: 'member', memberId, value: value && readTerms(value) } };
    }
    case targetEpochKey.apiKey: {
      const { groupId } = codec(targetEpochKey, 0).read(key);
      return { groupId, change: { kind: 'targetEpoch', value: value && readTargetEpoch(value) } };
    }
    case targetKey.apiKey: {
      const { groupId, memberId } = codec(targetKey, 0).read(key);
      return { groupId, change: { kind: 'target', memberId, value: value && readTarget(value) } };
    }
    case progressKey.apiKey: {
      const { groupId, memberId } = codec(progressKey, 0).read(key);
      return { groupId, change: { kind: 'progress', memberId, value: value && readProgress(value) } };
    }
    case regexKey.apiKey: {
      const { groupId, regularExpression } = codec(regexKey, 0).read(key);
      return { groupId, change: { kind: 'regex', regex: regularExpression, value: value && readRegex(value) } };
    }
    default:
      return undefined;
  }
}

function termsValue(terms: MemberTerms): Uint8Array {
  const { topicNames, topicRegex, classic } = terms;
  return encodeRecord(memberValue, version, version, {
    ...terms,
    subscribedTopicNames: topicNames,
    subscribedTopicRegex: topicRegex,
    classicMemberMetadata:
      classic === null ? null : { sessionTimeoutMs: classic.sessionTimeoutMs, supportedProtocols: classic.protocols },
  });
}

function readTerms(reader: Reader): MemberTerms {
  const read = codec(memberValue, readVersion(reader, memberValue)).read(reader);
  const { instanceId, rackId, clientId, clientHost, rebalanceTimeoutMs, serverAssignor } = read;
  const classic = read.classicMemberMetadata;
  return {
    instanceId,
    rackId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    serverAssignor,
    topicNames: [...read.subscribedTopicNames].sort(),
    topicRegex: read.subscribedTopicRegex ?? '',
    classic: classic && {
      sessionTimeoutMs: classic.sessionTimeoutMs,
      protocols: classic.supportedProtocols.map(({ name, metadata }) => ({ name, metadata: metadata.slice() })),
    },
  };
}

function readEpoch(reader: Reader) {
  const { epoch, metadataHash } = codec(epochValue, readVersion(reader, epochValue)).read(reader);
  return { epoch, metadataHash };
}

function readTarget(reader: Reader) {
  return assignmentOf(codec(targetValue, readVersion(reader, targetValue)).read(reader).topicPartitions);
}

function readTargetEpoch(reader: Reader) {
  const read = codec(targetEpochValue, readVersion(reader, targetEpochValue)).read(reader);
  return { epoch: read.assignmentEpoch, timestampMs: Number(read.assignmentTimestamp) };
}

function readRegex(reader: Reader) {
  const read = codec(regexValue, readVersion(reader, regexValue)).read(reader);
  return { topics: read.topics, version: read.version, timestampMs: Number(read.timestamp) };
}

function progressBytes({ epoch, previousEpoch, state, owned, revoking }: MemberProgress): Uint8Array {
  return encodeRecord(progressValue, version, version, {
    memberEpoch: epoch,
    previousMemberEpoch: previousEpoch,
    state,
    assignedPartitions: withEpochs(owned),
    partitionsPendingRevocation: withEpochs(revoking),
  });
}

function readProgress(reader: Reader): MemberProgress {
  const read = codec(progressValue, readVersion(reader, progressValue)).read(reader);
  const states: readonly MemberState[] = Object.values(memberStates);
  return {
    epoch: read.memberEpoch,
    previousEpoch: read.previousMemberEpoch,
    // A state of a later broker: the member is brought to its target as if it had just come there.
    state: states.find((one) => one === read.state) ?? memberStates.unreleased,
    owned: ownedOf(read.assignedPartitions, read.memberEpoch),
    revoking: ownedOf(read.partitionsPendingRevocation, read.memberEpoch),
  };
}

function withEpochs(owned: Owned) {
  return listed(owned).map(({ topicId, partitions }) => ({
    topicId,
    partitions,
    assignmentEpochs: partitions.map((partition) => owned.get(topicId)?.get(partition) ?? 0),
  }));
}

interface WrittenPartitions {
  readonly topicId: Uuid;
  readonly partitions: readonly number[];
  readonly assignmentEpochs: readonly number[] | null;
}

/** Before the epochs of assignments were written (KIP-1251), the member's own stands for them. */
function ownedOf(topics: readonly WrittenPartitions[], epoch: number): Owned {
  return new Map(
    topics.map(({ topicId, partitions, assignmentEpochs }) => [
      topicId,
      new Map(partitions.map((partition, i) => [partition, assignmentEpochs?.[i] ?? epoch])),
    ]),
  );
}
