import { assert, type Uuid, uuidFrom, zeroUuid } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import { type Catalog, producerIdBlock, type Topic, topicRecords } from './catalog.ts';
import { encodeMetadata } from './metadata-record.ts';
import type { StateLog, StateRecord } from './state-log.ts';

/** A topic to make, checked by the caller. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly configs: ReadonlyMap<string, string>;
}

/**
 * All that changes the metadata: each change is a batch of records in `__cluster_metadata`, and has happened when
 * that is committed and applied.
 *
 * A name is taken from the moment its topic is asked for, so that two requests for one topic make one.
 */
export class Cluster {
  readonly #catalog: Catalog;
  readonly #log: StateLog;
  readonly #nodeId: number;
  readonly #randomBytes: (count: number) => Uint8Array;
  readonly #making = new Map<string, ((error?: ErrorName) => void)[]>();
  readonly #removing = new Set<Uuid>();
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
    return this.#catalog.topic(name) !== undefined || this.#making.has(name);
  }

  /** Writes who this node is, once in the life of its data. */
  register(done: (error?: ErrorName) => void): void {
    if (this.#catalog.registered) return done();
    this.#append([encodeMetadata('registerBroker', { brokerId: this.#nodeId, fenced: false })], done);
  }

  /** Makes a topic; calls back when clients can see it. */
  createTopic(plan: TopicPlan, done: (error: ErrorName | undefined, id: Uuid) => void): void {
    if (this.has(plan.name)) return done('TOPIC_ALREADY_EXISTS', zeroUuid);
    const id = this.#newId();
    const waiting: ((error?: ErrorName) => void)[] = [];
    this.#making.set(plan.name, waiting);
    this.#log.append(topicRecords({ ...plan, id }, this.#nodeId), (error) => {
      this.#making.delete(plan.name);
      done(error, id);
      for (const wait of waiting) wait(error);
    });
  }

  /** Makes a topic that nobody may mind being there already. */
  ensureTopic(plan: TopicPlan, done: (error?: ErrorName) => void): void {
    if (this.#catalog.topic(plan.name) !== undefined) return done();
    const waiting = this.#making.get(plan.name);
    if (waiting !== undefined) waiting.push(done);
    else this.createTopic(plan, (error) => done(error));
  }

  /** Removes a topic; calls back when clients can no longer see it. */
  deleteTopic(topic: Topic, done: (error?: ErrorName) => void): void {
    if (this.#removing.has(topic.id)) return done('UNKNOWN_TOPIC_OR_PARTITION');
    this.#removing.add(topic.id);
    this.#append([encodeMetadata('removeTopic', { topicId: topic.id })], (error) => {
      this.#removing.delete(topic.id);
      done(error);
    });
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

  #append(values: readonly Uint8Array[], done: (error?: ErrorName) => void): void {
    const records: StateRecord[] = values.map((value) => ({ key: null, value }));
    this.#log.append(records, done);
  }

  /** A random id that base64 shows without a leading dash, which command lines would take for an option. */
  #newId(): Uuid {
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
