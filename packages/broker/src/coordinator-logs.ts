import { type Clock, type Done, OperatingError, type Store, utf8Encode } from '@skerry/base';
import type { ErrorName, Marker } from '@skerry/wire';
import { AppendPacer } from './append-pacer.ts';
import type { Catalog } from './catalog.ts';
import type { Cluster } from './cluster.ts';
import { gather } from './gather.ts';
import type { Partition } from './partition.ts';
import type { Report } from './report.ts';
import type { Settings } from './settings/settings.ts';
import { StateLog, type StateMachine, type StateRecord } from './state-log.ts';
import { defaultPlan } from './topic-plan.ts';
import type { Claim } from './transactions/state.ts';

export interface CoordinatorWorld {
  readonly catalog: Catalog;
  readonly cluster: Cluster;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly report: Report;
}

/** What a coordinator keeps, and where. */
export interface CoordinatorPlan {
  readonly topic: string;
  /** What its tables' keys in the store begin with. */
  readonly prefix: string;
  /** How long an append waits for others; −1: as the load is. */
  readonly lingerMs: () => number;
  /** What the records of one partition add up to. */
  readonly machine: (partition: number) => StateMachine;
}

/**
 * The logs behind a coordinator: the partitions of an internal topic, which is made when the first client asks for it.
 * Each name (a group, a transactional id) has its partition.
 */
export class CoordinatorLogs {
  readonly #world: CoordinatorWorld;
  readonly #plan: CoordinatorPlan;
  /** By partition; undefined where its log cannot be read. */
  readonly #logs: (StateLog | undefined)[] = [];
  readonly #pacer: AppendPacer;

  constructor(world: CoordinatorWorld, plan: CoordinatorPlan) {
    this.#world = world;
    this.#plan = plan;
    this.#pacer = new AppendPacer(world.clock, plan.lingerMs);
  }

  /** Reads what was when the node stopped. One log that is damaged costs its own names only. */
  start(done: Done): void {
    const topic = this.#world.catalog.topic(this.#plan.topic);
    const waiting = gather(done);
    for (const partition of topic?.partitions ?? []) {
      const log = partition.refusal === undefined ? this.#logOf(partition) : undefined;
      this.#logs[partition.index] = log;
      const started = waiting.one();
      if (log === undefined) {
        started();
        continue;
      }
      log.start((error) => {
        const isDamaged = error instanceof OperatingError && error.code === 'SKR_DATA_CORRUPT';
        if (isDamaged) this.#logs[partition.index] = undefined;
        started(isDamaged ? undefined : error);
      });
    }
    waiting.all();
  }

  #logOf(partition: Partition): StateLog {
    const { store, clock, report } = this.#world;
    const { prefix, machine } = this.#plan;
    const world = { store, clock, report, prefix: utf8Encode(`${prefix} ${partition.index} `) };
    return new StateLog(partition, machine(partition.index), world);
  }

  /** Makes the topic if it is not there; calls back when names can be coordinated. */
  ready(done: (error?: ErrorName) => void): void {
    const { catalog, cluster, settings } = this.#world;
    const { topic } = this.#plan;
    if (this.#logs.length > 0) return done();
    cluster.ensureTopic(defaultPlan(topic, settings), (error) => {
      if (error !== undefined || this.#logs.length > 0) return done(error);
      if (catalog.topic(topic) === undefined) return done('COORDINATOR_NOT_AVAILABLE');
      this.start((failed) => done(failed === undefined ? undefined : 'COORDINATOR_NOT_AVAILABLE'));
    });
  }

  /** Why a name cannot be served now, if so. */
  refusal(name: string): ErrorName | undefined {
    if (this.#logs.length === 0) return undefined;
    return this.#logFor(name) === undefined ? 'COORDINATOR_NOT_AVAILABLE' : undefined;
  }

  /** Whether every log can be read. */
  get isWhole(): boolean {
    return !this.#logs.includes(undefined);
  }

  /** Of whoever leads the name's partition; 0 before there is one. */
  epoch(name: string): number {
    return this.#logFor(name)?.standing.leaderEpoch ?? 0;
  }

  /** The partition that keeps a name: Kafka's choice, Java's hash of it. Once there are any. */
  partitionOf(name: string): number {
    const count = this.#world.catalog.topic(this.#plan.topic)?.partitions.length ?? 0;
    return count === 0 ? -1 : (javaHash(name) & 0x7fffffff) % count;
  }

  /** Appends for a name; as part of a producer's transaction, if it claims to be one. */
  append(name: string, records: readonly StateRecord[], done: (error?: ErrorName) => void, claim?: Claim): void {
    this.ready((error) => {
      const log = this.#logFor(name);
      if (error !== undefined || log === undefined) return done(error ?? 'COORDINATOR_NOT_AVAILABLE');
      this.#pacer.push(name, () => log.append(records, done, claim));
    });
  }

  /** Appends the marker that ends a producer's transaction in a partition, behind all that was appended before. */
  end(partition: number, marker: Marker, done: (error?: ErrorName) => void): void {
    const isThere = this.#world.catalog.partition(this.#plan.topic, partition) !== undefined;
    const log = this.#logs[partition];
    if (log === undefined) return done(isThere ? 'COORDINATOR_NOT_AVAILABLE' : 'UNKNOWN_TOPIC_OR_PARTITION');
    this.#pacer.push(`marker ${partition}`, () => log.end(marker, done));
  }

  /** Brings the tables in the store up to date, for a quick start. */
  flush(done: Done): void {
    this.#pacer.flush();
    const waiting = gather(done);
    for (const log of this.#logs) {
      if (log === undefined) continue;
      log.flush(waiting.one());
    }
    waiting.all();
  }

  #logFor(name: string): StateLog | undefined {
    return this.#logs[this.partitionOf(name)];
  }
}

function javaHash(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return hash;
}
