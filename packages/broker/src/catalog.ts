import { assert, LeaderEpoch, type StoreChange, type Uuid, utf8Encode } from '@skerry/base';
import { FeatureLevels } from './features.ts';
import { decodeMetadata, encodeMetadata, type MetadataRecord } from './metadata-record.ts';
import type { Partition } from './partition.ts';
import { entityKey, QuotaTable } from './quotas/quota-table.ts';
import { ResourceConfigs, resourceTypes } from './resource-configs.ts';
import type { StateMachine, StateRecord } from './state-log.ts';
import { collisionKey } from './topic-name.ts';

/** A topic as the metadata log describes it, with its partitions on this node. */
export interface Topic {
  readonly name: string;
  readonly id: Uuid;
  /** By index, without gaps. */
  readonly partitions: readonly Partition[];
  /** Settings given for this topic alone, by Kafka's names. */
  readonly configs: ReadonlyMap<string, string>;
  /** Written by the broker itself; clients may read it and not write it. */
  readonly internal: boolean;
}

interface MutableTopic extends Topic {
  /** Of the partitions, those not opened yet included. */
  readonly leaderEpochs: LeaderEpoch[];
  readonly partitions: Partition[];
  readonly configs: Map<string, string>;
}

/** What a topic to be made is asked to be. */
export interface NewTopic {
  readonly name: string;
  readonly id: Uuid;
  readonly partitions: number;
  readonly configs: ReadonlyMap<string, string>;
}

/** How the catalog has partitions opened and dropped: by whoever holds the logs. */
export interface PartitionHolder {
  open(topic: Topic, index: number, leaderEpoch: LeaderEpoch): Partition;
  /** Removes all that is kept of a topic; calls back when nothing is left that a restart could find. */
  drop(topic: Topic, removed: () => void): void;
  /**
   * Brings removals to their end that a crash interrupted: whatever is kept of topics with these ids goes. All topics
   * that there are have been opened. Calls back for each that is done.
   */
  finishRemovals(ids: ReadonlySet<Uuid>, removed: (id: Uuid) => void): void;
  configured(topic: Topic): void;
  /** The node's own settings were altered: what all brokers have, and what this one has over it. */
  nodeConfigured(cluster: ReadonlyMap<string, string>, node: ReadonlyMap<string, string>): void;
}

const internalTopics: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
]);

/**
 * Producer ids taken from the metadata log at a time, as Kafka does: a block that a crash leaves half used is lost,
 * and 2^63 are not missed.
 */
export const producerIdBlock = 1000;

/**
 * What the cluster is: topics, partitions, configs, the next producer id. The table of `__cluster_metadata`
 * (KIP-631).
 *
 * Partitions are opened when the start is over and it is known which there are, so that no log is opened that a later
 * record removes. A topic's rows are replaced by one that says it is being removed, until nothing of it is left on the
 * disk: a crash in between leaves no folder behind.
 *
 * Behind records that a repair gave up, what follows tells what they said: a topic that is made had its namesake
 * removed, one that is removed had been made.
 */
export class Catalog implements StateMachine {
  /** What clients may use. */
  readonly quotas = new QuotaTable();
  /** Which forms of things are in use. */
  readonly features = new FeatureLevels();
  readonly #byName = new Map<string, MutableTopic>();
  readonly #byId = new Map<Uuid, MutableTopic>();
  readonly #byCollisionKey = new Map<string, string>();
  readonly #holder: PartitionHolder;
  readonly #nodeId: number;
  /** What was altered of resources other than topics. */
  readonly resources = new ResourceConfigs();
  /** Topics, or all of the node, whose altered settings are not in effect yet. */
  readonly #altered = new Set<MutableTopic>();
  #nodeAltered = false;
  #nextProducerId = 0;
  #partitionCount = 0;
  #topicsVersion = 0;
  #registered = false;
  #loading = true;
  /** Records were given up, of which later ones may speak. */
  #hasGaps = false;
  /** Topics whose removal was not seen to its end. */
  readonly #removing = new Set<Uuid>();
  #changeRows: (changes: readonly StoreChange[]) => void = () => {};

  constructor(holder: PartitionHolder, nodeId: number) {
    this.#holder = holder;
    this.#nodeId = nodeId;
  }

  get topics(): Iterable<Topic> {
    return this.#byName.values();
  }

  /** Changes with each topic that comes, goes or gets partitions. */
  get topicsVersion(): number {
    return this.#topicsVersion;
  }

  get topicCount(): number {
    return this.#byName.size;
  }

  get partitionCount(): number {
    return this.#partitionCount;
  }

  /** First producer id that no block holds yet. */
  get nextProducerId(): number {
    return this.#nextProducerId;
  }

  /** Whether this node has written who it is. */
  get registered(): boolean {
    return this.#registered;
  }

