import type { TopicPlan } from './cluster.ts';
import type { Settings } from './settings/settings.ts';

/** The group coordinator's log: many small partitions, compacted, never expired. */
export const offsetsTopic = '__consumer_offsets';

/** The log of what the cluster is: a partition that no topic describes. */
export const metadataTopic = '__cluster_metadata';

/** A topic that nobody described: the defaults of the node, or what the broker itself needs. */
export function defaultPlan(name: string, settings: Settings): TopicPlan {
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
