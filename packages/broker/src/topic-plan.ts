import type { TopicPlan } from './cluster.ts';
import type { Settings } from './settings/settings.ts';

/** The group coordinator's log: many small partitions, compacted, never expired. */
export const offsetsTopic = '__consumer_offsets';

/** The transaction coordinator's log, of the same kind. */
export const transactionsTopic = '__transaction_state';

/** The share coordinator's log, of the same kind. */
export const shareStateTopic = '__share_group_state';

/** The log of what the cluster is: a partition that no topic describes. */
export const metadataTopic = '__cluster_metadata';

/** A topic that nobody described: the defaults of the node, or what the broker itself needs. */
export function defaultPlan(name: string, settings: Settings): TopicPlan {
  if (name === transactionsTopic) {
    return {
      name,
      partitions: settings['transaction.state.log.num.partitions'],
      configs: new Map([
        ['cleanup.policy', 'compact'],
        ['compression.type', 'uncompressed'],
        ['segment.bytes', String(settings['transaction.state.log.segment.bytes'])],
      ]),
    };
  }
  if (name === shareStateTopic) {
    return {
      name,
      partitions: settings['share.coordinator.state.topic.num.partitions'],
      configs: new Map([
        // Each record is all of a share partition's state, so the newest of each key is enough.
        ['cleanup.policy', 'compact'],
        ['compression.type', 'uncompressed'],
        ['segment.bytes', String(settings['share.coordinator.state.topic.segment.bytes'])],
      ]),
    };
  }
  if (name !== offsetsTopic) return { name, partitions: settings['num.partitions'], configs: new Map() };
  return {
    name,
    partitions: settings['offsets.topic.num.partitions'],
    configs: new Map([
      ['cleanup.policy', 'compact'],
      ['compression.type', 'producer'],
      ['segment.bytes', String(settings['offsets.topic.segment.bytes'])],
    ]),
  };
}
