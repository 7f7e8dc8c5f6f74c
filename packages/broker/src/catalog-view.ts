import type { Uuid } from '@skerry/base';
import type { Catalog } from './catalog.ts';
import type { GroupsWorld, TopicView } from './groups/contract.ts';
import { resourceTypes } from './resource-configs.ts';

/** What groups see of the catalog. */
export function catalogView(catalog: Catalog): Pick<GroupsWorld, 'topics' | 'groupSetting'> {
  return {
    topics: topicView(catalog),
    groupSetting: (groupId, name) => catalog.resources.of(resourceTypes.group, groupId).get(name),
  };
}

function topicView(catalog: Catalog): TopicView {
  return {
    get version() {
      return catalog.topicsVersion;
    },
    topic(name: string) {
      const topic = catalog.topic(name);
      return topic && { id: topic.id, partitions: topic.partitions.length };
    },
    topicById(id: Uuid) {
      const topic = catalog.topicById(id);
      return topic && { name: topic.name, partitions: topic.partitions.length };
    },
    *names() {
      for (const { name } of catalog.topics) yield name;
    },
  };
}
