import { type Uuid, zeroUuid } from '@skerry/base';
import type { MetadataResponse } from '@skerry/wire';

export interface PartitionInfo {
  readonly partition: number;
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

export interface TopicInfo {
  readonly name: string;
  readonly topicId: Uuid;
  readonly isInternal: boolean;
  /** In the order of their numbers. */
  readonly partitions: readonly PartitionInfo[];
}

/** Produce and Fetch name topics by id from version 13 on (KIP-516). */
const lastVersionByName = 12;
const anyVersion = {};
const byName = { versionMax: lastVersionByName };

export function topicInfo({ name, topicId, isInternal, partitions }: MetadataResponse['topics'][number]): TopicInfo {
  return {
    name: name ?? '',
    topicId,
    isInternal,
    partitions: partitions
      .map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes }) => ({
        partition: partitionIndex,
        leader: leaderId,
        leaderEpoch,
        replicas: replicaNodes,
        isr: isrNodes,
      }))
      .sort((a, b) => a.partition - b.partition),
  };
}

/** A topic without an id can only be spoken of by name, in the versions that do. */
export function byIdOrName({ topicId }: TopicInfo): { readonly versionMax?: number } {
  return topicId === zeroUuid ? byName : anyVersion;
}
