import { type Clock, type Done, OperatingError, type Store, utf8Encode } from '@skerry/base';
import type { ErrorName } from '@skerry/wire';
import { AppendPacer } from './append-pacer.ts';
import type { Catalog } from './catalog.ts';
import type { Cluster } from './cluster.ts';
import { gather } from './gather.ts';
import type { GroupRecord } from './groups/contract.ts';
import type { Partition } from './partition.ts';
import type { Report } from './report.ts';
import type { Settings } from './settings/settings.ts';
import { StateLog, type StateMachine } from './state-log.ts';
import { defaultPlan, offsetsTopic } from './topic-plan.ts';

interface World {
  readonly catalog: Catalog;
  readonly cluster: Cluster;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly report: Report;
}

/**
 * The logs behind the groups: the partitions of `__consumer_offsets`, which is made when the first client asks for a
 * coordinator.
 */
export class GroupLogs {
  readonly #world: World;
  readonly #replay: (record: GroupRecord) => void;
  /** By partition; undefined where its log cannot be read. */
  readonly #logs: (StateLog | undefined)[] = [];
  readonly #pacer: AppendPacer;

  constructor(world: World, replay: (record: GroupRecord) => void) {
    this.#world = world;
    this.#replay = replay;
    this.#pacer = new AppendPacer(world.clock, () => world.settings['group.coordinator.append.linger.ms']);
  }

  /** Reads what the groups were when the node stopped. One log that is damaged costs its own groups only. */
  start(done: Done): void {
    const topic = this.#world.catalog.topic(offsetsTopic);
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
    let replaying = true;
    const machine: StateMachine = {
      apply: ({ key, value }) => {
        if (key === null) return [];
        if (replaying) this.#replay({ key, value });
        return [{ key: key.slice(), value: value === null ? undefined : value.slice() }];
      },
      restore: (key, value) => this.#replay({ key, value }),
      loaded: () => {
        replaying = false;
      },
    };
    return new StateLog(partition, machine, { store, clock, report, prefix: utf8Encode(`groups ${partition.index} `) });
  }

  /** Makes the topic if it is not there; calls back when groups can be coordinated. */
  ready(done: (error?: ErrorName) => void): void {
    const { catalog, cluster, settings } = this.#world;
    if (this.#logs.length > 0) return done();
    cluster.ensureTopic(defaultPlan(offsetsTopic, settings), (error) => {
      if (error !== undefined || this.#logs.length > 0) return done(error);
      if (catalog.topic(offsetsTopic) === undefined) return done('COORDINATOR_NOT_AVAILABLE');
      this.start((failed) => done(failed === undefined ? undefined : 'COORDINATOR_NOT_AVAILABLE'));
    });
  }

  /** Why a group cannot be served now, if so. */
  refusal(groupId: string): ErrorName | undefined {
    if (this.#logs.length === 0) return undefined;
    return this.#logFor(groupId) === undefined ? 'COORDINATOR_NOT_AVAILABLE' : undefined;
  }

  append(groupId: string, records: readonly GroupRecord[], done: (error?: ErrorName) => void): void {
    this.ready((error) => {
      const log = this.#logFor(groupId);
      if (error !== undefined || log === undefined) return done(error ?? 'COORDINATOR_NOT_AVAILABLE');
      this.#pacer.push(groupId, () => log.append(records, done));
    });
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

  #logFor(groupId: string): StateLog | undefined {
    const count = this.#world.catalog.topic(offsetsTopic)?.partitions.length ?? 0;
    return count === 0 ? undefined : this.#logs[partitionOf(groupId, count)];
  }
}

/** The partition that keeps a group: Kafka's choice, Java's hash of the name. */
function partitionOf(groupId: string, count: number): number {
  let hash = 0;
  for (let i = 0; i < groupId.length; i++) hash = (Math.imul(hash, 31) + groupId.charCodeAt(i)) | 0;
  return (hash & 0x7fffffff) % count;
}