  topic(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  topicById(id: Uuid): Topic | undefined {
    return this.#byId.get(id);
  }

  /** The topic whose name is `key` once dots are read as underscores, if there is one. */
  collidingWith(key: string): string | undefined {
    return this.#byCollisionKey.get(key);
  }

  partition(name: string, index: number): Partition | undefined {
    return this.#byName.get(name)?.partitions[index];
  }

  apply({ value }: StateRecord): readonly StoreChange[] {
    assert(value !== null, 'a metadata record has a value');
    const record = decodeMetadata(value);
    if (record === undefined) return [];
    const changes: StoreChange[] = this.#hasGaps ? this.#makeUp(record) : [];
    const gone = record.kind === 'removeTopic' ? this.#byId.get(record.value.topicId) : undefined;
    if (this.#isKnown(record)) this.#take(record);
    else if (record.kind === 'partition') return changes;
    if (gone !== undefined) changes.push(...removed(gone));
    if (record.kind === 'config' && this.#isOrphan(record.value)) return changes;
    changes.push({ key: rowKey(record), value: isTakenBack(record) ? undefined : value.slice() });
    return changes;
  }

  /**
   * The ids of producers that lost records have given away are not given again: the next block begins behind all that
   * they can have been.
   */
  lost(offsets: number): readonly StoreChange[] {
    this.#hasGaps = true;
    this.#nextProducerId += offsets * producerIdBlock;
    const value = { brokerId: -1, brokerEpoch: -1n, nextProducerId: BigInt(this.#nextProducerId) };
    const bytes = encodeMetadata('producerIds', value);
    const record = decodeMetadata(bytes);
    return record === undefined ? [] : [{ key: rowKey(record), value: bytes }];
  }

  /** What a lost record must have said for `record` to come after it. */
  #makeUp(record: MetadataRecord): StoreChange[] {
    if (record.kind === 'removeTopic' && !this.#byId.has(record.value.topicId))
      this.#removing.add(record.value.topicId);
    const namesake = record.kind === 'topic' ? this.#byName.get(record.value.name) : undefined;
    if (namesake === undefined) return [];
    const { id } = namesake;
    const changes = removed(namesake);
    this.#removeTopic(id);
    return [...changes, { key: removalRow(id), value: encodeMetadata('removeTopic', { topicId: id }) }];
  }

  /** Whether it speaks of a topic that is known; always, unless records are missing. */
  #isKnown(record: MetadataRecord): boolean {
    if (!this.#hasGaps || (record.kind !== 'removeTopic' && record.kind !== 'partition')) return true;
    return this.#byId.has(record.value.topicId);
  }

  restore(_key: Uint8Array, value: Uint8Array): void {
    const record = decodeMetadata(value);
    if (record?.kind === 'removeTopic') this.#removing.add(record.value.topicId);
    else if (record !== undefined) this.#take(record);
  }

  loaded(change: (changes: readonly StoreChange[]) => void): void {
    this.#changeRows = change;
    this.#loading = false;
    this.settle();
    for (const topic of this.#byName.values()) this.#openPartitions(topic);
    this.#holder.finishRemovals(this.#removing, (id) => this.#removed(id));
  }

  #take(record: MetadataRecord): void {
    switch (record.kind) {
      case 'topic':
        return this.#addTopic(record.value.name, record.value.topicId);
      case 'partition':
        return this.#addPartition(
          record.value.topicId,
          record.value.partitionId,
          LeaderEpoch(record.value.leaderEpoch),
        );
      case 'config':
        return this.#configure(
          record.value.resourceType,
          record.value.resourceName,
          record.value.name,
          record.value.value,
        );
      case 'removeTopic':
        return this.#removeTopic(record.value.topicId);
      case 'producerIds':
        this.#nextProducerId = Number(record.value.nextProducerId);
        return;
      case 'registerBroker':
        this.#registered = true;
        return;
      case 'clientQuota': {
        const { entity, key, value, remove } = record.value;
        return this.quotas.set(entity, key, remove ? undefined : value);
      }
      case 'featureLevel':
        return this.features.set(record.value.name, record.value.featureLevel);
    }
  }

  #addTopic(name: string, id: Uuid): void {
    assert(!this.#byName.has(name), `topic ${name} exists`);
    const internal = internalTopics.has(name);
    const topic: MutableTopic = { name, id, partitions: [], leaderEpochs: [], configs: new Map(), internal };
    this.#byName.set(name, topic);
    this.#byId.set(id, topic);
    this.#byCollisionKey.set(collisionKey(name), name);
  }

  #addPartition(id: Uuid, index: number, leaderEpoch: LeaderEpoch): void {
    const topic = this.#byId.get(id);
    assert(topic !== undefined, `partition ${index} of unknown topic ${id}`);
    assert(index === topic.leaderEpochs.length, `partition ${index} of ${topic.name} comes in order`);
    topic.leaderEpochs.push(leaderEpoch);
    this.#partitionCount++;
    this.#topicsVersion++;
    if (!this.#loading) this.#openPartitions(topic);
  }

  #openPartitions(topic: MutableTopic): void {
    for (let index = topic.partitions.length; index < topic.leaderEpochs.length; index++) {
      const leaderEpoch = topic.leaderEpochs[index];
      assert(leaderEpoch !== undefined, 'partitions have no gap');
      topic.partitions.push(this.#holder.open(topic, index, leaderEpoch));
    }
  }

  #configure(resourceType: number, resourceName: string, name: string, value: string | null): void {
    if (resourceType !== resourceTypes.topic) {
      this.resources.set(resourceType, resourceName, name, value);
      this.#nodeAltered ||= resourceType === resourceTypes.broker;
      return;
    }
    const topic = this.#byName.get(resourceName);
    if (topic === undefined) return;
    if (value === null) topic.configs.delete(name);
    else topic.configs.set(name, value);
    this.#altered.add(topic);
  }

  /** A setting of a topic that was removed meanwhile: a later topic of that name must not inherit it. */
  #isOrphan({ resourceType, resourceName }: { resourceType: number; resourceName: string }): boolean {
    return resourceType === resourceTypes.topic && !this.#byName.has(resourceName);
  }

  /** Brings into effect what records have altered since the last call: once for all of a request. */
  settle(): void {
    if (this.#nodeAltered) {
      const { resources } = this;
      this.#nodeAltered = false;
      this.#holder.nodeConfigured(
        resources.of(resourceTypes.broker, ''),
        resources.of(resourceTypes.broker, String(this.#nodeId)),
      );
      // A topic's settings fall back to the node's.
      for (const topic of this.#byName.values()) this.#altered.add(topic);
    }
    for (const topic of this.#altered) this.#holder.configured(topic);
    this.#altered.clear();
  }

  #removeTopic(id: Uuid): void {
    const topic = this.#byId.get(id);
    assert(topic !== undefined, `unknown topic ${id} removed`);
    this.#byId.delete(id);
    this.#byName.delete(topic.name);
    this.#altered.delete(topic);
    this.#byCollisionKey.delete(collisionKey(topic.name));
    this.#partitionCount -= topic.leaderEpochs.length;
    this.#topicsVersion++;
    this.#removing.add(id);
    if (!this.#loading) this.#holder.drop(topic, () => this.#removed(id));
  }

  #removed(id: Uuid): void {
    this.#removing.delete(id);
    this.#changeRows([{ key: removalRow(id), value: undefined }]);
  }
}

/**
 * The records that make a topic: its configs come before its partitions, which are opened with them.
 */
export function topicRecords(topic: NewTopic, nodeId: number): StateRecord[] {
  const values = [encodeMetadata('topic', { name: topic.name, topicId: topic.id })];
  for (const [name, value] of topic.configs) {
    values.push(encodeMetadata('config', { resourceType: resourceTypes.topic, resourceName: topic.name, name, value }));
  }
  const records = values.map((value) => ({ key: null, value }));
  return [...records, ...partitionRecords(topic.id, { from: 0, to: topic.partitions }, nodeId)];
}

/** The records that give a topic partitions `from` up to `to`, which is not one of them. */
export function partitionRecords(
  topicId: Uuid,
  { from, to }: { readonly from: number; readonly to: number },
  nodeId: number,
): StateRecord[] {
  const replicas = { replicas: [nodeId], isr: [nodeId], leader: nodeId, leaderEpoch: 0, partitionEpoch: 0 };
  return Array.from({ length: to - from }, (_, place) => ({
    key: null,
    value: encodeMetadata('partition', { partitionId: from + place, topicId, ...replicas }),
  }));
}

/**
 * Rows sort so that a restart reads what others need first: topics, then their configs, then partitions by number.
 */
function rowKey(record: MetadataRecord): Uint8Array {
  switch (record.kind) {
    case 'topic':
      return utf8Encode(`1 ${record.value.topicId}`);
    case 'config':
      return utf8Encode(`2 ${record.value.resourceType} ${record.value.resourceName} ${record.value.name}`);
    case 'partition':
      return utf8Encode(partitionRow(record.value.topicId, record.value.partitionId));
    case 'producerIds':
      return utf8Encode('4 producerIds');
    case 'clientQuota':
      return utf8Encode(`5 ${entityKey(record.value.entity)} ${record.value.key}`);
    case 'registerBroker':
      return utf8Encode(`4 broker ${record.value.brokerId}`);
    case 'featureLevel':
      return utf8Encode(`4 feature ${record.value.name}`);
    case 'removeTopic':
      return removalRow(record.value.topicId);
  }
}

const removalRow = (id: Uuid): Uint8Array => utf8Encode(`9 ${id}`);

function partitionRow(id: Uuid, index: number): string {
  return `3 ${id} ${String(index).padStart(10, '0')}`;
}

/** Whether it says that something no longer holds. */
function isTakenBack(record: MetadataRecord): boolean {
  if (record.kind === 'clientQuota') return record.value.remove;
  return record.kind === 'config' && record.value.value === null;
}

/** Takes the rows of a topic that goes away. */
const removed = (topic: MutableTopic): StoreChange[] => rowsOf(topic).map((key) => ({ key, value: undefined }));

function rowsOf(topic: MutableTopic): Uint8Array[] {
  const rows = [`1 ${topic.id}`];
  for (const name of topic.configs.keys()) rows.push(`2 ${resourceTypes.topic} ${topic.name} ${name}`);
  for (const index of topic.leaderEpochs.keys()) rows.push(partitionRow(topic.id, index));
  return rows.map((row) => utf8Encode(row));
}
