/** The state that is compared after a request that may have changed it, by the names that the run has used. */
import type { Offset, Uuid } from '@skerry/base';
import { apis } from './apis.ts';
import { type Ask, ask, type Side } from './steps.ts';

const { Metadata, ListOffsets, Fetch, DescribeConfigs, DescribeGroups, OffsetFetch, ListGroups } = apis;

/** A group is `~g`, `~g1` ...; every other name is a topic's. */
const isGroup = (short: string): boolean => /^g\d*$/.test(short);

interface Known extends Side {
  readonly used: ReadonlySet<string>;
}

const topicsOf = (side: Side): readonly string[] => [...(side as Known).used].filter((short) => !isGroup(short)).sort();
const groupsOf = (side: Side): readonly string[] => [...(side as Known).used].filter(isGroup).sort();

/** No question where the run has no such thing. */
function whereAny<T>(list: readonly string[], value: (list: readonly string[]) => T): T {
  return (list.length === 0 ? undefined : value(list)) as T;
}

const metadataState = ask(Metadata, (side) =>
  whereAny(topicsOf(side), (topics) => ({
    topics: topics.map((short) => ({ name: side.name(short) })),
    allowAutoTopicCreation: false,
  })),
) as Ask;

interface Found {
  readonly name: string;
  readonly topicId: Uuid;
  readonly partitions: readonly number[];
}

/** The partitions that the last question for metadata found. */
function found(side: Side): readonly Found[] {
  return side
    .answer(Metadata, '(state) Metadata')
    .topics.filter(({ partitions }) => partitions.length > 0)
    .map(({ name, topicId, partitions }) => ({
      name: name ?? '',
      topicId,
      partitions: partitions.map(({ partitionIndex }) => partitionIndex).sort((a, b) => a - b),
    }));
}

function whereFound<T>(side: Side, value: (list: readonly Found[]) => T): T {
  const list = topicsOf(side).length === 0 ? [] : found(side);
  return (list.length === 0 ? undefined : value(list)) as T;
}

const offsetsState = [-1n, -2n].map(
  (timestamp) =>
    ask(ListOffsets, (side) =>
      whereFound(side, (list) => ({
        topics: list.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map((partitionIndex) => ({ partitionIndex, timestamp })),
        })),
      })),
    ) as Ask,
);

const earliest = (side: Side, name: string, index: number): Offset => {
  const { topics } = side.answer(ListOffsets, '(state) ListOffsets');
  const partition = topics
    .find((topic) => topic.name === name)
    ?.partitions.find(({ partitionIndex }) => partitionIndex === index);
  return Math.max(0, partition?.offset ?? 0) as Offset;
};

const recordsState = ask(Fetch, (side) =>
  whereFound(side, (list) => ({
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1 << 20,
    topics: list.map(({ name, topicId, partitions }) => ({
      topic: name,
      topicId,
      partitions: partitions.map((partition) => ({
        partition,
        fetchOffset: earliest(side, name, partition),
        partitionMaxBytes: 1 << 18,
      })),
    })),
  })),
) as Ask;

const configState = ask(DescribeConfigs, (side) =>
  whereFound(side, (list) => ({
    resources: list.map(({ name }) => ({ resourceType: 2, resourceName: name, configurationKeys: null })),
    includeSynonyms: true,
  })),
) as Ask;

const groupState = [
  ask(DescribeGroups, (side) =>
    whereAny(groupsOf(side), (list) => ({
      groups: list.map((short) => side.name(short)),
      includeAuthorizedOperations: true,
    })),
  ),
  ask(OffsetFetch, (side) =>
    whereAny(groupsOf(side), (list) => ({
      groups: list.map((short) => ({ groupId: side.name(short), topics: null })),
    })),
  ),
  ask(ListGroups, (side) => whereAny(groupsOf(side), () => ({ statesFilter: [], typesFilter: [] }))),
] as Ask[];

const topicState = [metadataState, ...offsetsState, recordsState];

/** By API, what may have changed: of the topics, of their settings, of the groups. */
const changes: ReadonlyMap<number, readonly Ask[]> = new Map([
  [0, topicState],
  [3, [metadataState]],
  [8, groupState],
  [11, groupState],
  [13, groupState],
  [14, groupState],
  [19, [...topicState, configState]],
  [20, [...topicState, ...groupState]],
  [21, topicState],
  [33, [metadataState, configState]],
  [37, topicState],
  [42, groupState],
  [43, [metadataState]],
  [44, [metadataState, configState]],
  [45, [metadataState]],
  [47, groupState],
]);

export const probes: { after(key: number): readonly Ask[] } = { after: (key) => changes.get(key) ?? [] };
