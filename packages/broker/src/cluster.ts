import { assert, type Uuid, uuidFrom, zeroUuid } from '@skerry/base';
import type { ClientQuotaRecordInput, ErrorName } from '@skerry/wire';
import { type Catalog, partitionRecords, producerIdBlock, type Topic, topicRecords } from './catalog.ts';
import { encodeMetadata } from './metadata-record.ts';
import type { LogStanding, StateLog, StateRecord } from './state-log.ts';

/** A topic to make, checked by the caller. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly configs: ReadonlyMap<string, string>;
}

/** A setting of a resource that gets another value, or with null none of its own. */
export interface ConfigChange {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly name: string;
  readonly value: string | null;
}

/**
 * All that changes the metadata: each change is a batch of records in `__cluster_metadata`, and has happened when
 * that is committed and applied.
 *
 * A topic changes one step at a time, so that each change is checked against what those before it have left: its name
 * is taken from the moment it is asked for, and who would change it meanwhile waits ({@link whenSettled}).
 */
export class Cluster {
  readonly #catalog: Catalog;
  readonly #log: StateLog;
  readonly #nodeId: number;
  readonly #randomBytes: (count: number) => Uint8Array;
  /** Topics with a change under way, by name, with who waits for its end. */
  readonly #changing = new Map<string, (() => void)[]>();
  /** Alterations of settings that wait for the one under way. */
  readonly #alterations: (() => void)[] = [];
  #altering = false;
  #nextId = 0;
  #idsEnd = 0;
  readonly #awaitingId: ((error: ErrorName | undefined, id: number) => void)[] = [];

  constructor(catalog: Catalog, log: StateLog, node: { id: number; randomBytes: (count: number) => Uint8Array }) {
    this.#catalog = catalog;
    this.#log = log;
    this.#nodeId = node.id;
    this.#randomBytes = node.randomBytes;
  }

  /** Whether a topic of that name exists, or is being made. */
  has(name: string): boolean {
    return this.#catalog.topic(name) !== undefined || this.#changing.has(name);
  }

  /** Runs once no change of a topic of that name is under way: at once, or after those asked for before. */
  whenSettled(name: string, run: () => void): void {
    const waiting = this.#changing.get(name);
    if (waiting === undefined) run();
    else waiting.push(run);
  }

  /** How far the metadata log is. */
  get metadataLog(): LogStanding {
    return this.#log.standing;
  }

  /** Writes who this node is, once in the life of its data. */
  register(done: (error?: ErrorName) => void): void {
    if (this.#catalog.registered) return done();
    this.#append([encodeMetadata('registerBroker', { brokerId: this.#nodeId, fenced: false })], done);
  }

  /** Makes a topic; calls back when clients can see it. */
  createTopic(plan: TopicPlan, done: (error: ErrorName | undefined, id: Uuid) => void): void {
    if (this.has(plan.name)) return done('TOPIC_ALREADY_EXISTS', zeroUuid);
    const id = this.newTopicId();
    this.#change(plan.name, topicRecords({ ...plan, id }, this.#nodeId), (error) => done(error, id));
  }

  /** Makes a topic that nobody may mind being there already. */
  ensureTopic(plan: TopicPlan, done: (error?: ErrorName) => void): void {
    this.whenSettled(plan.name, () => {
      if (this.#catalog.topic(plan.name) !== undefined) done();
      else this.createTopic(plan, (error) => done(error));
    });
  }

  /** Gives a settled topic more partitions, up to `count`; calls back when clients can see them. */
  addPartitions(topic: Topic, count: number, done: (error?: ErrorName) => void): void {
    assert(count > topic.partitions.length, 'a topic only grows');
    const records = partitionRecords(topic.id, { from: topic.partitions.length, to: count }, this.#nodeId);
    this.#change(topic.name, records, done);
  }

  /** Removes a topic; calls back when clients can no longer see it. */
  deleteTopic(topic: Topic, done: (error?: ErrorName) => void): void {
    this.whenSettled(topic.name, () => {
      if (this.#catalog.topicById(topic.id) === undefined) done('UNKNOWN_TOPIC_OR_PARTITION');
      else this.#change(topic.name, [record(encodeMetadata('removeTopic', { topicId: topic.id }))], done);
    });
  }

  /**
   * Alters settings: `decide` runs once those altered before are in effect, and what it returns is written as one
   * batch, whole or not at all. Calls back when it is in effect.
   */
  alterConfigs(decide: () => readonly ConfigChange[], done: (error?: ErrorName) => void): void {
    this.#alterations.push(() => {
      const changes = decide();
      const finish = (error?: ErrorName): void => {
        this.#altering = false;
        done(error);
        this.#nextAlteration();
      };
      if (changes.length === 0) return finish();
      const values = changes.map((change) => encodeMetadata('config', change));
      this.#append(values, (error) => {
        this.#catalog.settle();
        finish(error);
      });
    });
    this.#nextAlteration();
  }

  #nextAlteration(): void {
    if (this.#altering) return;
    const next = this.#alterations.shift();
    if (next === undefined) return;
    this.#altering = true;
    next();
  }

  /** Sets and removes quotas; calls back when they bind clients. */
  alterQuotas(changes: readonly ClientQuotaRecordInput[], done: (error?: ErrorName) => void): void {
    if (changes.length === 0) return done();
    this.#append(
      changes.map((change) => encodeMetadata('clientQuota', change)),
      done,
    );
  }

  /** Has features used at other levels; calls back when they are. */
  updateFeatures(levels: ReadonlyMap<string, number>, done: (error?: ErrorName) => void): void {
    const values = [...levels].map(([name, featureLevel]) => encodeMetadata('featureLevel', { name, featureLevel }));
    this.#append(values, done);
  }

  /** A producer id that nobody ever had. */
  newProducerId(done: (error: ErrorName | undefined, id: number) => void): void {
    if (this.#nextId < this.#idsEnd) return done(undefined, this.#nextId++);
    this.#awaitingId.push(done);
    if (this.#awaitingId.length > 1) return;
    const start = this.#catalog.nextProducerId;
    const value = { brokerId: this.#nodeId, nextProducerId: BigInt(start + producerIdBlock) };
    this.#append([encodeMetadata('producerIds', value)], (error) => {
      if (error === undefined) {
        this.#nextId = start;
        this.#idsEnd = start + producerIdBlock;
      }
      for (const answer of this.#awaitingId.splice(0)) {
        if (error !== undefined) answer(error, -1);
        else this.newProducerId(answer);
      }
    });
  }

  #change(name: string, records: readonly StateRecord[], done: (error?: ErrorName) => void): void {
    assert(!this.#changing.has(name), `${name} changes one step at a time`);
    const waiting: (() => void)[] = [];
    this.#changing.set(name, waiting);
    this.#log.append(records, (error) => {
      this.#changing.delete(name);
      done(error);
      // The first of them may begin the next change, and then the others wait for that.
      for (const run of waiting) this.whenSettled(name, run);
    });
  }

  #append(values: readonly Uint8Array[], done: (error?: ErrorName) => void): void {
    this.#log.append(values.map(record), done);
  }

  /** A random id that base64 shows without a leading dash, which command lines would take for an option. */
  newTopicId(): Uuid {
    let id: Uuid;
    let attempts = 0;
    do {
      const bytes = this.#randomBytes(16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      id = uuidFrom(bytes);
      assert(++attempts < 100, 'a random id is one that can be used');
    } while (id.startsWith('-') || this.#catalog.topicById(id) !== undefined);
    return id;
  }
}

const record = (value: Uint8Array): StateRecord => ({ key: null, value });
